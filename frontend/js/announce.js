/**
 * Says aloud what a refreshed part of the page has to say.
 *
 * A live region that is itself replaced every second is read every second or never. So a part
 * carries data-announce="…", and only a new sentence goes into the one region of base.html.
 */

let said = []; // by the parts as they stood last

const sentences = () => [...document.querySelectorAll("[data-announce]")].map((part) => part.dataset.announce);

/** Say a sentence, or what is new in what the page's parts have to say. */
export function announce(sentence) {
  const before = said;
  said = sentences();
  const text = sentence ?? said.filter((one) => one && !before.includes(one)).join(" ");
  if (text) document.getElementById("live").textContent = text;
}

// What a page says when it is opened stands on it for whoever reads it from its top.
document.addEventListener("DOMContentLoaded", () => (said = sentences()));
document.addEventListener("htmx:afterSettle", () => announce());
