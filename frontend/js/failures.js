/**
 * Answers that are not the wanted fragment.
 *
 * A refusal (errors/_message.html, marked data-refusal) becomes a toast and leaves the page as it was. A form that
 * came back with its errors (422) is put in place. Anything else is said in the words of base.html's <template>s.
 */

import { showToast } from "./toasts.js";

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.xhr.status < 400) return;
  const refusal = detail.serverResponse.includes("data-refusal");
  if (refusal) {
    detail.target = document.getElementById("toasts");
    detail.swapOverride = "beforeend";
  }
  if (refusal || detail.xhr.status === 422) {
    detail.shouldSwap = true;
    detail.isError = false;
  }
});

document.addEventListener("htmx:sendError", () => showToast("toast-offline"));
document.addEventListener("htmx:timeout", () => showToast("toast-offline"));
document.addEventListener("htmx:responseError", () => showToast("toast-failed"));
