// Copies the text of a button's data-copy, and says so on the button and to screen readers. The site is told what was
// copied from an answer, however that was done: it shows which suggestions are good.

const SHOWN_FOR = 2000; // milliseconds

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const copied = await copy(button.dataset.copy);
  say(button, copied ? button.dataset.done : button.dataset.failed);
  if (copied) tell(button, button.dataset.copy);
});

document.addEventListener("copy", (event) => tell(event.target, String(getSelection())));

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

// Nobody waits for the answer, and nobody needs to know where this fails.
function tell(place, text) {
  const address = place.closest?.("[data-tell]")?.dataset.tell;
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;
  if (!address || !token || !text.includes("#")) return;
  const body = new URLSearchParams({ text });
  fetch(address, { method: "POST", keepalive: true, headers: { "X-CSRFToken": token }, body }).catch(() => {});
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
