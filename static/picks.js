// The list of what is chosen: moved by keys, buttons or dragging, changed for another one, left out, and added to.

import { offerAlternatives } from "./offers.js";
import { read } from "./selection.js";
import { announce, fill } from "./words.js";

export function listPicks(composer, selection) {
  const list = composer.querySelector("[data-picks]");
  const template = composer.querySelector("[data-pick-template]");
  const rows = new Map();
  const show = () => {
    const focus = focused(list);
    list.replaceChildren(...selection.picks.map((pick) => rowOf(rows, template, pick, selection)));
    if (!selection.picks.length) list.append(nothing(list));
    if (focus) giveBack(list, focus);
  };
  selection.addEventListener("change", show);
  show();
  list.addEventListener("click", (event) => act(event, composer, selection));
  list.addEventListener("keydown", (event) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by || !event.target.matches("[data-move]")) return;
    event.preventDefault();
    move(composer, selection, tagOf(event.target), by);
  });
  list.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest("[data-move]");
    if (grip) drag(event, list, grip, selection);
  });
  composer.querySelector("[data-own-at]").addEventListener("submit", (event) => {
    event.preventDefault();
    add(event.target, composer, selection);
  });
}

function rowOf(rows, template, pick, selection) {
  const known = rows.get(pick.tag);
  const row = known ?? template.content.cloneNode(true).querySelector(".pick");
  row.querySelector(".note").textContent = reason(pick, selection);
  if (known) return known;
  row.dataset.tag = pick.tag;
  row.querySelector("bdi").textContent = `#${pick.display}`;
  for (const button of row.querySelectorAll("[aria-label]")) {
    button.setAttribute("aria-label", fill(button.getAttribute("aria-label"), { t: pick.display }));
  }
  rows.set(pick.tag, row);
  return row;
}

// Why a hashtag is chosen; where that is told by one which is not chosen any more, how likely it is.
function reason(pick, selection) {
  if (!pick.twin || selection.has(pick.twin)) return pick.why;
  return document.querySelector(`.column [data-pick="${CSS.escape(pick.tag)}"]`)?.dataset.why ?? "";
}

function nothing(list) {
  return Object.assign(document.createElement("li"), { className: "note", textContent: list.dataset.noneChosen });
}

function act(event, composer, selection) {
  const button = event.target.closest("button");
  if (!button) return;
  const tag = tagOf(button);
  if (button.matches("[data-drop]")) selection.remove(tag);
  else if (button.matches("[data-swap]")) open(composer, selection, button, tag);
  else if (button.dataset.step) move(composer, selection, tag, Number(button.dataset.step));
  else if (button.matches("[data-alternatives] [data-pick]")) {
    event.stopPropagation(); // it takes a place, and is not added
    const other = read(button);
    selection.replace(tag, other);
    announce(composer.dataset.added, { t: other.display });
    composer.querySelector(`.pick[data-tag="${CSS.escape(other.tag)}"] [data-swap]`).focus();
  }
}

function open(composer, selection, button, tag) {
  const panel = button.closest(".pick").querySelector("[data-panel]");
  panel.hidden = !panel.hidden;
  button.setAttribute("aria-expanded", String(!panel.hidden));
  if (!panel.hidden) offerAlternatives(composer, selection, tag, panel.querySelector("[data-alternatives]"));
}

function move(composer, selection, tag, by) {
  const place = selection.picks.findIndex((pick) => pick.tag === tag) + by;
  if (place < 0 || place >= selection.picks.length) return;
  selection.move(tag, place);
  announce(composer.dataset.moved, { t: selection.picks[place].display, n: place + 1 });
}

function drag(start, list, grip, selection) {
  const row = grip.closest(".pick");
  const follow = (event) => {
    const others = [...list.children].filter((other) => other !== row);
    const next = others.find((other) => {
      const box = other.getBoundingClientRect();
      return event.clientY < box.top + box.height / 2;
    });
    if (row.nextElementSibling !== (next ?? null)) list.insertBefore(row, next ?? null);
  };
  const end = () => {
    row.classList.remove("dragged");
    document.removeEventListener("pointermove", follow);
    for (const name of ["pointerup", "pointercancel"]) document.removeEventListener(name, end);
    selection.move(row.dataset.tag, [...list.children].indexOf(row));
    grip.focus();
  };
  start.preventDefault();
  row.classList.add("dragged");
  document.addEventListener("pointermove", follow);
  for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, end);
}

async function add(form, composer, selection) {
  const problem = form.querySelector("[data-own-problem]");
  const text = form.elements.text.value;
  if (!text.trim()) return;
  const answer = await fetch(`${form.dataset.ownAt}?${new URLSearchParams({ text })}`).catch(() => null);
  const found = answer?.ok ? await answer.json() : { hashtags: [], problem: composer.dataset.lost };
  problem.textContent = found.problem;
  if (!found.hashtags.length) return;
  selection.add(found.hashtags);
  form.elements.text.value = "";
  announce(composer.dataset.added, { t: found.hashtags.map((pick) => pick.display).join(", #") });
}

// Rows that are put in again lose the focus: it goes back to the same button, or to the row that took the place.
function focused(list) {
  const button = document.activeElement;
  if (!list.contains(button)) return null;
  const row = button.closest(".pick");
  return { button, place: [...list.children].indexOf(row) };
}

function giveBack(list, { button, place }) {
  if (list.contains(button)) return button.focus();
  const row = list.children[Math.min(place, list.children.length - 1)];
  (row?.querySelector("[data-drop]") ?? document.getElementById("own")).focus();
}

function tagOf(element) {
  return element.closest(".pick").dataset.tag;
}
