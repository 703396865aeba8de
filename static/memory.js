// What a page keeps in the browser. Where that is not allowed, it keeps nothing, and the page works all the same.

export function recall(store, name) {
  try {
    return JSON.parse(window[store].getItem(name));
  } catch {
    return null; // no storage here, or somebody else's text
  }
}

export function remember(store, name, value) {
  try {
    window[store].setItem(name, JSON.stringify(value));
  } catch {
    // No storage here, or it is full.
  }
}

export function forget(store, name) {
  try {
    window[store].removeItem(name);
  } catch {
    // No storage here.
  }
}

// The names that begin so.
export function names(store, start) {
  try {
    return Object.keys(window[store]).filter((name) => name.startsWith(start));
  } catch {
    return [];
  }
}
