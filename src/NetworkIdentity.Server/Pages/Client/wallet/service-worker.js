// Keeps the wallet's own files, so that it opens without a network. Above this line the server writes `version` and `files`, so the worker is another
// one whenever any file is. It never touches what the wallet says to issuers and verifiers.
const shell = `wallet ${version}`;
const pages = ["/", "/offer", "/present"];

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(shell);
    await cache.addAll(files.map((path) => new Request(path, { cache: "reload" })));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name !== shell) await caches.delete(name);
    await self.clients.claim();
  })());
});

// All of one version, from the cache; the browser looks for another version with each page that it opens. A file that the cache has lost is asked of the network.
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  const path = pages.includes(url.pathname) ? "/" : url.pathname;
  if (!files.includes(path)) return;
  event.respondWith(caches.open(shell).then((cache) => cache.match(path)).then((kept) => kept ?? fetch(request)));
});
