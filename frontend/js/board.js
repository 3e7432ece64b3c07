/**
 * The board of a week: one change at a time, and what others change meanwhile.
 *
 * It asks for itself every few seconds and is told "not modified" until somebody has changed something. Then only the
 * slots that differ are put in place, so nobody loses the focus or what they have open. Hands on it (board's own form,
 * #hand) send the revision that is shown, so nothing unseen is ever overwritten.
 */

import htmx from "htmx.org";

import { announce } from "./announce.js";
import { goTo, placeOf } from "./focus.js";
import { ask } from "./requests.js";
import { showRefusal, showToast } from "./toasts.js";
import { unfold, unfolded } from "./unfolded.js";

const EVERY = 3000; // milliseconds between two looks at what others did
const PATIENCE = 60000; // the longest wait after failures
const PARTS = ["figures", "sides", "publish-part", "steps"];

let state = null; // the board's ETag as last seen
let wait = EVERY;

export const board = () => document.getElementById("board");
export const isHeld = () => document.documentElement.classList.contains("holding");

/** Words of the page in the reader's language, from its <template>. */
export function words(name, gaps = {}) {
  const text = document.getElementById("board-words").content.querySelector(`[data-word=${name}]`).textContent;
  return text.replace(/\{(\w+)\}/g, (_, gap) => gaps[gap] ?? "");
}

/** Post one change and show what became of it. True if it was done. */
export async function send(address, fields = {}) {
  const body = new URLSearchParams({ revision: document.getElementById("revision").value, ...fields });
  try {
    const answer = await ask(address, { method: "POST", body });
    if (answer.ok) await refresh();
    else showRefusal(await answer.text());
    return answer.ok;
  } catch {
    showToast("toast-offline");
    return false;
  }
}

/** Bring the board up to date; nothing happens if nobody has changed anything. */
export async function refresh() {
  const answer = await ask(board().dataset.address, { headers: { "If-None-Match": `"${state}"` } });
  if (answer.status === 304 || isHeld()) return;
  if (!answer.ok) throw new Error(`the board answers ${answer.status}`);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (page.getElementById("board")) show(page);
}

function show(page) {
  // A week without a shift has no buttons to plan it or publish it; with its first one the whole page is another.
  if (!outline(document) && outline(page)) return location.reload();
  const dialogs = [...document.querySelectorAll("dialog[open]")];
  state = page.getElementById("board").dataset.state;
  for (const id of PARTS) {
    const part = document.getElementById(id);
    // A question that is being answered stays as it was asked: the revision in it is the one its reader saw.
    if (!dialogs.some((dialog) => part.contains(dialog))) put(part, page.getElementById(id));
  }
  if (outline(document) === outline(page)) showSlots(page);
  else showGrid(page);
  announce();
}

/** Which slots stand where; while that is the same, slots change one by one. */
function outline(page) {
  const rows = [...page.querySelectorAll("#grid tbody tr")];
  return rows.map((row) => [...row.cells].map((cell) => [...cell.querySelectorAll(".slot")].map(({ id }) => id))).join("|");
}

/** All of it anew; on a phone the day that is looked at stays the one that is shown. */
function showGrid(page) {
  const day = document.querySelector("#grid [name=roster-day]:checked")?.value;
  const same = page.querySelector(`#grid [name=roster-day][value="${day}"]`);
  if (same) same.checked = true;
  put(document.getElementById("grid"), page.getElementById("grid"));
}

function showSlots(page) {
  for (const fresh of page.querySelectorAll(".slot")) {
    const slot = document.getElementById(fresh.id);
    if (slot.dataset.version === fresh.dataset.version) continue;
    const placed = put(slot, fresh);
    placed.classList.add("slot-fresh");
    placed.addEventListener("animationend", () => placed.classList.remove("slot-fresh"), { once: true });
  }
}

/** Put a part in place of another; the focus goes to whatever now stands where it was. */
function put(part, fresh) {
  const place = part.contains(document.activeElement) && placeOf(document.activeElement);
  const open = unfolded();
  const placed = document.importNode(fresh, true);
  part.replaceWith(placed);
  htmx.process(placed);
  unfold(open);
  if (place) goTo(place);
  return placed;
}

/** The buttons of the board's own form: a chip's redraw their slot alone, the others the board. */
document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  if (form.id === "hand") {
    event.preventDefault();
    press(submitter);
  } else if (form.matches("#sheet [data-hand]")) {
    event.preventDefault();
    send(form.action, Object.fromEntries(new FormData(form))).then((done) => done && form.closest("dialog").close());
  }
});

function press(button) {
  const slot = button.closest(".slot");
  if (!slot) {
    send(button.formAction);
    return;
  }
  const values = { revision: document.getElementById("revision").value };
  htmx.ajax("POST", button.formAction, { source: slot, target: slot, swap: "outerHTML", values });
}

/** Ctrl+Z and Ctrl+Shift+Z (or Ctrl+Y), but never on what somebody else did: that wants a look and the button. */
document.addEventListener("keydown", (event) => {
  if (!board() || !(event.ctrlKey || event.metaKey) || event.altKey || isTyping(event.target)) return;
  const key = event.key.toLowerCase();
  if (key !== "z" && key !== "y") return;
  const back = key === "z" && !event.shiftKey;
  const button = document.querySelector(`[data-step=${back ? "undo" : "redo"}]`);
  if (button.disabled || isHeld() || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  if (back && "others" in button.dataset) {
    announce(words("others"));
    button.focus();
  } else send(button.formAction);
});

const isTyping = (part) => part.matches("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");

async function look() {
  try {
    if (!document.hidden && !isHeld()) await refresh();
    wait = EVERY;
  } catch {
    wait = Math.min(2 * wait, PATIENCE);
  }
  setTimeout(look, wait);
}

document.addEventListener("DOMContentLoaded", () => {
  if (!board()) return;
  state = board().dataset.state;
  setTimeout(look, EVERY);
});
