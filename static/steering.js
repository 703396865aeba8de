// The control between popular and specific, and the platform: both let the site rank its stored answer anew.

import { announce } from "./words.js";

export function steer(form, changed) {
  const columns = document.getElementById("columns");
  let busy = false;
  let moved = false;
  // One question at a time: while the control moves on, the latest of its places is asked about next.
  const ask = async () => {
    moved = true;
    if (busy) return;
    busy = true;
    while (moved) {
      moved = false;
      await askOnce();
    }
    busy = false;
  };
  const askOnce = async () => {
    const wishes = new URLSearchParams(new FormData(form));
    const answer = await fetch(`${form.dataset.control}?${wishes}`).catch(() => null);
    if (answer?.status === 404) return location.reload(); // the photo is gone: its address says so better than we can
    if (!answer?.ok) return announce(form.dataset.lost);
    show(columns, await answer.text());
    form.querySelector("[data-platform-note]").textContent = columns.querySelector("[data-proposed]").dataset.note;
    history.replaceState(history.state, "", `?${wishes}`); // reloaded or gone back to, the page is the same
    for (const next of document.querySelectorAll("[data-here]")) next.value = location.pathname + location.search;
    changed();
  };
  form.addEventListener("input", (event) => {
    if (event.target.name) ask();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
}

// What was unfolded stays so, for the same hashtag of the same column.
function show(columns, html) {
  const open = [...columns.querySelectorAll("details.because[open]")].map(place);
  columns.innerHTML = html;
  for (const details of columns.querySelectorAll("details.because")) details.open = open.includes(place(details));
}

function place(details) {
  return `${details.closest(".column").className} ${details.closest("li").querySelector(".tag").textContent}`;
}
