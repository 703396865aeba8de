// The files of a drop or a paste; of a folder, the photos in it.

const PHOTO = /\.(jpe?g|png|gif|webp|avif|hei[cf])$/i;

// Returns the files, of folders at most so many, and the number of folders. Call it while the event is handled.
export async function handedOver(data, most) {
  const folders = [...data.items].map((item) => item.webkitGetAsEntry?.()).filter((entry) => entry?.isDirectory);
  const names = folders.map((folder) => folder.name);
  const files = [...data.files].filter((file) => !names.includes(file.name)); // a folder is among the files, too
  for (const folder of folders) {
    for await (const photo of photosIn(folder)) {
      if (files.length >= most) break;
      files.push(photo);
    }
  }
  return [files, folders.length];
}

async function* photosIn(folder) {
  const reader = folder.createReader();
  for (let part = await read(reader); part.length; part = await read(reader)) {
    part.sort((one, other) => one.name.localeCompare(other.name, undefined, { numeric: true }));
    for (const entry of part) {
      if (entry.isDirectory) yield* photosIn(entry);
      else if (PHOTO.test(entry.name)) yield await new Promise((resolve, reject) => entry.file(resolve, reject));
    }
  }
}

function read(reader) {
  return new Promise((resolve, reject) => reader.readEntries(resolve, reject));
}
