/**
 * The page installed on a phone: what is answered on it arrives, with a connection or without.
 *
 * A form whose button has data-later (what it is about) is kept first and sent then, so that neither a tunnel nor a
 * session that has ended loses it. What waits stands on every page, with "take it back"; so does what has meanwhile
 * become impossible, in the service's own words, until it has been read.
 */

import { announce } from "./announce.js";
import { keep, kept, letGo, send, somebodyWaits, waiting } from "./later.js";
import { showRefusal, showToast } from "./toasts.js";

const AGAIN = 30_000; // milliseconds until the service is tried again
const A_GLANCE = 1500; // milliseconds to read that something was sent
const A_STEP = 10_000; // milliseconds to the next page; a file that is saved leads to none

let touched = false; // Whether something has been typed here that loading the page again would lose.
let leaving = false; // Whether the reader is on the way to another page: loading this one again would call them back.
let again;

const fromCopy = () => document.documentElement.hasAttribute("data-offline");
const textOf = (id) => document.getElementById(id).textContent.trim();
const aboutOf = (button) => button.dataset.later || button.form.getAttribute("action");

document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  if (!submitter?.matches("[data-later]") || !("serviceWorker" in navigator)) return;
  event.preventDefault();
  if (!submitter.hasAttribute("aria-busy")) answer(form, submitter);
});

document.addEventListener("input", () => (touched = true));
window.addEventListener("beforeunload", () => {
  leaving = true;
  setTimeout(() => (leaving = false), A_STEP);
});

async function answer(form, button) {
  const fields = [...new FormData(form, button)].filter(([name]) => name !== "csrf_token");
  const id = keep({ about: aboutOf(button), action: form.getAttribute("action"), fields, label: labelOf(button) });
  button.setAttribute("aria-busy", "true");
  const { left } = await send();
  button.removeAttribute("aria-busy");
  const mine = kept().find((one) => one.id === id);
  // Not kept any more: it arrived, from here or from another tab that had its turn first.
  if (!mine) location.assign(button.dataset.then ?? location.pathname);
  else if (mine.refused !== undefined) tellRefusal(form, mine);
  else if (left === "signed-out") location.assign(`/account/sign-in?next=${encodeURIComponent(location.pathname)}`);
  else keptFor(left);
}

function keptFor(left) {
  showKept(left);
  announce(textOf("offline-kept"));
}

/** Refused while its giver looks on: a notice, or the form once more with its errors, as without this script. */
async function tellRefusal(form, { id, refused: words }) {
  await letGo(id);
  showKept();
  if (words.includes("data-refusal")) showRefusal(words);
  else form.submit();
}

/** "I'll be there: Mon 23 Nov, 07:30": what the reader pressed and where. */
function labelOf(button) {
  const about = button.closest("[data-about]")?.dataset.about ?? document.querySelector("h1").textContent;
  return [button.textContent, about].map((text) => text.trim().replace(/\s+/g, " ")).join(": ");
}

async function sendWaiting() {
  clearTimeout(again);
  if (!waiting().length) return;
  const { arrived, left } = await send();
  showKept(left);
  if (left === "unreached") againLater(sendWaiting);
  if (!arrived.length) return;
  showToast("offline-sent");
  if (location.pathname.startsWith("/me/")) setTimeout(showAnew, A_GLANCE); // with what the service said to each
}

/** Send what waits, and show the page as it is by now where it stands from a copy, unless something is still kept. */
async function backAgain() {
  await sendWaiting();
  if (!fromCopy() || kept().length) return;
  // In a lift a phone says many times that it is back, and is not; elsewhere it is, and does not say so.
  if ((await fetch("/signed-in").catch(() => null))?.ok) showAnew();
  else againLater(backAgain);
}

function againLater(attempt) {
  clearTimeout(again);
  again = setTimeout(attempt, AGAIN);
}

/** The page as it is by now; but never over the head of somebody who types, or who has pressed a link. */
function showAnew() {
  if (!touched && !leaving) location.reload();
}

/** What waits and why, what was refused and why, and a mark where each that waits was given. */
function showKept(left = "") {
  const note = document.getElementById("offline-waiting");
  if (!note) return;
  const answers = waiting();
  const refused = kept().filter((one) => one.refused !== undefined);
  note.hidden = !answers.length && !refused.length;
  fill(note.querySelector("[data-part=waiting]"), answers.map(lineOf));
  fill(note.querySelector("[data-part=refused]"), refused.map(refusalOf));
  note.toggleAttribute("data-signed-out", left === "signed-out");
  document.querySelectorAll(".offline-mark").forEach((mark) => mark.remove());
  const buttons = [...document.querySelectorAll("[data-later]")];
  for (const { about } of answers) buttons.find((one) => aboutOf(one) === about)?.form.before(copyOf("mark"));
}

function fill(part, lines) {
  part.hidden = !lines.length;
  part.querySelector("ul").replaceChildren(...lines);
}

const copyOf = (name) => document.getElementById(`offline-${name}`).content.cloneNode(true);

const lineOf = ({ id, label }) => drawn("one", id, label);

function refusalOf({ id, label, refused }) {
  const words = new DOMParser().parseFromString(refused, "text/html").querySelector("[data-refusal] p")?.textContent;
  return drawn("refused", id, `${label} – ${words ?? textOf("offline-failed")}`);
}

function drawn(name, id, text) {
  const line = copyOf(name);
  const button = line.querySelector("button");
  line.querySelector("span").textContent = text;
  button.dataset.letGo = id;
  button.setAttribute("aria-label", `${button.textContent.trim()}: ${text}`);
  return line;
}

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-let-go]");
  if (!button) return;
  await letGo(button.dataset.letGo);
  showKept();
  document.getElementById("main").focus();
});

/** Where one signs in: somebody's answers wait, though not whose. */
function showLeftBehind() {
  const note = document.getElementById("answers-wait");
  if (note) note.hidden = !somebodyWaits();
}

async function register() {
  const link = document.querySelector("link[rel=manifest]");
  if (!link || !("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register("/worker.js");
  const worker = (await navigator.serviceWorker.ready).active;
  const parts = [...document.querySelectorAll("link[href], script[src], img[src], use")];
  const addresses = parts.map((part) => part.href?.baseVal ?? part.href ?? part.src);
  const assets = new Set(addresses.map((address) => new URL(address, location.href).pathname));
  const further = document.querySelector("[data-at-hand]")?.dataset.atHand.split(" ") ?? [];
  worker.postMessage({ keep: { here: location.pathname + location.search, assets: [...assets], further } });
}

document.addEventListener("DOMContentLoaded", () => {
  showKept();
  showLeftBehind();
  if (fromCopy()) againLater(backAgain);
  else sendWaiting();
  register().catch(() => {}); // A browser without storage: the page works, only not without network.
});
document.addEventListener("visibilitychange", () => document.hidden || backAgain());
window.addEventListener("online", backAgain);
