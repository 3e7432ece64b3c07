/** <button data-print>: the browser's print dialog; print.scss does the rest. */

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
