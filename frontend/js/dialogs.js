/**
 * Native dialogs: the browser keeps the focus inside, gives Escape and the backdrop.
 *
 * data-dialog="id" opens <dialog id>; data-close closes the one around it; a link with data-sheet
 * loads its address into the side sheet (and simply is a link when there is no JavaScript).
 */

import htmx from "htmx.org";

import { goTo, isLost, placeOf } from "./focus.js";
import { ask } from "./requests.js";
import { showRefusal, showToast } from "./toasts.js";

const sheet = () => document.getElementById("sheet");
const openers = new WeakMap(); // dialog → the place of what opened it

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    open(document.getElementById(opener.dataset.dialog));
    return;
  }
  const link = event.target.closest("a[data-sheet]");
  if (link && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    openSheet(link.href).catch(() => showToast("toast-offline"));
    return;
  }
  if (event.target.closest("[data-close]") || pressedBackdrop(event)) {
    event.target.closest("dialog")?.close();
  }
});

// A search in the sheet has its answer already; sent as a plain form it would leave the page behind it.
document.addEventListener("submit", (event) => event.target.matches("#sheet [role=search]") && event.preventDefault());

// What the sheet changed is on the page behind it: an answer may ask for the sheet to be closed.
document.addEventListener("close-sheet", () => sheet()?.close());

/** Any page can be a sheet: of a whole document its <main> is taken, and its heading names the dialog. */
async function openSheet(address) {
  const answer = await ask(address);
  const text = await answer.text();
  if (!answer.ok) {
    showRefusal(text);
    return;
  }
  const page = new DOMParser().parseFromString(text, "text/html");
  const body = document.getElementById("sheet-body");
  body.replaceChildren(...(page.querySelector("main") ?? page.body).children);
  const title = body.querySelector("h1, h2");
  title?.setAttribute("id", "sheet-title");
  htmx.process(body);
  if (!sheet().open) open(sheet());
  // The heading says what has come, also where a link of the sheet itself brought it; the next key goes on from there.
  title?.setAttribute("tabindex", "-1");
  title?.focus();
}

function open(dialog) {
  if (!isLost()) openers.set(dialog, placeOf(document.activeElement));
  dialog.showModal();
}

// The browser itself goes back to what opened the dialog, unless that has been drawn anew or is gone.
document.addEventListener("close", ({ target }) => isLost() && openers.has(target) && goTo(openers.get(target)), true);

/** A click on the backdrop is aimed at the dialog itself, outside its box. */
function pressedBackdrop({ target, clientX, clientY }) {
  if (!(target instanceof HTMLDialogElement) || !clientX) return false;
  const box = target.getBoundingClientRect();
  return clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom;
}
