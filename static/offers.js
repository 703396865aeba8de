// Hashtags that the site offers for the set: those that go with it, and those that may stand in the place of one.

const PAUSE = 250; // milliseconds in which the set has not changed
const ASKED_ABOUT = 12; // chosen hashtags that an address names

export function offerRelated(composer, selection) {
  const list = composer.querySelector("[data-related]");
  let asked = 0;
  let timer;
  const ask = async () => {
    const mine = ++asked;
    const found = await offers(composer.dataset.relatedAt, selection);
    if (mine === asked && found) show(list, found, selection);
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  };
  selection.addEventListener("change", later);
  later();
}

export async function offerAlternatives(composer, selection, tag, list) {
  const found = await offers(composer.dataset.alternativesAt, selection, { instead: tag });
  if (found) show(list, found, selection);
  if (!found?.length) list.textContent = found ? composer.dataset.none : composer.dataset.lost;
}

async function offers(address, selection, more = {}) {
  const asked = new URLSearchParams(new FormData(document.querySelector("[data-control]")));
  for (const [name, value] of Object.entries(more)) asked.set(name, value);
  for (const pick of selection.picks.slice(-ASKED_ABOUT)) asked.append("tag", pick.tag);
  const answer = await fetch(`${address}?${asked}`).catch(() => null);
  return answer?.ok ? (await answer.json()).hashtags : null;
}

function show(list, picks, selection) {
  const items = picks.map((pick) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "chip";
    button.title = pick.why;
    button.textContent = `#${pick.display}`;
    Object.assign(button.dataset, { pick: pick.tag, display: pick.display, capitals: pick.capitals, why: pick.why });
    button.setAttribute("aria-pressed", String(selection.has(pick.tag)));
    item.append(button);
    return item;
  });
  list.replaceChildren(...items);
}
