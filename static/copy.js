// Copies the text of a button's data-copy, and says so on the button and to screen readers.

const SHOWN_FOR = 2000; // milliseconds

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const copied = await copy(button.dataset.copy);
  say(button, copied ? button.dataset.done : button.dataset.failed);
});

async function copy(text) {
  if (!navigator.clipboard) return copyBySelection(text);
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch (error) {
    if (error instanceof DOMException) return copyBySelection(text); // not permitted
    throw error;
  }
}

// Pages that came over plain http from another machine have no clipboard of their own.
function copyBySelection(text) {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "visually-hidden";
  const focused = document.activeElement;
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  focused?.focus();
  return copied;
}

function say(button, text) {
  button.dataset.label ??= button.textContent;
  button.textContent = text;
  document.getElementById("announcer").textContent = text;
  clearTimeout(button.timer);
  button.timer = setTimeout(() => {
    button.textContent = button.dataset.label;
    document.getElementById("announcer").textContent = "";
  }, SHOWN_FOR);
}
