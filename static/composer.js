// The set that a person composes: it follows every hashtag that is pressed, wherever that stands on the page.

import { Letters } from "./letters.js";
import { listPicks } from "./picks.js";
import { offerRelated } from "./offers.js";
import { Selection, read } from "./selection.js";
import { steer } from "./steering.js";
import { announce, fill } from "./words.js";

// The answer is on the page from the start, or htmx brings it.
document.addEventListener("htmx:afterSettle", start);
start();

function start() {
  const composer = document.querySelector("[data-composer]:not([data-started])");
  if (!composer) return;
  composer.dataset.started = "yes";
  const selection = new Selection(composer.dataset.composer, Number(composer.dataset.until), proposed());
  const letters = new Letters(document.querySelector("[data-letters]"));
  const show = () => {
    mark(selection);
    count(composer, selection, letters);
  };
  listPicks(composer, selection);
  offerRelated(composer, selection);
  steer(document.querySelector("[data-control]"), () => selection.propose(proposed()));
  letters.addEventListener("change", show);
  selection.addEventListener("change", show);
  show();
  listen(composer, selection);
}

function listen(composer, selection) {
  composer.parentElement.addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-pick], [data-take]");
    if (pressed?.dataset.take) selection.take(firstOf(pressed));
    else if (pressed) press(composer, selection, pressed);
  });
  document.getElementById("mute").addEventListener("submit", (event) => selection.remove(event.submitter.value));
  composer.querySelector("[data-reset]").addEventListener("click", () => selection.reset());
  const undo = () => {
    if (!selection.past.length) return;
    selection.undo();
    announce(composer.dataset.undone);
  };
  composer.querySelector("[data-undo]").addEventListener("click", undo);
  document.addEventListener("keydown", (event) => {
    const plain = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "z";
    if (!plain || event.target.closest("input:not([type=range]), textarea")) return;
    event.preventDefault();
    undo();
  });
}

function press(composer, selection, button) {
  const pick = read(button);
  selection.toggle(pick);
  announce(selection.has(pick.tag) ? composer.dataset.added : composer.dataset.removed, { t: pick.display });
}

function firstOf(button) {
  const rows = button.closest(".column").querySelectorAll("[data-pick]");
  return [...rows].slice(0, Number(button.dataset.take)).map(read);
}

function proposed() {
  return [...document.querySelectorAll("[data-proposed] [data-pick]")].map(read);
}

function mark(selection) {
  for (const button of document.querySelectorAll("button[data-pick]")) {
    button.disabled = false;
    button.setAttribute("aria-pressed", String(selection.has(button.dataset.pick)));
  }
}

// Says how many are chosen and how many the platform takes; no more than that are copied, and that is said too.
function count(composer, selection, letters) {
  const { limit, platform, note } = document.querySelector("[data-proposed]").dataset;
  const words = composer.dataset;
  const most = limit === "" ? Infinity : Number(limit);
  const chosen = selection.picks.length;
  const copied = selection.picks.slice(0, most);
  const button = composer.querySelector("[data-copy-chosen]");
  const over = composer.querySelector("[data-over]");
  const shown = composer.querySelector("[data-chosen]");
  shown.textContent = fill(limit === "" ? words.countFree : words.count, { n: chosen, m: limit, p: platform });
  shown.classList.toggle("is-bad", chosen > most);
  button.dataset.copy = copied.map((pick) => letters.write(pick)).join(" ");
  button.dataset.label = fill(chosen > most ? words.copySome : words.copyAll, { n: copied.length, m: chosen });
  button.textContent = button.dataset.label;
  button.disabled = chosen === 0;
  over.hidden = chosen <= most;
  over.textContent = `${note} ${fill(words.tooMany, { m: limit })}`;
  composer.querySelectorAll(".pick").forEach((row, place) => row.classList.toggle("beyond", place >= most));
  composer.querySelector("[data-undo]").disabled = selection.past.length === 0;
  composer.querySelector("[data-reset]").disabled = !selection.own;
  composer.querySelector("[data-set-tags]").value = selection.picks.map((pick) => pick.display).join("\n");
}
