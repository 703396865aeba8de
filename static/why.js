// Where in the photo a hashtag is seen: lets the models look again, waits, and shows it where it was asked for.

import { announce } from "./words.js";

const FIRST = 300; // milliseconds between two looks; then longer and longer
const LONGEST = 1500;
const GROWTH = 1.25;

document.addEventListener("submit", (event) => {
  if (event.target.id !== "look") return;
  event.preventDefault();
  lookAgain(event.target, event.submitter);
});
if (document.querySelector("[data-again]")) follow();
centreMaps();

async function lookAgain(form, button) {
  const place = button.closest(".reasons").querySelector("[data-where]");
  if (place.ariaBusy === "true") return;
  place.ariaBusy = "true";
  say(place, form.dataset.looking);
  const page = await finished(() => fetch(form.action, { method: "POST", body: new FormData(form, button) }));
  const found = page ? [...page.querySelectorAll("[data-heat]")] : [];
  const own = found.filter((map) => map.dataset.heat === place.dataset.kind);
  place.ariaBusy = "false";
  if (!found.length) return say(place, page?.querySelector("[role=alert], .refusal .lead")?.textContent ?? form.dataset.lost);
  place.replaceChildren(...(own.length ? own : found));
  announce([...place.querySelectorAll("figcaption")].map((words) => words.textContent).join(" "));
}

// The page of its own, which was opened while the models look.
async function follow() {
  const page = await finished(() => fetch(location.href));
  const main = page?.getElementById("main");
  if (!main) return;
  document.getElementById("main").replaceChildren(...main.children);
  centreMaps();
  announce([...document.querySelectorAll(".heat figcaption")].map((words) => words.textContent).join(" "));
}

// On a small screen, a map shows where the photo is; the rest is scrolled to.
function centreMaps() {
  for (const frame of document.querySelectorAll(".map-frame")) {
    const at = frame.querySelector(".photo-place").getBoundingClientRect();
    const seen = frame.getBoundingClientRect();
    frame.scrollLeft += at.x + at.width / 2 - seen.x - seen.width / 2;
  }
}

// Asks until the models have looked; returns the page that says so, or nothing where the site does not answer.
async function finished(ask) {
  for (let pause = FIRST; ; pause = Math.min(LONGEST, pause * GROWTH)) {
    const answer = await ask().catch(() => null);
    if (!answer) return null;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.querySelector("[data-again]")) return page;
    ask = () => fetch(answer.url);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

function say(place, text) {
  const words = document.createElement("p");
  words.className = "note";
  words.textContent = text;
  place.replaceChildren(words);
  announce(text);
}
