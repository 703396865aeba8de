// Sends a photo that was chosen, dropped or pasted. Without this module the same form works as a plain one.

const form = document.querySelector("form[data-upload]");
const input = form.elements.photo;
const problem = document.querySelector("[data-problem]");
const preview = document.querySelector("[data-preview]");

input.addEventListener("change", () => send(input.files));

document.addEventListener("paste", (event) => {
  if (event.target.closest?.("input, textarea")) return;
  event.preventDefault();
  send(event.clipboardData.files);
});

document.addEventListener("dragover", (event) => {
  event.preventDefault();
  document.body.classList.add("dragging");
});

document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) document.body.classList.remove("dragging");
});

document.addEventListener("drop", (event) => {
  event.preventDefault();
  document.body.classList.remove("dragging");
  send(event.dataTransfer.files);
});

// A page that comes back from the browser's memory is ready for the next photo.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  form.reset();
  preview?.setAttribute("hidden", "");
});

function send(files) {
  problem.textContent = complaint(files);
  if (problem.textContent) return;
  if (files !== input.files) input.files = files;
  show(files[0]);
  form.requestSubmit();
}

function complaint(files) {
  if (files.length === 0) return form.dataset.nothing;
  if (files.length > 1) return form.dataset.several;
  if (files[0].size > Number(input.dataset.maxBytes)) return form.dataset.large;
  if (files[0].size === 0) return form.dataset.empty;
  return "";
}

function show(file) {
  if (!preview) return;
  const image = new Image();
  image.alt = "";
  image.src = URL.createObjectURL(file);
  image.addEventListener("load", () => preview.prepend(image)); // a format that the browser cannot show stays out
  preview.querySelector("img")?.remove();
  preview.removeAttribute("hidden");
}
