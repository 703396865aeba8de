// Takes photos by button, camera, drop and paste. Without this module the same form works as a plain one for one photo.

import { handedOver } from "./handed_over.js";
import { showPreview } from "./preview.js";
import { add } from "./tray.js";

const MOST = 20; // photos at once
const form = document.querySelector("form[data-upload]");
const problem = document.querySelector("[data-problem]");
const words = form.dataset;

showPreview();
form.elements.photo.multiple = true;
for (const input of [form.elements.photo, document.getElementById("camera")]) {
  input?.addEventListener("change", () => {
    take([...input.files]);
    input.value = ""; // the same photo may be chosen again
  });
}

document.addEventListener("paste", async (event) => {
  if (inField(event)) return;
  event.preventDefault();
  take(...(await handedOver(event.clipboardData, MOST + 1)));
});

document.addEventListener("dragover", (event) => {
  if (inField(event) && !holdsFiles(event)) return;
  event.preventDefault();
  if (holdsFiles(event)) document.body.classList.add("dragging");
});

document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) document.body.classList.remove("dragging");
});

document.addEventListener("drop", async (event) => {
  document.body.classList.remove("dragging");
  if (inField(event) && !holdsFiles(event)) return;
  event.preventDefault();
  take(...(await handedOver(event.dataTransfer, MOST + 1)));
});

function take(files, folders = 0) {
  problem.textContent = complaint(files.length, folders);
  if (files.length) add(files.slice(0, MOST), folders ? words.outOfFolder : "");
}

function complaint(count, folders) {
  if (count === 0) return folders ? words.emptyFolder : words.nothing;
  return count > MOST ? words.several : "";
}

function inField(event) {
  return event.target.closest?.("input:not([type=file]), textarea");
}

function holdsFiles(event) {
  return event.dataTransfer.types.includes("Files");
}
