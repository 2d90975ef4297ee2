// Answers for the site where no line is up. The server puts VERSION and SITE (addresses) above.
//
// Kept are: our own files under hashed names (for good: another content has another name), the
// shapes of the town, the offline page, and the cockpit's empty page with its last tallies.
// No other page is kept, so nothing that names anybody stays on a device that people share.

const SHELL = `linli-shell-${VERSION}`;
const FILES = `linli-files-${VERSION}`;
const KEPT = "linli-kept"; // what cockpit.js puts there; belongs to a person, gone when they go
const HASHED = /\.[0-9a-f]{12}\.\w+$/;
const AWAY = [502, 503, 504]; // a proxy that finds no site behind it

self.addEventListener("install", (event) => {
  const asked = [SITE.offline, ...SITE.assets].map(
    (address) => new Request(address, { credentials: "omit", cache: "reload" }));
  event.waitUntil(caches.open(SHELL).then((shell) => shell.addAll(asked)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const current = [SHELL, FILES, KEPT];
  event.waitUntil((async () => {
    const names = await caches.keys();
    const old = names.filter((name) => name.startsWith("linli-") && !current.includes(name));
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  })());
});

const keptFirst = async (request) => {
  const known = await caches.match(request, { ignoreVary: true });
  if (known) return known;
  const answer = await fetch(request);
  if (answer.status === 200) await (await caches.open(FILES)).put(request, answer.clone());
  return answer;
};

const lineFirst = async (request) => {
  const files = await caches.open(FILES);
  try {
    const answer = await fetch(request);
    if (answer.status === 200) await files.put(request, answer.clone());
    return answer;
  } catch (fault) {
    const known = (await files.match(request)) ?? (await caches.match(request.url, { ignoreVary: true }));
    if (known) return known;
    throw fault;
  }
};

const withoutLine = async (request) => {
  if (new URL(request.url).pathname === SITE.cockpit) {
    const page = await caches.match(SITE.kept, { cacheName: KEPT, ignoreVary: true });
    if (page) return page;
  }
  return caches.match(SITE.offline, { cacheName: SHELL, ignoreVary: true });
};

const page = async (request) => {
  try {
    const answer = await fetch(request);
    return AWAY.includes(answer.status) ? await withoutLine(request) : answer;
  } catch {
    return withoutLine(request);
  }
};

const forget = async () => {
  for (const client of await self.clients.matchAll()) client.postMessage("signed out");
  await caches.delete(KEPT);
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (address.origin !== self.location.origin) return;
  if (request.method === "POST" && address.pathname === SITE.signOut) {
    event.waitUntil(forget());
  }
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (address.pathname.startsWith(SITE.static)) {
    event.respondWith(HASHED.test(address.pathname) ? keptFirst(request) : lineFirst(request));
  } else if (address.pathname.startsWith(SITE.shapes)) event.respondWith(lineFirst(request));
});
