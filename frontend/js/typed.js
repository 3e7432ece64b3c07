/**
 * What was typed is not lost: not with a session that ended meanwhile, nor when the language is switched in between.
 *
 * A form that goes out is remembered in this tab until the next page shows what became of it. Where that page says that
 * nothing did (data-unsent: one has to sign in first, or was refused), the page it was typed on gives it back, if it is
 * shown again to the same account. Any other page means that it arrived, and it is forgotten.
 */

import { showToast } from "./toasts.js";

const KEPT = "typed";
const TYPED = "textarea, select, input:not([type=hidden], [type=password], [type=file], [type=search])";

const account = () => document.body.dataset.account;
const here = () => location.pathname + location.search;
const isTicked = (field) => field.matches("[type=checkbox], [type=radio]");
const fieldsOf = (form) => [...form.elements].filter((field) => field.name && field.matches(TYPED));
const alike = (action) => [...document.forms].filter((form) => form.action === action);

document.addEventListener("submit", (event) => {
  const { target: form } = event;
  if (event.defaultPrevented || form.method !== "post" || document.querySelector("[data-unsent]")) return;
  // A switch leads back to its page and takes nothing along: all that was typed there is given back.
  const aside = form.matches("[data-aside]");
  const forms = (aside ? [...document.forms] : [form]).filter((one) => fieldsOf(one).some(isTouched)).map(kept);
  if (forms.length) remember({ account: account(), page: here(), forms, unsent: aside });
});

// A page that was drawn in answer to a form takes the address of the form's own: only there can it be asked for again.
// At once: by its address others know, as soon as it is there, that it is the page they left (focus.js).
if (document.body.dataset.cameFrom) history.replaceState(history.state, "", document.body.dataset.cameFrom);

document.addEventListener("DOMContentLoaded", () => {
  const typed = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  if (!typed) return;
  sessionStorage.removeItem(KEPT);
  if (document.querySelector("[data-unsent]")) remember({ ...typed, unsent: true });
  else if (typed.unsent && typed.account === account() && typed.page === here()) giveBack(typed.forms);
});

const remember = (typed) => sessionStorage.setItem(KEPT, JSON.stringify(typed));

function isTouched(field) {
  if (isTicked(field)) return field.checked !== field.defaultChecked;
  if (field.matches("select")) return valuesOf(field).join() !== drawnIn(field).join();
  return field.value !== field.defaultValue;
}

/** What the form showed when it was drawn goes along (seen): what somebody else changes meanwhile is told all the same. */
function kept(form) {
  const fields = fieldsOf(form).map((field) => ({ name: field.name, values: valuesOf(field), ticked: field.checked }));
  const { action } = form;
  return { action, place: alike(action).indexOf(form), fields, seen: form.elements.namedItem("seen")?.value };
}

/** What a list was drawn with: of one that takes one choice the first, if none was said. */
function drawnIn({ options, multiple }) {
  const drawn = [...options].filter((option) => option.defaultSelected);
  return (drawn.length || multiple ? drawn : [...options].slice(0, 1)).map(({ value }) => value);
}

const valuesOf = (field) => (field.matches("select") ? [...field.selectedOptions].map(({ value }) => value) : [field.value]);

function giveBack(forms) {
  for (const { action, place, fields, seen } of forms) {
    const form = alike(action)[place];
    if (!form) return;
    for (const one of fields) put(form, one);
    if (seen !== undefined) form.elements.namedItem("seen").value = seen;
    form.closest("details")?.setAttribute("open", "");
  }
  showToast("toast-typed");
}

function put(form, { name, values, ticked }) {
  for (const field of fieldsOf(form).filter((one) => one.name === name)) {
    if (!isTicked(field)) fill(field, values);
    else if (field.value === values[0]) field.checked = ticked;
  }
}

function fill(field, values) {
  if (field.matches("select")) for (const option of field.options) option.selected = values.includes(option.value);
  else [field.value] = values;
}
