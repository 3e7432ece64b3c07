/**
 * Answers that wait on this device: kept in order, sent in order, none lost on the way.
 *
 * An answer leaves only once the service has said yes, or once its giver took it back or read why it was refused. Each
 * account has a queue of its own, and nothing goes out without a token that the service gave to that very account: who
 * signs in on this device later neither sees what another left nor can send it.
 */

import { headers } from "./requests.js";

const SENDING = "sending-answers"; // One tab at a time, or two would send the same answer.
const FORGED = 400;
const SIGNED_OUT = 401;
const FINAL = [FORGED, 403, 404, 409, 410, 422, 500]; // Anything else is worth another try.

const account = () => document.body.dataset.account;
const drawer = () => `answers:${account()}`;

/** The reader's own, oldest first: id, about, action, fields, label, and `refused` (why) if it has been. */
export const kept = () => JSON.parse(account() ? (localStorage.getItem(drawer()) ?? "[]") : "[]");

export const waiting = () => kept().filter(({ refused }) => refused === undefined);

/** Whether anybody at all left something on this device. */
export const somebodyWaits = () => Object.keys(localStorage).some((name) => name.startsWith("answers:"));

/** Keep an answer; a newer one about the same thing takes the place of the older. Gives its id. */
export function keep(answer) {
  const id = crypto.randomUUID();
  store([...kept().filter(({ about }) => about !== answer.about), { ...answer, id }]);
  return id;
}

/** Let an answer go, unless it is on its way just now. */
export function letGo(id) {
  return navigator.locks.request(SENDING, () => drop(id));
}

/**
 * Send what waits, in order, up to the first answer that nobody is there to take.
 *
 * Gives how many arrived, and why the rest waits: "" (none does), "signed-out" or "unreached".
 */
export function send() {
  return navigator.locks.request(SENDING, async () => {
    const arrived = [];
    const left = await sendAll(arrived).catch(() => "unreached");
    return { arrived, left };
  });
}

async function sendAll(arrived) {
  let token = headers()["X-CSRFToken"];
  for (let [answer] = waiting(); answer; [answer] = waiting()) {
    let got = await post(answer, token);
    if ([FORGED, SIGNED_OUT].includes(got.status)) {
      // The session has ended, or the page is older than it: ask who is signed in now.
      token = await tokenNow();
      if (!token) return "signed-out";
      got = await post(answer, token);
    }
    if (got.done) {
      drop(answer.id);
      arrived.push(answer.id);
    } else if (FINAL.includes(got.status)) refuse(answer.id, got.words);
    else return "unreached";
  }
  return "";
}

/** Post one answer. A redirect is how the service says yes. Throws if it cannot be reached. */
async function post({ action, fields }, token) {
  const given = { ...headers(), "X-CSRFToken": token };
  const body = new URLSearchParams(fields);
  const got = await fetch(action, { method: "POST", headers: given, body, redirect: "manual" });
  const done = got.ok || got.type === "opaqueredirect";
  return { done, status: got.status, words: done ? "" : await got.text() };
}

/** A token for this page's account; "" if somebody else is signed in by now, or nobody. */
async function tokenNow() {
  const now = await (await fetch("/signed-in")).json();
  return String(now.account) === account() ? now.token : "";
}

function refuse(refusedId, words) {
  store(kept().map((one) => (one.id === refusedId ? { ...one, refused: words } : one)));
}

function drop(gone) {
  store(kept().filter(({ id }) => id !== gone));
}

function store(answers) {
  if (answers.length) localStorage.setItem(drawer(), JSON.stringify(answers));
  else localStorage.removeItem(drawer());
}
