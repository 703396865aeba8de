// Asks how the photos of the tray stand, with one request for all, until each has its answer.

import { announce } from "./words.js";

const FIRST = 300; // milliseconds between two looks, growing
const LONGEST = 1000;
const GROWTH = 1.25;
const OPEN = "[data-state=new], [data-state=working]";
let pause;
let looking = false;

const page = document.querySelector("[data-tray]");
if (page.querySelector(OPEN)) follow(page);
page.addEventListener("submit", tryAgain);
if ("whole" in page.dataset) {
  // Another tab may have sent or deleted some.
  window.addEventListener("pageshow", (event) => event.persisted && follow(page));
  document.addEventListener("visibilitychange", () => document.hidden || follow(page));
}

// `settled`: whether no photo is on its way, so that a row which is not here yet has come from elsewhere.
export async function follow(tray, settled = () => true) {
  pause = FIRST;
  if (looking) return;
  looking = true;
  do {
    await look(tray, settled);
    await new Promise((resolve) => setTimeout(resolve, pause));
    pause = Math.min(LONGEST, pause * GROWTH);
  } while (tray.querySelector(OPEN));
  looking = false;
}

async function look(tray, settled) {
  const before = [...tray.querySelectorAll("[data-upload]")];
  const answer = await fetch(tray.dataset.address).catch(() => null);
  if (!answer?.ok) return;
  const fresh = document.createElement("template");
  fresh.innerHTML = await answer.text();
  const hadOpen = tray.querySelector(OPEN);
  for (const row of fresh.content.querySelectorAll("[data-upload]")) {
    const mine = tray.querySelector(`[data-upload="${row.dataset.upload}"]`);
    if (mine) renew(mine, row);
    else if ("whole" in tray.dataset && settled()) tray.querySelector("[data-rows]").append(row.cloneNode(true));
    if (before.includes(mine)) before.splice(before.indexOf(mine), 1);
  }
  for (const gone of before) gone.remove();
  tray.hidden = !tray.querySelector("li");
  if (hadOpen && !tray.querySelector(OPEN)) announce(tray.dataset.finished);
}

function renew(mine, row) {
  if (mine.dataset.state === row.dataset.state) return;
  mine.dataset.state = row.dataset.state;
  for (const part of ["[data-says]", "[data-deeds]"]) mine.querySelector(part).replaceWith(row.querySelector(part).cloneNode(true));
  if (!mine.querySelector("img")) mine.querySelector(".picture").replaceChildren(...row.querySelector(".picture").childNodes);
}

async function tryAgain(event) {
  event.preventDefault();
  const row = event.target.closest("li");
  const options = { method: "POST", body: new FormData(event.target), headers: { Accept: "application/json" }, redirect: "manual" };
  const answer = await fetch(event.target.action, options).catch(() => null);
  if (answer?.status >= 400) row.querySelector("[data-says]").textContent = (await answer.json()).detail;
  follow(page);
}
