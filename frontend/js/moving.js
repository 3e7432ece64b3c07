/**
 * Moving people: by pointer from slot to slot and from the list of candidates, and the same by keyboard.
 *
 * Whoever is picked up ([data-pick], inside a chip or a line of candidates) is asked about once: for every shift whether
 * they may take it, and why not. Until they are dropped or let go, slots that are out of the question stand back with
 * their reason. Fingers scroll; for them the same link opens the list of places.
 */

import { announce } from "./announce.js";
import { board, send, words } from "./board.js";
import { ask as request } from "./requests.js";
import { showToast } from "./toasts.js";

const FAR = 6; // pixels a pressed pointer moves before it drags
const EDGE = 56; // pixels from the window's edge where it scrolls

let pressed = null; // {handle, x, y}: a pointer that may begin to drag
let held = null; // whoever is being moved

const slots = () => [...document.querySelectorAll("#board .slot[id]")];
const shiftOf = (slot) => slot.id.replace("shift-", "");

document.addEventListener("pointerdown", (event) => {
  if (event.pointerType === "touch" || event.button !== 0 || event.target.closest("button, form")) return;
  const handle = event.target.closest(".chip, .person")?.querySelector("[data-pick]");
  if (handle && board()) pressed = { handle, x: event.clientX, y: event.clientY };
});

document.addEventListener("pointermove", (event) => {
  if (pressed && !held && Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > FAR) {
    pickUp(pressed.handle);
    held.ghost = ghost(held.name);
  }
  if (!held?.ghost) return;
  held.ghost.style.translate = `${event.clientX + 10}px ${event.clientY + 10}px`;
  hover(document.elementFromPoint(event.clientX, event.clientY)?.closest("#board .slot"));
  scrollNear(event.clientY);
});

document.addEventListener("pointerup", () => {
  pressed = null;
  if (held?.ghost) release();
});
document.addEventListener("pointercancel", () => {
  pressed = null;
  if (held?.ghost) letGo();
});
document.addEventListener("dragstart", (event) => event.target.closest?.("[data-pick]") && event.preventDefault());

// The click that ends a drag is no click on the link it began on.
document.addEventListener("click", (event) => held?.ghost && stop(event), true);

document.addEventListener("keydown", (event) => {
  const handle = event.target.closest("[data-pick]");
  if (held) holdingKey(event);
  else if (handle && board() && event.key === " ") {
    event.preventDefault();
    pickUp(handle).then(goToFirst);
  }
});

/** Take somebody up, and have every slot say whether they may go there. */
function pickUp(handle) {
  const from = handle.closest(".slot");
  const sheet = handle.closest("dialog");
  held = { person: handle.dataset.pick, name: handle.textContent.trim(), from, handle, over: null, ghost: null };
  sheet?.close();
  getSelection().removeAllRanges();
  document.documentElement.classList.add("holding");
  from?.querySelector(`[data-pick="${held.person}"]`)?.closest(".chip").classList.add("chip-held");
  held.asked = ask(held, handle.href);
  return held.asked;
}

async function ask(asker, address) {
  try {
    const answer = await request(address, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`refused with ${answer.status}`);
    asker.verdicts = await answer.json();
  } catch {
    if (held === asker) letGo();
    showToast("toast-offline");
    return;
  }
  if (held === asker) mark();
}

function mark() {
  for (const slot of slots()) {
    if (slot === held.from) continue;
    const [may, reason] = held.verdicts.shifts[shiftOf(slot)] ?? [false, -1];
    slot.classList.add(may ? "slot-open" : "slot-barred");
    const text = held.verdicts.words[reason] ?? words("closed");
    const note = Object.assign(document.createElement("p"), { className: "slot-verdict", textContent: text });
    if (text) slot.querySelector(".slot-head").after(note);
  }
}

function unmark() {
  document.querySelectorAll("#board .slot-verdict").forEach((note) => note.remove());
  for (const slot of slots()) {
    slot.classList.remove("slot-open", "slot-barred", "slot-over");
    slot.removeAttribute("tabindex");
  }
  document.querySelectorAll(".chip-held").forEach((chip) => chip.classList.remove("chip-held"));
}

function hover(slot) {
  held.over?.classList.remove("slot-over");
  held.over = slot ?? null;
  held.over?.classList.add("slot-over");
}

