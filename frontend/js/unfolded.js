/** What a reader has opened (<details>) stays open when the part around it is drawn anew. */

const all = () => [...document.querySelectorAll("details:not(.menu)")];

/** Which one it is: the labelled part it belongs to, and its number there. */
function keyOf(details) {
  const part = details.parentElement.closest("[id], [aria-labelledby]");
  return [part.id || part.getAttribute("aria-labelledby"), [...part.querySelectorAll("details")].indexOf(details)].join(" ");
}

/** What stands open now; unfold() opens it again. */
export const unfolded = () => new Set(all().filter(({ open }) => open).map(keyOf));

export function unfold(before) {
  if (!before.size) return; // as nearly always, on pages of hundreds
  for (const details of all()) if (before.has(keyOf(details))) details.open = true;
}

let before = new Set();

document.addEventListener("htmx:beforeSwap", () => (before = unfolded()));
document.addEventListener("htmx:afterSwap", () => unfold(before));
