// Keeps the station's own files, so that it opens without a network. Above this line the server writes `version`, `page`, `pages` and `files`, so the worker
// is another one whenever any file is. The bundle is no file: the page keeps it, once it is verified.
const shell = `station ${version}`;

/** How long a shift lasts at most, as shift.js has it. */
const LONGEST_MS = 57_600_000;

// A shift that is over keeps nothing of who came, from the moment that this worker starts: the page, which opens after it, ends it and counts what is left.
const tidied = new Promise((resolve) => {
  const asked = indexedDB.open("station", 1);
  asked.onupgradeneeded = () => asked.transaction.abort(); // there is none: the page makes it
  asked.onerror = resolve;
  asked.onsuccess = () => {
    const database = asked.result;
    const transaction = database.transaction("kept", "readwrite");
    const store = transaction.objectStore("kept");
    store.get("shift").onsuccess = ({ target: { result: shift } }) => {
      if (!shift || Math.abs(Date.now() - shift.from) < LONGEST_MS) return;
      const { id, node, from, lights, reasons } = shift; // these and no others stay
      store.put({ id, node, from, key: null, requests: [], spent: [], here: [], lights, reasons }, "shift");
    };
    transaction.oncomplete = transaction.onabort = () => {
      database.close();
      resolve();
    };
  };
});

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(shell);
    await cache.addAll(files.map((path) => new Request(path, { cache: "reload" })));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith("station ") && name !== shell) await caches.delete(name);
    await self.clients.claim();
  })());
});

// All of one version, from the cache. A file that the cache has lost is asked of the network.
self.addEventListener("fetch", (event) => {
  event.waitUntil(tidied);
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  const path = pages.includes(url.pathname) ? page : url.pathname + url.search;
  if (!files.includes(path)) return;
  event.respondWith(caches.open(shell).then((cache) => cache.match(path)).then((kept) => kept ?? fetch(request)));
});
