// Proposes hashtags while one types, and lets a hashtag be kept or dropped but not both. The form works without it.

const PAUSE = 120; // milliseconds without a key before the site is asked
const LEAST = 1; // characters that a word needs before something is proposed
let asked = 0;

document.addEventListener("change", (event) => {
  const choice = event.target.closest(".choice");
  if (!choice || !event.target.checked) return;
  for (const other of choice.querySelectorAll("input")) if (other !== event.target) other.checked = false;
});

document.addEventListener("focusin", (event) => {
  const input = event.target.closest("[data-propose]");
  if (input && !input.hasAttribute("role")) prepare(input);
});

// The roles of a combobox come with the script: without it, this is a plain field.
function prepare(input) {
  const list = document.getElementById(input.dataset.list);
  const roles = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id };
  for (const [name, value] of Object.entries(roles)) input.setAttribute(name, value);
  input.addEventListener("input", () => {
    clearTimeout(input.timer);
    input.timer = setTimeout(() => propose(input, list), PAUSE);
  });
  input.addEventListener("keydown", (event) => steer(event, input, list));
  input.addEventListener("blur", () => close(input, list));
  list.addEventListener("mousedown", (event) => {
    event.preventDefault(); // the field keeps the focus
    const option = event.target.closest("[role=option]");
    if (option) take(option, input, list);
  });
}

// The word that the cursor stands behind, from its first letter.
function word(input) {
  return /[^\s,#]*$/.exec(input.value.slice(0, input.selectionStart))[0];
}

async function propose(input, list) {
  const begun = word(input);
  const mine = ++asked;
  if (begun.length < LEAST) return close(input, list);
  const answer = await fetch(`${input.dataset.propose}?q=${encodeURIComponent(begun)}`).catch(() => null);
  if (mine !== asked || document.activeElement !== input) return;
  const found = answer?.ok ? (await answer.json()).hashtags : [];
  list.replaceChildren(...found.map((hashtag, place) => option(hashtag, `${list.id}-${place}`, input)));
  list.hidden = found.length === 0;
  input.setAttribute("aria-expanded", String(!list.hidden));
  input.removeAttribute("aria-activedescendant");
  const sentence = found.length > 1 ? input.dataset.many.replace("%n", found.length) : input.dataset.one;
  document.getElementById("announcer").textContent = found.length ? sentence : input.dataset.none;
}

function option(hashtag, id, input) {
  const item = document.createElement("li");
  const facts = document.createElement("span");
  item.id = id;
  item.role = "option";
  item.dataset.tag = hashtag.display;
  item.setAttribute("aria-selected", "false");
  facts.textContent = hashtag.own ? input.dataset.own : hashtag.posts.toLocaleString();
  item.append(`#${hashtag.display}`, facts);
  return item;
}

function steer(event, input, list) {
  if (event.isComposing || list.hidden) return;
  const options = [...list.children];
  const at = options.findIndex((item) => item.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown") choose(options, (at + 1) % options.length, input);
  else if (event.key === "ArrowUp") choose(options, at <= 0 ? options.length - 1 : at - 1, input);
  else if (event.key === "Enter" && at >= 0) take(options[at], input, list);
  else if (event.key === "Escape") close(input, list);
  else return;
  event.preventDefault();
}

function choose(options, place, input) {
  options.forEach((item, other) => item.setAttribute("aria-selected", String(other === place)));
  options[place].scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", options[place].id);
}

function take(item, input, list) {
  const end = input.selectionStart;
  input.setRangeText(`${item.dataset.tag} `, end - word(input).length, end, "end");
  close(input, list);
}

function close(input, list) {
  asked++;
  clearTimeout(input.timer);
  list.hidden = true;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}
