/**
 * The page installed on a phone: answers given without network are kept and sent later.
 *
 * A form whose button has data-later is sent as always while there is a connection. Without one its answer waits on
 * this device, is sent as soon as the service can be reached, and whatever has meanwhile become impossible is told in
 * the service's own words.
 */

import { announce } from "./announce.js";
import { headers } from "./requests.js";
import { showRefusal, showToast } from "./toasts.js";

const QUEUE = "answers";

const queue = () => JSON.parse(localStorage.getItem(QUEUE) ?? "[]");

document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  if (!submitter?.matches("[data-later]") || !("serviceWorker" in navigator)) return;
  event.preventDefault();
  answer(form, submitter);
});

async function answer(form, submitter) {
  const fields = [...new FormData(form, submitter)].filter(([name]) => name !== "csrf_token");
  const given = { action: form.getAttribute("action"), fields, label: labelOf(form, submitter) };
  try {
    await post(given);
    location.assign(location.pathname);
  } catch {
    localStorage.setItem(QUEUE, JSON.stringify([...queue().filter(({ action }) => action !== given.action), given]));
    showWaiting();
    announce(document.getElementById("offline-kept").textContent);
  }
}

/** "I'll be there: Mon 23 Nov, 07:30": what the reader pressed and where. */
function labelOf(form, submitter) {
  const about = form.closest("article, section")?.querySelector("h2, h3, time")?.textContent ?? "";
  return [submitter.textContent, about].map((text) => text.trim().replace(/\s+/g, " ")).filter(Boolean).join(": ");
}

/** Send one answer; a refusal is an answer too. Throws only if the service cannot be reached. */
async function post({ action, fields }) {
  const body = new URLSearchParams(fields);
  const got = await fetch(action, { method: "POST", headers: headers(), body, redirect: "manual" });
  const done = got.ok || got.type === "opaqueredirect";
  return { done, status: got.status, words: done ? "" : await got.text() };
}

/** Send what waits. What nobody can be asked for any more leaves the queue with its refusal. */
async function sendWaiting() {
  const waiting = queue();
  if (!waiting.length || !document.body.hasAttribute("data-signed-in")) return;
  const kept = [];
  let sent = 0;
  for (const one of waiting) {
    try {
      const { done, status, words } = await post(one);
      if (status === 401) kept.push(one);
      else if (done) sent += 1;
      else tellConflict(one, words);
    } catch {
      kept.push(one);
    }
  }
  localStorage.setItem(QUEUE, JSON.stringify(kept));
  showWaiting();
  if (sent) showToast("offline-sent");
  if (sent && location.pathname === "/me/") setTimeout(() => location.reload(), 1500);
}

/** The refusal in the service's words, and which answer it is about. */
function tellConflict({ label }, words) {
  const told = showRefusal(words);
  told?.querySelector("p")?.prepend(`${label} – `);
}

function showWaiting() {
  const note = document.getElementById("offline-waiting");
  if (!note) return;
  const waiting = queue();
  note.hidden = !waiting.length;
  note.querySelector("ul").replaceChildren(
    ...waiting.map(({ label }) => Object.assign(document.createElement("li"), { textContent: label })),
  );
}

function leaveNothingBehind() {
  if (document.body.hasAttribute("data-signed-in")) return;
  localStorage.removeItem(QUEUE);
}

async function register() {
  const link = document.querySelector("link[rel=manifest]");
  if (!link || !("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register("/worker.js");
  const worker = (await navigator.serviceWorker.ready).active;
  const parts = [...document.querySelectorAll("link[href], script[src], img[src], use")];
  const assets = parts.map((part) => part.href?.baseVal ?? part.href ?? part.src);
  const paths = new Set(assets.map((address) => new URL(address, location.href).pathname));
  worker.postMessage({ keep: { path: location.pathname, assets: [...paths] } });
}

document.addEventListener("DOMContentLoaded", () => {
  leaveNothingBehind();
  showWaiting();
  if (!document.documentElement.hasAttribute("data-offline")) sendWaiting();
  register().catch(() => {}); // A browser without storage: the page works, only not without network.
});
window.addEventListener("online", sendWaiting);
