/**
 * Keeps the keyboard where it was when the part around it is drawn anew.
 *
 * htmx looks for the same id in the answer. Buttons of a slot have none, and the one just pressed may
 * be gone; then whatever stands in its place takes the focus, not the top of the page.
 */

const PRESSABLE = "a[href], button, summary, input:not([type=hidden])";

let held = null;

const pressable = (part) => [...part.querySelectorAll(PRESSABLE)];

document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
  const place = target.id ? pressable(target).indexOf(document.activeElement) : -1;
  held = place < 0 ? null : { part: target.id, place };
});

document.addEventListener("htmx:afterSettle", () => {
  const part = held && document.getElementById(held.part);
  if (part && document.activeElement === document.body) {
    const now = pressable(part);
    now[Math.min(held.place, now.length - 1)]?.focus({ preventScroll: true });
  }
  held = null;
});
