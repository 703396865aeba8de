// Words for people: sentences come from the page, and get their names and numbers here.

export function fill(text, values) {
  return text.replace(/%(\w)/g, (sign, letter) => values[letter] ?? sign);
}

export function announce(text, values = {}) {
  document.getElementById("announcer").textContent = fill(text, values);
}
