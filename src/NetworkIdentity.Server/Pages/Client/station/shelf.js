// Where the station keeps things: a few values by name, each changed in one transaction. In IndexedDB, or in memory for practice.

const NAME = "station";
const STORE = "kept";

/**
 * @typedef {object} Shelf
 * @property {(key: string) => Promise<any>} get
 * @property {<T>(key: string, edit: (value: any) => { value: any, result?: T }) => Promise<T>} change
 *   Reads and writes at once: `edit` gives what is kept from now on (undefined: nothing), and what to give back. No other tab comes between.
 */

/** The shelf of this browser. Rejects where the browser keeps nothing for this page. @returns {Promise<Shelf>} */
export function openShelf(onLost) {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
    asked.onerror = () => reject(asked.error);
    asked.onblocked = () => reject(new Error("another tab holds an older store open"));
    asked.onsuccess = () => {
      const database = asked.result;
      database.onclose = onLost; // the browser took it away: site data was cleared
      database.onversionchange = () => {
        database.close();
        onLost();
      };
      resolve(shelfOf(database, onLost));
    };
  });
}

function shelfOf(database, onLost) {
  /** A transaction; where what was kept is gone, the screen says so, and nothing goes on behind it. */
  const using = (mode, act) => new Promise((resolve, reject) => {
    let transaction;
    try {
      transaction = database.transaction(STORE, mode);
    } catch {
      onLost();
      return;
    }
    transaction.onabort = () => reject(transaction.error);
    act(transaction, transaction.objectStore(STORE), resolve);
  });
  return {
    get: (key) => using("readonly", (transaction, store, resolve) => {
      const asked = store.get(key);
      asked.onsuccess = () => resolve(asked.result);
    }),
    change: (key, edit) => using("readwrite", (transaction, store, resolve) => {
      let done;
      const asked = store.get(key);
      asked.onsuccess = () => {
        done = edit(asked.result);
        if (done.value === undefined) store.delete(key);
        else store.put(done.value, key);
      };
      transaction.oncomplete = () => resolve(done.result);
    }),
  };
}

/** A shelf that is gone with the page. @returns {Shelf} */
export function memoryShelf() {
  const kept = new Map();
  return {
    get: async (key) => structuredClone(kept.get(key)),
    change: async (key, edit) => {
      const { value, result } = edit(structuredClone(kept.get(key)));
      if (value === undefined) kept.delete(key);
      else kept.set(key, structuredClone(value));
      return result;
    },
  };
}
