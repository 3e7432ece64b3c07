/**
 * Notices on this device, on the page "How I am told": turned on by one tap, with the browser's own question.
 *
 * The page holds every sentence that may be wanted; here only the one that is true is shown.
 */

import { ask } from "./requests.js";

const section = () => document.querySelector("[data-push-key]");

document.addEventListener("DOMContentLoaded", () => section() && tell().catch(() => show("unsupported")));
document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-push-on]");
  if (button) turnOn(button).catch(() => show(Notification.permission === "denied" ? "denied" : "failed"));
});

async function tell() {
  if (!("serviceWorker" in navigator && "PushManager" in window)) return show(isApple() ? "apple" : "unsupported");
  if (Notification.permission === "denied") return show("denied");
  const registration = await navigator.serviceWorker.getRegistration();
  const mark = await markOf(await registration?.pushManager.getSubscription());
  const row = mark && section().querySelector(`[data-device="${mark}"]`);
  row?.querySelector("[data-this-device]").removeAttribute("hidden");
  return show(row ? "on" : "off");
}

async function turnOn(button) {
  if (button.hasAttribute("aria-busy")) return undefined;
  button.setAttribute("aria-busy", "true"); // not disabled: the focus would be lost
  try {
    await navigator.serviceWorker.register("/worker.js");
    const { pushManager } = await navigator.serviceWorker.ready;
    // Asked for by name: where this is not the browser's own question, subscribing would fail without a word.
    if ((await Notification.requestPermission()) !== "granted") return show("denied");
    const { endpoint, keys } = (await subscribed(pushManager)).toJSON();
    const body = new URLSearchParams({ endpoint, p256dh: keys.p256dh, auth: keys.auth });
    const answer = await ask(section().dataset.pushTo, { method: "POST", body });
    if (!answer.ok) return show("failed");
    return location.reload();
  } finally {
    button.removeAttribute("aria-busy");
  }
}

/** One made for another key of this service is of no use any more. */
async function subscribed(manager) {
  const wanted = { userVisibleOnly: true, applicationServerKey: section().dataset.pushKey };
  try {
    return await manager.subscribe(wanted);
  } catch (failure) {
    const old = await manager.getSubscription();
    if (!old) throw failure;
    await old.unsubscribe();
    return manager.subscribe(wanted);
  }
}

/** By what the page knows a device: its address is nobody's business but the push service's. */
async function markOf(subscription) {
  if (!subscription) return null;
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(subscription.endpoint));
  return [...new Uint8Array(hash)].map((octet) => octet.toString(16).padStart(2, "0")).join("");
}

function show(state) {
  const parts = [...section().querySelectorAll("[data-push-state]")];
  const left = parts.some((one) => one.dataset.pushState !== state && one.contains(document.activeElement));
  for (const one of parts) one.hidden = one.dataset.pushState !== state;
  const shown = parts.find((one) => !one.hidden);
  if (left && shown) {
    shown.tabIndex = -1;
    shown.focus();
  }
}

const isApple = () => /iPhone|iPad|iPod/.test(navigator.userAgent) || (/Mac/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);
