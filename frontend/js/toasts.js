/** Short notices: good news leaves by itself, anything else waits to be closed. */

const PATIENCE = 6000; // milliseconds; enough to read two lines slowly

const place = () => document.getElementById("toasts");

export function showToast(templateId) {
  const made = document.getElementById(templateId).content.cloneNode(true);
  place().append(made);
}

function leaveLater(toast) {
  toast.dataset.leaving = "";
  setTimeout(() => toast.remove(), PATIENCE);
}

document.addEventListener("click", (event) => {
  event.target.closest("[data-dismiss]")?.closest(".toast-item").remove();
});

const settle = () => place()?.querySelectorAll(".toast-good:not([data-leaving])").forEach(leaveLater);
document.addEventListener("DOMContentLoaded", settle);
document.addEventListener("htmx:afterSettle", settle);
