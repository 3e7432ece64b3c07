/** A <details class="menu"> closes on Escape, and when something else is pressed or reached by keyboard. */

const openMenus = () => document.querySelectorAll("details.menu[open]");

function closeOthers({ target }) {
  for (const menu of openMenus()) {
    if (!menu.contains(target)) menu.open = false;
  }
}

document.addEventListener("click", closeOthers);
document.addEventListener("focusin", closeOthers);

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
