/**
 * Notices, in the service worker: what somebody is told appears on the screen, and a tap on it opens the right page.
 *
 * roster/letters/notices.py writes them. Whoever signs out on a phone that others use is not told there any more.
 */

const SIGN_OUT = "/account/sign-out";

self.addEventListener("push", (event) => {
  // A browser insists that each push shows something, also one that it could not read.
  const { title, body, href, lang, tag } = event.data?.json() ?? { title: "…", href: "/inbox/" };
  event.waitUntil(self.registration.showNotification(title, { body, lang, tag, data: { href } }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data.href));
});

self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  if (method === "POST" && new URL(url).pathname === SIGN_OUT) event.waitUntil(forget().catch(() => {}));
});

/** The page that is open already, or a new one: nobody loses what they were typing in another. */
async function open(href) {
  const address = new URL(href, self.location).href;
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = pages.find(({ url }) => url === address);
  return there ? there.focus() : self.clients.openWindow(address);
}

/** A notice still shown may lead to a link that answers for its reader without signing in: it goes with them. */
async function forget() {
  for (const shown of await self.registration.getNotifications()) shown.close();
  await (await self.registration.pushManager?.getSubscription())?.unsubscribe();
}
