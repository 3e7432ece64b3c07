/**
 * The service worker: "my week", and all that can be answered about it, can be read without network.
 *
 * Pages in KEPT are asked for from the service as always and copied, and "my shifts" has those it leads to brought in
 * as well; only when the service cannot be reached does a copy stand in, marked so that the page says how old it is.
 * Whatever has a hash in its name never changes and is kept. Who signs out, or is asked to sign in, leaves no page
 * behind. Whatever else cannot be reached leads back to "my shifts". Answers are sent by later.js.
 */

import "./notices.js";

const PAGES = "pages";
const ASSETS = "assets";
const KEPT = /^\/me\/(availability|open|turns\/\d+(\/(stand-in|swap))?|weeks\/\d+)?$/;
const FRESH = 10 * 60_000; // milliseconds for which a page brought in beforehand is good enough
const HASHED = /^\/static\/.+-[0-9A-Za-z]{8,}\.[a-z0-9]+$/;
const LEAVING = /^\/(account\/sign-(in|out)|account\/data\/erase|welcome\/|join\/)/;

let readers = 0; // Counts whoever came or went: no answer to the one before may be kept for the next.

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, search } = new URL(request.url);
  if (origin !== self.location.origin) return;
  if (request.method !== "GET") {
    if (LEAVING.test(pathname)) event.waitUntil(forget());
  } else if (HASHED.test(pathname)) event.respondWith(asset(request));
  else if (request.mode !== "navigate") return;
  else if (KEPT.test(pathname)) event.respondWith(page(request, pathname + search));
  else event.respondWith(fetch(request).catch(home));
});

// The page tells what it is made of: it was loaded before this worker was there to see it.
self.addEventListener("message", ({ data }) => {
  if (data.keep) keep(data.keep).catch(() => {});
});

async function keep({ here, assets, further }) {
  const drawer = await caches.open(ASSETS);
  const had = new Set((await drawer.keys()).map(({ url }) => new URL(url).pathname));
  await drawer.addAll(assets.filter((asset) => HASHED.test(asset) && !had.has(asset)));
  // One after the other: they can wait, the service's other readers cannot.
  for (const address of [here, ...(self.navigator.connection?.saveData ? [] : further)]) await bringIn(address);
}

async function bringIn(address) {
  if (!KEPT.test(new URL(address, self.location).pathname)) return;
  const had = await (await caches.open(PAGES)).match(address);
  if (!had || Date.now() - Date.parse(had.headers.get("Date")) > FRESH) await page(beforehand(address), address);
}

/** A page nobody looks at yet: notices wait for the one that somebody does. */
const beforehand = (address) => new Request(address, { headers: { "X-Beforehand": "yes" } });

function forget() {
  readers += 1;
  return caches.delete(PAGES);
}

async function asset(request) {
  const kept = await caches.match(request, { ignoreVary: true });
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) (await caches.open(ASSETS)).put(request, answer.clone());
  return answer;
}

/** Where somebody without network can go on from, instead of the browser's own page, which leads nowhere. */
async function home(failure) {
  if (!(await (await caches.open(PAGES)).match("/me/"))) throw failure;
  return Response.redirect("/me/");
}

async function page(request, address) {
  const reader = readers;
  let answer;
  try {
    answer = await fetch(request);
  } catch (failure) {
    const kept = await (await caches.open(PAGES)).match(address);
    if (!kept) throw failure;
    const text = await kept.text();
    return new Response(text.replace("<html ", "<html data-offline "), { headers: kept.headers });
  }
  if (answer.redirected || answer.type === "opaqueredirect") await forget();
  else if (answer.ok && reader === readers) await (await caches.open(PAGES)).put(address, answer.clone());
  return answer;
}
