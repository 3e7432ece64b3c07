/**
 * Says aloud what a refreshed part of the page has to say.
 *
 * A live region that is itself replaced every second is read every second or never. So a part
 * carries data-announce="…", and only a changed sentence goes into the one region of base.html.
 */

let last = "";

/** Say a sentence, or what the page's parts have to say by now. */
export function announce(sentence) {
  if (sentence) {
    document.getElementById("live").textContent = sentence;
    return;
  }
  const texts = [...document.querySelectorAll("[data-announce]")].map((part) => part.dataset.announce);
  const now = texts.filter(Boolean).join(" ");
  if (now && now !== last) {
    document.getElementById("live").textContent = now;
  }
  last = now;
}

document.addEventListener("htmx:afterSettle", () => announce());
