// What is chosen for one photo: hashtags in order, and every state before, to undo. What a person changed outlives the
// tab, and all tabs of a photo show the same; the states before are those of one tab.
// A hashtag is {tag, display, capitals, why, twin}; `tag` is its key, and `why` holds while `twin` is chosen too.

import { forgetSets, keepSet, keptSet, nameOf } from "./kept_sets.js";
import { recall, remember } from "./memory.js";

const STEPS = 50; // that can be undone

export class Selection extends EventTarget {
  // `until`: when the photo goes, see `keepSet`.
  constructor(photo, until, proposed) {
    super();
    Object.assign(this, { photo, until, proposed });
    this.past = recall("sessionStorage", `before:${photo}`) ?? [];
    this.restore();
    window.addEventListener("storage", (event) => {
      if (event.key === nameOf(photo)) this.follow();
    });
    window.addEventListener("pageshow", (event) => event.persisted && this.follow());
  }

  restore() {
    const kept = keptSet(this.photo);
    this.own = Boolean(kept); // whether the person has changed what was proposed
    this.picks = kept?.picks?.map(renewed) ?? this.proposed;
  }

  // Another tab has changed the set. Nothing is kept anew, so that tabs never answer each other.
  follow() {
    const before = this.picks;
    this.restore();
    if (!same(before, this.picks)) this.past = [...this.past, before].slice(-STEPS);
    this.dispatchEvent(new Event("change"));
  }

  has(tag) {
    return this.picks.some((pick) => pick.tag === tag);
  }

  toggle(pick) {
    if (this.has(pick.tag)) this.remove(pick.tag);
    else this.add([pick]);
  }

  add(picks) {
    const fresh = picks.filter((pick) => !this.has(pick.tag));
    if (fresh.length) this.change([...this.picks, ...fresh]);
  }

  remove(tag) {
    this.change(this.picks.filter((pick) => pick.tag !== tag));
  }

  replace(tag, other) {
    const rest = this.picks.filter((pick) => pick.tag !== other.tag);
    this.change(rest.map((pick) => (pick.tag === tag ? other : pick)));
  }

  move(tag, place) {
    const pick = this.picks.find((one) => one.tag === tag);
    const others = this.picks.filter((one) => one !== pick);
    this.change([...others.slice(0, place), pick, ...others.slice(place)]);
  }

  take(picks) {
    this.change(picks);
  }

  // What the site proposes now takes the place of what it proposed before, but never of what the person made of that.
  propose(picks) {
    this.proposed = picks;
    if (!this.own && !same(picks, this.picks)) this.picks = picks;
    this.tell();
  }

  reset() {
    this.change(this.proposed, false);
  }

  undo() {
    const before = this.past.pop();
    if (before) this.set(before, !same(before, this.proposed));
  }

  change(picks, own = true) {
    if (same(picks, this.picks)) return;
    this.past = [...this.past, this.picks].slice(-STEPS);
    this.set(picks, own);
  }

  set(picks, own) {
    this.picks = picks;
    this.own = own;
    this.tell();
  }

  tell() {
    this.dispatchEvent(new Event("change"));
    remember("sessionStorage", `before:${this.photo}`, this.past);
    if (this.own) keepSet(this.photo, this.picks, this.until);
    else forgetSets(this.photo);
  }
}

// The hashtag that a button stands for.
export function read(button) {
  const { pick: tag, display, capitals, why, twin } = button.dataset;
  return { tag, display, capitals, why, twin };
}

// What was kept may be in another language than the page.
function renewed(pick) {
  const shown = document.querySelector(`[data-pick="${CSS.escape(pick.tag)}"]`);
  return shown ? read(shown) : pick;
}

function same(some, others) {
  return some.length === others.length && some.every((pick, place) => pick.tag === others[place].tag);
}
