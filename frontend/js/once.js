/** A form goes out once, however often it is pressed while its answer is on the way: a second would do it twice. */

const GIVEN_UP = 10_000; // milliseconds after which whoever presses again means it

document.addEventListener("submit", (event) => {
  const { target: form } = event;
  if (event.defaultPrevented || form.method !== "post") return;
  if ("sent" in form.dataset) event.preventDefault();
  form.dataset.sent = "";
  setTimeout(() => delete form.dataset.sent, GIVEN_UP);
});

// A page that the browser kept as it was left comes back with forms that may be sent again.
window.addEventListener("pageshow", () => document.querySelectorAll("[data-sent]").forEach((form) => delete form.dataset.sent));