/** Dropped: where it is allowed they go there, elsewhere they stay. */
async function release() {
  const { over, from, person, handle, ghost: dragged, asked } = held;
  await asked;
  if (!held) return;
  const goes = over && over !== from && over.classList.contains("slot-open");
  const verdict = over?.querySelector(".slot-verdict")?.textContent;
  if (!goes) {
    letGo(over && over !== from ? verdict : undefined);
    return;
  }
  const shift = shiftOf(over);
  finish();
  const hand = `${board().dataset.base}/shifts/${shift}/people/${person}`;
  const done = await (from ? send(`${hand}/move`, { leaving: shiftOf(from) }) : send(`${hand}/add`));
  if (dragged) return;
  if (done) document.querySelector(`#shift-${shift} [data-pick="${person}"]`)?.focus();
  else backTo(handle);
}

/** Nothing happens; the keyboard goes back to where it began. */
function letGo(why = "") {
  const { handle, name, ghost: dragged } = held;
  finish();
  announce(`${words("back", { name })} ${why}`.trim());
  if (!dragged) backTo(handle);
}

function backTo(handle) {
  if (!handle.isConnected) return;
  handle.closest("dialog")?.showModal();
  showDayOf(handle.closest(".slot"));
  handle.focus();
}

function finish() {
  unmark();
  const { ghost: dragged } = held;
  // Until after the click that follows, which has to find somebody held.
  setTimeout(() => dragged?.remove());
  setTimeout(() => (held = null));
  document.documentElement.classList.remove("holding");
}

function ghost(name) {
  const node = Object.assign(document.createElement("div"), { className: "chip drag-ghost", textContent: name });
  board().append(node);
  return node;
}

function scrollNear(y) {
  if (y < EDGE) window.scrollBy(0, y - EDGE);
  else if (y > innerHeight - EDGE) window.scrollBy(0, y - innerHeight + EDGE);
}

function stop(event) {
  event.preventDefault();
  event.stopPropagation();
}

// By keyboard.

// Said when a name is reached, not written into each of the hundreds: a page of names has to stay light.
document.addEventListener("focusin", ({ target }) => {
  if (board() && target.matches("[data-pick]")) target.setAttribute("aria-describedby", "board-help");
});

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const open = () => slots().filter((slot) => slot.classList.contains("slot-open"));
const isShown = (slot) => Boolean(slot.offsetParent);
const dayOf = (slot) => slot.closest("td").cellIndex - 1; // a row begins with its site

/** A phone shows one day at a time: have it show the slot's. */
function showDayOf(slot) {
  if (slot && !isShown(slot)) document.querySelectorAll("#board .roster-days input")[dayOf(slot)].checked = true;
}

function goToFirst() {
  if (!held) return;
  const all = open();
  const places = all.some(isShown) ? all.filter(isShown) : all;
  if (!places.length) {
    letGo(words("nowhere", { name: held.name }));
    return;
  }
  const after = held.from && places.find((slot) => held.from.compareDocumentPosition(slot) & Node.DOCUMENT_POSITION_FOLLOWING);
  announce(words("held", { name: held.name }));
  goTo(after ?? places[0]);
}

function goTo(slot) {
  showDayOf(slot);
  hover(slot);
  slot.tabIndex = -1;
  slot.focus();
  slot.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function holdingKey(event) {
  if (event.key === "Escape") {
    stop(event);
    letGo();
  } else if (held.ghost) {
    return;
  } else if (event.key === "Enter" || event.key === " ") {
    stop(event);
    release();
  } else if (STEPS[event.key]) {
    stop(event);
    const slot = next(...STEPS[event.key]);
    if (slot) goTo(slot);
  } else if (event.key === "Tab") {
    stop(event);
    const places = open();
    const step = event.shiftKey ? places.length - 1 : 1;
    goTo(places[(places.indexOf(held.over) + step) % places.length]);
  }
}

/** The open slot that lies next in a direction; on a phone that of the next day that has one, if none of this day does. */
const next = (right, down) => nearest(right, down) ?? onTheNextDay(right);

function onTheNextDay(right) {
  const far = (slot) => (dayOf(slot) - dayOf(held.over)) * right;
  return open().filter((slot) => far(slot) > 0).sort((one, other) => far(one) - far(other))[0];
}

/** The least far along a direction, and what is beside it counts double. */
function nearest(right, down) {
  const middle = (slot) => {
    const box = slot.getBoundingClientRect();
    return [box.left + box.width / 2, box.top + box.height / 2];
  };
  const [x, y] = middle(held.over);
  const ways = open()
    .filter((slot) => slot !== held.over && isShown(slot))
    .map((slot) => {
      const [across, below] = middle(slot);
      const along = (across - x) * right + (below - y) * down;
      const aside = Math.abs((across - x) * down) + Math.abs((below - y) * right);
      return { slot, along, far: along + 2 * aside };
    })
    .filter(({ along }) => along > 4);
  ways.sort((one, other) => one.far - other.far);
  return ways[0]?.slot;
}
