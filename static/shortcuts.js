// Single keys: each presses, or moves to, what says so in its data-key; digits choose hashtags. "?" lists them all.

import { recall, remember } from "./memory.js";

const dialog = document.getElementById("shortcuts");
const single = dialog.querySelector("[data-single-keys]");
const FIELDS = "input:not([type=range], [type=checkbox], [type=radio], [type=file]), textarea, select, [contenteditable]";

single.checked = recall("localStorage", "single-keys") !== false;
single.addEventListener("change", () => remember("localStorage", "single-keys", single.checked));

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-shortcuts]")) show();
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || dialog.open || !single.checked) return;
  if (event.target.closest(FIELDS)) return;
  const target = keyed(event.key);
  if (!target || target.disabled) return;
  event.preventDefault();
  if (target.matches("button, a, [type=file]")) target.click();
  else target.focus();
});

function keyed(key) {
  const picks = document.querySelectorAll(".column:last-of-type button[data-pick]");
  if (picks.length && /^[1-9]$/.test(key)) return picks[key - 1];
  return document.querySelector(`[data-key="${CSS.escape(key.toLowerCase())}"]`);
}

function show() {
  const list = dialog.querySelector("[data-shortcut-list]");
  const lines = [...document.querySelectorAll("[data-key]")].map(({ dataset }) => [dataset.key, dataset.keyName]);
  if (document.querySelector("button[data-pick]")) lines.push(["1 – 9", list.dataset.pickName]);
  list.replaceChildren(
    ...lines.flatMap(([key, name]) => {
      const [term, meaning] = [document.createElement("dt"), document.createElement("dd")];
      term.append(Object.assign(document.createElement("kbd"), { textContent: key }));
      meaning.textContent = name;
      return [term, meaning];
    }),
  );
  dialog.showModal();
}
