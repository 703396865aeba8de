// The sets that a person made of what was proposed for their photos. The browser keeps the last of them, each until its
// photo is deleted or its time is over.

import { forget, names, recall, remember } from "./memory.js";

const MOST = 50; // photos
const START = "chosen:";

document.addEventListener("submit", (event) => {
  const photo = event.target.dataset.forgets; // of a form that deletes a photo; empty: all
  if (photo !== undefined) forgetSets(photo);
});
if (document.querySelector("[data-all-deleted]")) forgetSets("");

export function nameOf(photo) {
  return START + photo;
}

export function keptSet(photo) {
  return recall("localStorage", nameOf(photo));
}

// `until`: when the photo goes, in seconds since 1970; 0 where only a person deletes it.
export function keepSet(photo, picks, until) {
  remember("localStorage", nameOf(photo), { picks, until, kept: Date.now() });
  const all = names("localStorage", START).map((name) => ({ name, ...recall("localStorage", name) }));
  const over = all.filter((set) => set.until && 1000 * set.until < Date.now());
  const old = all.sort((one, other) => other.kept - one.kept).slice(MOST);
  for (const { name } of [...over, ...old]) forget("localStorage", name);
}

export function forgetSets(photo) {
  for (const name of names("localStorage", nameOf(photo))) forget("localStorage", name);
}
