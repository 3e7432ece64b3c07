/**
 * The service worker: "my week" can be read without network.
 *
 * Pages in KEPT are asked for from the service as always and copied; only when it cannot be reached does the copy
 * stand in, marked so that the page says how old it is. Whatever has a hash in its name never changes and is kept. Who
 * signs out, or is asked to sign in, leaves nothing behind. Nothing else is touched: answers are sent by offline.js.
 */

const PAGES = "pages";
const ASSETS = "assets";
const KEPT = ["/me/", "/me/availability"];
const HASHED = /^\/static\/.+-[0-9A-Za-z]{8,}\.[a-z0-9]+$/;
const LEAVING = /^\/(account\/sign-(in|out)|account\/data\/erase|welcome\/|join\/)/;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin) return;
  if (request.method !== "GET") {
    if (LEAVING.test(pathname)) event.waitUntil(caches.delete(PAGES));
  } else if (HASHED.test(pathname)) event.respondWith(asset(request));
  else if (request.mode === "navigate" && KEPT.includes(pathname)) event.respondWith(page(request, pathname));
});

// The page tells what it is made of: it was loaded before this worker was there to see it.
self.addEventListener("message", ({ data }) => {
  if (data.keep) keep(data.keep).catch(() => {});
});

async function keep({ path, assets }) {
  const drawer = await caches.open(ASSETS);
  const had = new Set((await drawer.keys()).map(({ url }) => new URL(url).pathname));
  await drawer.addAll(assets.filter((asset) => HASHED.test(asset) && !had.has(asset)));
  if (KEPT.includes(path)) await page(new Request(path), path);
}

async function asset(request) {
  const kept = await caches.match(request, { ignoreVary: true });
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) (await caches.open(ASSETS)).put(request, answer.clone());
  return answer;
}

async function page(request, path) {
  const drawer = await caches.open(PAGES);
  let answer;
  try {
    answer = await fetch(request);
  } catch (failure) {
    const kept = await drawer.match(path);
    if (!kept) throw failure;
    const text = await kept.text();
    return new Response(text.replace("<html ", "<html data-offline "), { headers: kept.headers });
  }
  if (answer.ok && !answer.redirected) await drawer.put(path, answer.clone());
  else if (answer.redirected || answer.type === "opaqueredirect") await drawer.delete(path);
  return answer;
}
