/** <input type="file">: which file is chosen stands beside its button, in place of the browser's own words (_controls.scss). */

function show(field) {
  const place = field.parentElement.querySelector("[data-none]");
  place.textContent = [...field.files].map(({ name }) => name).join(", ") || place.dataset.none;
}

document.addEventListener("change", ({ target }) => target.matches("[type=file]") && show(target));
// A page one comes back to may still have its file.
addEventListener("pageshow", () => document.querySelectorAll("[type=file]").forEach(show));
