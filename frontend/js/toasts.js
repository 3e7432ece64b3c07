/** Short notices: good news leaves by itself, anything else waits to be closed. */

const PATIENCE = 6000; // milliseconds; enough to read two lines slowly

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

function leaveLater(toast) {
  toast.dataset.leaving = "";
  setTimeout(() => toast.remove(), PATIENCE);
}

document.addEventListener("click", (event) => {
  event.target.closest("[data-dismiss]")?.closest(".toast-item").remove();
});

function settle() {
  dropRepeats();
  place().querySelectorAll(".toast-good:not([data-leaving])").forEach(leaveLater);
}

document.addEventListener("DOMContentLoaded", settle);
document.addEventListener("htmx:afterSettle", settle);
