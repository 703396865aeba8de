// The tray: each photo has a row, is sent in its turn, and its row says how it stands until the answer is there.

import { follow } from "./following.js";
import { recall, remember } from "./memory.js";
import { preview } from "./preview.js";
import { send } from "./sending.js";
import { fill } from "./words.js";

const AT_ONCE = 3; // photos on their way
const AGAIN = 5000; // milliseconds after which a lost connection is tried again
const NEVER_MIND = [429, 503]; // a site that is busy: it goes on by itself
const form = document.querySelector("form[data-upload]");
const tray = document.querySelector("[data-tray]");
const words = tray.dataset;
const list = tray.querySelector("[data-rows]");
const stage = document.querySelector("[data-stage]") ?? list;
const blank = tray.querySelector("[data-blank]").content.firstElementChild;
const files = new Map(); // the file of each row, while it is to be sent
let lanes = list.children.length ? AT_ONCE : 1; // the first photo begins the session that the others belong to
let alone = null; // the row whose page is opened once it is sent
let keepPreview; // of its photo
let resume = 0; // when the site takes photos again
let clock;

if ("whole" in words) restoreOrder();
window.addEventListener("online", goOn);
window.addEventListener("beforeunload", (event) => {
  if (files.size) event.preventDefault();
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) [...stage.children].forEach(settle); // back from the page of a photo
});
tray.addEventListener("click", (event) => {
  const row = event.target.closest("[data-again]")?.closest("li");
  if (row?.dataset.state === "cut") goOn();
  else if (row) queue(row);
});

export function add(chosen, note) {
  const rows = chosen.map(rowOf);
  alone = rows.length === 1 && files.size === 0 ? rows[0] : null;
  if (alone) keepPreview = preview(chosen[0]);
  [...stage.children].forEach(settle);
  (alone && tray.hidden ? stage : list).append(...rows);
  tray.querySelector("[data-note]").textContent = note;
  tray.hidden = list.children.length === 0;
  rows[0].scrollIntoView({ block: "nearest" });
  rows.forEach((row, place) => files.set(row, chosen[place]));
  rows.forEach(queue);
}

function rowOf(file) {
  const row = blank.cloneNode(true);
  const image = new Image();
  row.querySelector("bdi").textContent = file.name;
  image.alt = "";
  image.addEventListener("load", () => row.querySelector(".picture").replaceChildren(image)); // HEIC stays a pattern
  image.src = URL.createObjectURL(file);
  return row;
}

function queue(row) {
  say(row, "queued", words.queued);
  next();
}

function next() {
  const rows = [...files.keys()];
  if (Date.now() < resume || rows.some((row) => row.dataset.state === "cut")) return;
  const free = lanes - rows.filter((row) => row.dataset.state === "sending").length;
  rows.filter((row) => row.dataset.state === "queued").slice(0, Math.max(0, free)).forEach(sendRow);
}

async function sendRow(row) {
  const file = files.get(row);
  const bar = row.querySelector("progress");
  bar.value = 0;
  say(row, "sending", words.sending);
  const refused = await complaint(file);
  if (refused) refuse(row, refused);
  else conclude(row, await send(form, file, (share) => (bar.value = share)));
  next();
}

async function complaint(file) {
  if (file.size > Number(form.elements.photo.dataset.maxBytes)) return words.large;
  if (file.size === 0) return words.empty;
  const readable = await file.slice(0, 1).arrayBuffer().catch(() => null);
  return readable ? "" : words.unreadable;
}

function conclude(row, { status, wait, said }) {
  if (status === 201) taken(row, said);
  else if (status === 0) cut(row);
  else if (NEVER_MIND.includes(status)) pause(row, wait || AGAIN / 1000);
  else if (status >= 500) say(row, "broken", said?.detail ?? words.broken);
  else refuse(row, status === 403 ? words.cookies : (said?.detail ?? words.broken));
}

function taken(row, { id, address }) {
  lanes = AT_ONCE;
  files.delete(row);
  document.querySelector(`[data-upload="${id}"]`)?.remove(); // the same photo again
  row.dataset.upload = id;
  row.querySelectorAll("a").forEach((link) => (link.href = address));
  say(row, "new", words.waits);
  if ("whole" in words) keepOrder();
  if (row === alone) open(id, address);
  else follow(tray, () => files.size === 0);
}

function open(id, address) {
  keepPreview(id);
  location.assign(address);
}

function refuse(row, sentence) {
  files.delete(row);
  say(row, "refused", sentence);
}

function cut(row) {
  say(row, "cut", words.cut);
  setTimeout(goOn, AGAIN);
}

function goOn() {
  [...files.keys()].filter((row) => row.dataset.state === "cut").forEach(queue);
}

function pause(row, seconds) {
  say(row, "queued", words.queued);
  resume = Date.now() + 1000 * seconds;
  clearInterval(clock);
  clock = setInterval(tick, 1000);
  tick();
}

function tick() {
  const left = Math.ceil((resume - Date.now()) / 1000);
  const sentence = left > 0 ? fill(words.paused, { n: left }) : words.queued;
  for (const row of files.keys()) if (row.dataset.state === "queued") say(row, "queued", sentence);
  if (left > 0) return;
  clearInterval(clock);
  next();
}

function say(row, state, sentence) {
  const line = row.querySelector("[data-says]");
  row.dataset.state = state;
  if (["refused", "broken", "cut"].includes(state)) line.setAttribute("role", "alert");
  else line.removeAttribute("role");
  line.textContent = sentence;
  row.querySelector("[data-again]").hidden = state !== "cut" && state !== "broken";
  if (!["queued", "sending", "new"].includes(state)) settle(row);
}

// Of photos that are sent side by side, one may overtake another: the site has them in the order of their arrival.
function keepOrder() {
  remember("sessionStorage", "tray", [...list.children].map((row) => row.dataset.upload));
}

function restoreOrder() {
  const order = recall("sessionStorage", "tray") ?? [];
  const place = (row) => (order.includes(row.dataset.upload) ? order.indexOf(row.dataset.upload) : order.length);
  list.append(...[...list.children].sort((one, other) => place(one) - place(other)));
}

function settle(row) {
  if (row.parentElement === list) return;
  list.append(row);
  tray.hidden = false;
}
