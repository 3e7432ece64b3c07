/** <button data-copy="#id" data-copied="Copied">: puts that field's value on the clipboard. */

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.querySelector(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    // Refused, or a page without TLS: the text is selected, and the older command may still copy it.
    if (!document.execCommand("copy")) return;
  }
  const label = button.querySelector("[data-label]") ?? button;
  label.textContent = button.dataset.copied;
  document.getElementById("live").textContent = button.dataset.copied;
});
