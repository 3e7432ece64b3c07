/** Short notices: good news leaves by itself, anything else waits to be closed. */

import { announce } from "./announce.js";
import { goTo, placeOf } from "./focus.js";

const PATIENCE = 6000; // milliseconds; enough to read two lines slowly
const AT_EASE = 300; // milliseconds until a page just loaded listens to its live region

let before = null; // where the focus was before it came to the notices

const place = () => document.getElementById("toasts");

export function showToast(templateId) {
  place().append(document.getElementById(templateId).content.cloneNode(true));
  dropRepeats();
}

/** A refusal as the service words it, errors/_message.html; gives the notice. */
export function showRefusal(markup) {
  place().append(...new DOMParser().parseFromString(markup, "text/html").body.children);
  dropRepeats();
  return place().lastElementChild;
}

/** Pressing twice need not say it twice: the newest of equal notices stays. */
function dropRepeats() {
  const said = new Set();
  for (const toast of [...place().children].reverse()) {
    if (said.has(toast.textContent)) toast.remove();
    said.add(toast.textContent);
  }
}

/** Once it has been read: not under a pointer or the keyboard. */
function leaveLater(toast) {
  toast.dataset.leaving = "";
  const leave = () => (toast.matches(":hover, :focus-within") ? setTimeout(leave, PATIENCE) : toast.remove());
  setTimeout(leave, PATIENCE);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-dismiss]");
  if (!button) return;
  button.closest(".toast-item").remove();
  const next = place().querySelector("[data-dismiss]");
  if (next) next.focus();
  else if (before) goTo(before);
});

document.addEventListener("focusin", ({ target, relatedTarget }) => {
  if (place().contains(target) && relatedTarget && !place().contains(relatedTarget)) before = placeOf(relatedTarget);
});

/** A notice makes way for what has the focus: it goes to the other end of the screen. */
function makeWay() {
  const [notices, { top, bottom }] = [place(), document.activeElement.getBoundingClientRect()];
  const box = notices.getBoundingClientRect();
  const covers = box.height && top < box.bottom && bottom > box.top && bottom - top < innerHeight / 2;
  if (covers && !notices.contains(document.activeElement)) notices.classList.toggle("toasts-above");
}

// One frame later: the browser scrolls to what has got the focus.
document.addEventListener("focusin", () => requestAnimationFrame(makeWay));

function settle() {
  dropRepeats();
  place().querySelectorAll(".toast-good:not([data-leaving])").forEach(leaveLater);
}

/** What a page brings along is not read aloud by itself, as what is added later is. */
function sayAtFirst() {
  const notices = [...place().querySelectorAll("p")].map((notice) => notice.textContent).join(" ");
  if (notices) setTimeout(() => announce(notices), AT_EASE);
}

document.addEventListener("DOMContentLoaded", settle);
document.addEventListener("DOMContentLoaded", sayAtFirst);
document.addEventListener("htmx:afterSettle", settle);
