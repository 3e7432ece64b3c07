/** A row of tabs, or of the menu, that is wider than the screen shows where its reader is, not only its first entries. */

function showWhereOneIs(part) {
  for (const here of part.querySelectorAll(".tabs [aria-current], .nav-list [aria-current]")) {
    const strip = here.closest("ul");
    if (strip.contains(document.activeElement)) continue; // keys go along it, and it shows where they are
    const [room, one] = [strip.getBoundingClientRect(), here.getBoundingClientRect()];
    if (one.left < room.left || one.right > room.right) strip.scrollLeft += one.left - room.left - (room.width - one.width) / 2;
  }
}

document.addEventListener("DOMContentLoaded", () => showWhereOneIs(document));
document.addEventListener("htmx:oobAfterSwap", ({ detail }) => showWhereOneIs(detail.target));
