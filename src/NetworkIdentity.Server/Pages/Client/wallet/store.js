// What this device keeps: credentials with their keys, what is not finished, and what was shown to whom. In IndexedDB, which keeps a CryptoKey
// as a key: a key that can't be extracted goes in and comes out without anyone seeing its bytes.
import { noteShown } from "./copies.js";
import { isW3c } from "./credential.js";

const NAME = "wallet";
const STORES = ["credentials", "pending", "history"];
const channel = new BroadcastChannel("wallet");

let database = null;

/** Opens the store. Rejects where the browser keeps nothing for this page. */
export function open(onLost) {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      for (const store of STORES) asked.result.createObjectStore(store, { keyPath: "id" });
    };
    asked.onerror = () => reject(asked.error);
    asked.onblocked = () => reject(new Error("another tab holds an older store open"));
    asked.onsuccess = () => {
      database = asked.result;
      database.onclose = onLost; // the browser took it away: site data was cleared
      database.onversionchange = () => { // another tab has a newer wallet, or deletes all
        database.close();
        onLost();
      };
      resolve();
    };
  });
}

/** Calls back when another tab has changed what is kept. */
export const onChange = (listener) => channel.addEventListener("message", listener);

/** One transaction: all of it is kept, or nothing. Gives what `act` returned, or the result of the request that it returned. */
function transact(stores, act, isTold = true) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(stores, "readwrite");
    const result = act(...stores.map((store) => transaction.objectStore(store)));
    transaction.oncomplete = () => {
      if (isTold) channel.postMessage(stores);
      resolve(result instanceof IDBRequest ? result.result : result);
    };
    transaction.onabort = () => reject(transaction.error);
  });
}

function read(store, ask) {
  return new Promise((resolve, reject) => {
    const asked = ask(database.transaction(store).objectStore(store));
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

const latestFirst = (a, b) => b.at - a.at;

/** Every credential, the newest first; of those that came together, the one that can hide first. */
export const credentials = async () => (await read("credentials", (store) => store.getAll())).sort((a, b) => b.takenAt - a.takenAt || Number(isW3c(a)) - Number(isW3c(b)));

/** One credential, or undefined. */
export const credential = (id) => read("credentials", (store) => store.get(id));

/** Forgets a credential, its keys and its copies. */
export const removeCredential = (id) => transact(["credentials"], (store) => { store.delete(id); });

/** Changes what is still there. */
const change = (name, id, edit, isTold) => transact([name], (store) => {
  const asked = store.get(id);
  asked.onsuccess = () => {
    if (!asked.result) return;
    edit(asked.result);
    store.put(asked.result);
  };
}, isTold);

/** Changes a credential. Other tabs see it when they read: told, two tabs would check because the other has, for ever. */
const changeCredential = (id, edit) => change("credentials", id, edit, false);

/** Notes which copy was shown, so that the next one is another; with the door, where it was shown at one. */
export const markShown = (id, index, at, door) => changeCredential(id, (kept) => noteShown(kept.copies[index], at, door));

/** Notes what a credential's status was when it was last asked. */
export const markChecked = (id, checked) => changeCredential(id, (kept) => { kept.checked = checked; });

/** What was redeemed and not yet collected: `{ id, at, name, issuerName, pending }`. */
export const pending = async () => (await read("pending", (store) => store.getAll())).sort(latestFirst);

/** Keeps what was redeemed: from here on its code is spent. */
export const savePending = (rows) => transact(["pending"], (store) => { for (const row of rows) store.put(row); });

/** Gives up what was not finished. */
export const removePending = (ids) => transact(["pending"], (store) => { for (const id of ids) store.delete(id); });

/** The credential is here: it comes in and what was pending goes, at once. */
export const finish = (pendingId, taken) => transact(["credentials", "pending"], (credentialStore, pendingStore) => {
  credentialStore.put(taken);
  pendingStore.delete(pendingId);
});

/** What was shown to whom, the latest first. */
export const history = async () => (await read("history", (store) => store.getAll())).sort(latestFirst);

/** Notes what is shown, declined or refused; what is sent again, in the place of the first time. */
export const addHistory = (entry) => transact(["history"], (store) => { store.put(entry); });

/** Completes an entry with what came of it; one that was erased meanwhile stays so. */
export const completeHistory = (id, changes) => change("history", id, (entry) => Object.assign(entry, changes), true);

/** Erases one entry. */
export const removeHistory = (id) => transact(["history"], (store) => { store.delete(id); });

/** Erases all of it. */
export const clearHistory = () => transact(["history"], (store) => { store.clear(); });
