/**
 * <button data-picture="#handout">: draws that part of the page as a picture and saves it; with data-share it is
 * handed to the phone's own share sheet. Drawn here, in the page's font, so that the server needs no fonts and no
 * picture of people's names is ever kept.
 */

const WIDTH = 900;
const PAGE = { paper: "#fffdf8", ink: "#22261f", soft: "#5d6158", rule: "#d9d2c3", accent: "#12694a" };
const MARGIN = 48;

function offerSharing() {
  const canShare = navigator.canShare?.({ files: [new File([], "a.png", { type: "image/png" })] });
  if (canShare) document.querySelectorAll("[data-picture][data-share]").forEach((button) => (button.hidden = false));
}

/** What is drawn, top down: { text, size, weight, color, indent, gap }. */
function linesOf(part) {
  const lines = [
    { text: textOf(part, ".handout-title"), size: 34, weight: 700, color: PAGE.ink, gap: 0 },
    { text: textOf(part, ".handout-week"), size: 24, weight: 400, color: PAGE.soft, gap: 4 },
  ];
  for (const node of part.querySelectorAll(".handout-day, .handout-lines li")) {
    if (node.matches(".handout-day")) {
      lines.push({ text: node.textContent.trim(), size: 26, weight: 700, color: PAGE.accent, gap: 26, rule: true });
      continue;
    }
    const hours = textOf(node, ".handout-hours");
    lines.push({ text: textOf(node, ".handout-site"), lead: hours, size: 24, weight: 400, color: PAGE.ink, gap: 12 });
    const people = textOf(node, ".handout-people");
    if (people) lines.push({ text: people, indent: true, size: 24, weight: 600, color: PAGE.ink, gap: 2 });
  }
  return lines;
}

function textOf(part, selector) {
  return part.querySelector(selector)?.textContent.trim() ?? "";
}

function fontOf(line) {
  return `${line.weight} ${line.size}px "${getComputedStyle(document.body).fontFamily.split(",")[0].replaceAll('"', "")}", sans-serif`;
}

/** The words of a line on as many lines as the width takes. */
function wrapped(context, text, width) {
  const rows = [];
  for (const word of text.split(/\s+/)) {
    const longer = rows.length ? `${rows.at(-1)} ${word}` : word;
    if (rows.length && context.measureText(longer).width <= width) rows[rows.length - 1] = longer;
    else rows.push(word);
  }
  return rows;
}

function draw(context, lines) {
  const lead = 170;
  let y = MARGIN;
  let below = 0; // where the hours end: those of a night take two rows
  for (const line of lines) {
    if (!line.indent) y = Math.max(y, below);
    const left = MARGIN + (line.lead || line.indent ? lead : 0);
    context.font = fontOf(line);
    y += line.gap;
    if (line.rule) {
      context.fillStyle = PAGE.rule;
      context.fillRect(MARGIN, y - 10, WIDTH - 2 * MARGIN, 2);
    }
    context.fillStyle = line.color;
    const hours = line.lead ? wrapped(context, line.lead, lead - 12) : [];
    hours.forEach((row, number) => context.fillText(row, MARGIN, y + line.size * (1 + 1.35 * number)));
    below = Math.max(below, y + hours.length * line.size * 1.35);
    for (const row of wrapped(context, line.text, WIDTH - MARGIN - left)) {
      context.fillText(row, left, y + line.size);
      y += line.size * 1.35;
    }
  }
  return Math.max(y, below) + MARGIN;
}

async function pictureOf(part) {
  await document.fonts.ready;
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d");
  const lines = linesOf(part);
  canvas.width = WIDTH;
  const height = Math.ceil(draw(context, lines));
  canvas.height = height;
  context.fillStyle = PAGE.paper;
  context.fillRect(0, 0, WIDTH, height);
  draw(context, lines);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-picture]");
  if (!button) return;
  const part = document.querySelector(button.dataset.picture);
  const name = `${part.dataset.file.replaceAll(/[^\p{L}\p{N}]+/gu, "-")}.png`;
  const blob = await pictureOf(part);
  const file = new File([blob], name, { type: "image/png" });
  if (!("share" in button.dataset)) return save(blob, name);
  try {
    await navigator.share({ files: [file] });
  } catch (refusal) {
    if (refusal.name !== "AbortError") save(blob, name);
  }
});

offerSharing();
