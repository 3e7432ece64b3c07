/**
 * Keeps the keyboard where it was when what it stood on is drawn anew, goes, or comes back on the next page.
 *
 * A browser lets the focus fall to the top of the page as soon as its element is gone: when a part is swapped, when a
 * dialog closes over a page that was redrawn meanwhile, when a form leads back to its own page. Each time the same
 * button takes it again, or whatever stands in its place by now.
 */

const PRESSABLE = "a[href], button, summary, select, textarea, input:not([type=hidden]), [tabindex='0']";
const KEPT = "place"; // Kept for the next page of this tab: addresses and positions, never words.

let held = null; // where the focus was before htmx swapped what it stood on

const isShown = (one) => !one.disabled && isDrawn(one);

/** Safari asks for itself since 17.4 only, and phones stay in use for longer than that. */
const isDrawn = (one) =>
  one.checkVisibility?.({ visibilityProperty: true }) ??
  (one.getClientRects().length > 0 && getComputedStyle(one).visibility === "visible");

/** Nothing that one sees has the focus: for a moment it stays on what has just been hidden. */
export const isLost = () => document.activeElement === document.body || !isShown(document.activeElement ?? document.body);

/** What keys reach within a part of the page, in their order. */
export const pressable = (part) => [...part.querySelectorAll(PRESSABLE)].filter(isShown);

/**
 * Where an element is, so that it or its successor is found again: what it is, and its position in each part around.
 *
 * `seen`: it was in sight. Otherwise its reader looks somewhere else by now, and is not drawn back there.
 */
export function placeOf(element) {
  const around = [];
  for (let part = element.closest("[id]:not(dialog *)"); part; part = part.parentElement?.closest("[id]")) {
    around.push([part.id, pressable(part).indexOf(element)]);
  }
  const { top, bottom, left, right } = element.getBoundingClientRect();
  const inSight = bottom > 0 && right > 0 && top < innerHeight && left < innerWidth;
  return { same: signatureOf(element), around, seen: inSight };
}

/** Put the focus on what is in that place now; on the content of the page if there is nothing left. */
export function goTo({ same, around, seen }) {
  const alike = [...document.querySelectorAll(PRESSABLE)].filter((one) => signatureOf(one) === same);
  const now = (alike.length === 1 && shownOf(alike[0])) || successor(around);
  if (now) now.focus({ preventScroll: !seen });
  else document.getElementById("main").focus({ preventScroll: true });
}

/** The element itself, or what opens the dialog, the menu or the details that it is hidden in. */
function shownOf(element) {
  if (isShown(element)) return element;
  const dialog = element.closest("dialog:not([open])");
  const opener = dialog && document.querySelector(`[data-dialog="${dialog.id}"]`);
  if (opener) return shownOf(opener);
  const summary = element.closest("details:not([open])")?.querySelector("summary");
  return summary && isShown(summary) ? summary : null;
}

function successor(around) {
  for (const [id, place] of around) {
    const part = document.getElementById(id);
    const now = part ? pressable(part) : [];
    if (place >= 0 && now.length) return now[Math.min(place, now.length - 1)];
  }
  return null;
}

/** What tells a button, link or field from all others of its page, without its words. */
function signatureOf(element) {
  if (element.id) return `#${element.id}`;
  const attributes = ["name", "href", "formaction", "data-dialog"].map((name) => element.getAttribute(name));
  const chosen = element.matches("button, [type=checkbox], [type=radio]") ? element.value : "";
  return [element.tagName, ...attributes, chosen, element.form?.getAttribute("action")].join(" ");
}

document.addEventListener("htmx:beforeSwap", () => {
  if (!isLost()) held = placeOf(document.activeElement);
});

document.addEventListener("htmx:afterSettle", () => {
  if (held && isLost()) goTo(held);
  held = null;
});

let byKeys = false; // Whoever uses a pointer looks where they press, and needs no ring there on the next page.

/**
 * A form that came back begins where it needs mending; a page that came back, where it was left by keyboard, unless what
 * was asked for there is shown in its place now.
 */
function begin() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  sessionStorage.removeItem(KEPT);
  byKeys = Boolean(kept);
  const mending = document.querySelector("main [aria-invalid=true]") ?? document.querySelector("main .message-refused[tabindex]");
  if (mending) mending.focus();
  else if (kept?.path === location.pathname && !location.hash && isLost()) {
    const asked = document.querySelector("main [data-begin]");
    if (asked) asked.focus();
    else goTo({ ...kept, seen: true });
  }
}

function remember() {
  if (!byKeys || isLost()) return;
  sessionStorage.setItem(KEPT, JSON.stringify({ path: location.pathname, ...placeOf(document.activeElement) }));
}

document.addEventListener("DOMContentLoaded", begin);
document.addEventListener("keydown", () => (byKeys = true), true);
document.addEventListener("pointerdown", () => (byKeys = false), true);
window.addEventListener("pagehide", remember);
