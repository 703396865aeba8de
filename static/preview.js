// The photo at once: a small picture of it goes along to its page, which shows it until the site's own is there.

import { forget, recall, remember } from "./memory.js";

const LONGER = 720; // pixels of the longer side
const NAME = "preview"; // one at a time, and only in this tab

// Makes the picture while the photo is sent; returns what keeps it for the photo's page, once it has one.
export function preview(file) {
  let picture = "";
  smaller(file).then((made) => (picture = made));
  return (photo) => remember("sessionStorage", NAME, { photo, picture });
}

export function showPreview() {
  const kept = recall("sessionStorage", NAME);
  const pattern = document.querySelector(`#state[data-photo="${kept?.photo}"] .halftone`);
  if (!pattern) return forget("sessionStorage", NAME);
  if (kept.picture) pattern.before(Object.assign(new Image(), { src: kept.picture, alt: "" }));
}

async function smaller(file) {
  const image = await createImageBitmap(file).catch(() => null);
  if (!image) return ""; // HEIC, or no picture at all: the pattern stays
  const share = Math.min(1, LONGER / Math.max(image.width, image.height));
  const canvas = Object.assign(document.createElement("canvas"), { width: Math.ceil(image.width * share), height: Math.ceil(image.height * share) });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
  return canvas.toDataURL("image/jpeg", 0.7);
}
