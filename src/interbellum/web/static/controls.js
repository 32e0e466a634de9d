// The panel of controls: hundreds of them, in groups that are filled when they are opened.

import { build } from "./control.js";
import { el, settled } from "./dom.js";

const UNCUT = 12; // controls that a group shows at one sight
const MOST_FOUND = 60; // hits of a search that are drawn; more are only counted

/** All controls of a dossier, what they stand at, and their panel. */
export class Controls {
  /** `onMove(changes)` hears of every move. */
  constructor(groups, onMove) {
    this.groups = groups;
    this.onMove = onMove;
    this.byPath = new Map(groups.flatMap((group) => group.controls.map((one) => [one.path, one])));
    this.changes = {};
    this.views = new Map(); // path -> update functions of every place where the control is drawn
    this.counts = [];
    this.home = new Map(groups.flatMap((group) => group.controls.map((one) => [one.path, group.title])));
  }

  /** Put the panel into an element. */
  mount(root) {
    this.drivers = el("details", { class: "group drivers", hidden: true, open: true });
    this.list = el("div", { class: "groups" }, this.drivers, this.groups.map((group) => this.#group(group)));
    this.found = el("div", { class: "found", hidden: true });
    root.replaceChildren(this.#tools(), this.found, this.list);
    this.#mark();
  }

  #tools() {
    const search = el("input", {
      type: "search", id: "find", placeholder: "Find a control", autocomplete: "off",
      oninput: settled(() => this.#find(search.value, false), 150),
    });
    this.search = search;
    this.onlyChanged = el("button", {
      type: "button", "aria-pressed": "false",
      onclick: () => this.#toggleChanged(),
    });
    this.resetAll = el("button", { type: "button", onclick: () => this.replace({}) }, "Reset all");
    return el("div", { class: "tools" },
      el("label", { for: "find", class: "hidden" }, `Find one of ${this.byPath.size} controls`), search,
      el("div", { class: "buttons" }, this.onlyChanged, this.resetAll));
  }

  #group(group) {
    const badge = el("span", { class: "badge" });
    const body = el("div", { class: "group-body" });
    const details = el("details", { class: "group", "data-group": group.id },
      el("summary", {}, el("span", {}, group.title), badge), body);
    details.addEventListener("toggle", () => {
      if (details.open && !body.hasChildNodes()) body.append(...this.#body(group));
    });
    this.counts.push([group, badge]);
    return details;
  }

  // Long groups are cut where the titles share a head, such as the actor in "Russia: Crimea".
  #body(group) {
    const help = group.help ? [el("p", { class: "help" }, group.help)] : [];
    const heads = new Map();
    for (const one of group.controls) {
      const head = one.title.includes(": ") ? one.title.split(": ")[0] : "";
      heads.set(head, [...(heads.get(head) ?? []), one]);
    }
    if (group.controls.length <= UNCUT || heads.size > group.controls.length / 3) return [...help, ...group.controls.map((one) => this.#control(one))];
    return [...help, ...[...heads].map(([head, controls]) => this.#part(head, controls))];
  }

  #part(head, controls) {
    const body = el("div", { class: "group-body" });
    const details = el("details", { class: "part" }, el("summary", {}, head || "Others", el("span", { class: "many" }, String(controls.length))), body);
    details.addEventListener("toggle", () => {
      if (details.open && !body.hasChildNodes()) body.append(...controls.map((one) => this.#control(one, one.title.slice(head ? head.length + 2 : 0))));
    });
    return details;
  }

  #control(control, label = control.title) {
    const { node, update } = build(control, this.value(control.path), (path, value) => this.set(path, value), label);
    const views = this.views.get(control.path) ?? new Set();
    views.add({ node, update });
    this.views.set(control.path, views);
    return node;
  }

  /** What a control stands at now. */
  value(path) {
    return path in this.changes ? this.changes[path] : this.byPath.get(path).value;
  }

  /** Move one control. */
  set(path, value) {
    const changes = { ...this.changes };
    if (value === this.byPath.get(path).value) delete changes[path];
    else changes[path] = value;
    this.replace(changes);
  }

  /** Put all changes in place of those that there are. */
  replace(changes, quiet = false) {
    const touched = new Set([...Object.keys(this.changes), ...Object.keys(changes)]);
    this.changes = changes;
    for (const path of touched) this.#refresh(path);
    this.#mark();
    if (!quiet) this.onMove(changes);
  }

  #refresh(path) {
    for (const view of this.views.get(path) ?? []) {
      view.update(this.value(path), path in this.changes);
      view.node.querySelector(".control-trouble").replaceChildren();
    }
  }

  #mark() {
    const many = Object.keys(this.changes).length;
    this.onlyChanged.textContent = `Changed (${many})`;
    this.onlyChanged.disabled = many === 0 && this.onlyChanged.getAttribute("aria-pressed") === "false";
    this.resetAll.disabled = many === 0;
    for (const [group, badge] of this.counts) {
      const moved = group.controls.filter((one) => one.path in this.changes).length;
      badge.textContent = moved ? `${moved} changed` : String(group.controls.length);
      badge.classList.toggle("moved", moved > 0);
    }
  }

  #toggleChanged() {
    const on = this.onlyChanged.getAttribute("aria-pressed") !== "true";
    this.onlyChanged.setAttribute("aria-pressed", String(on));
    this.search.value = "";
    this.#find("", on);
    this.#mark();
  }

  #find(text, changed) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    if (!changed) this.onlyChanged.setAttribute("aria-pressed", "false");
    const hits = words.length || changed ? this.#hits(words, changed) : [];
    this.list.hidden = words.length > 0 || changed;
    this.found.hidden = !this.list.hidden;
    this.#forget(this.found);
    this.found.replaceChildren(
      el("p", { class: "help", role: "status" }, said(hits.length)),
      ...hits.slice(0, MOST_FOUND).map((one) => this.#control(one)));
  }

  #hits(words, changed) {
    return [...this.byPath.values()].filter((one) => {
      const text = `${one.title} ${one.path} ${this.home.get(one.path)}`.toLowerCase();
      return changed ? one.path in this.changes : words.every((word) => text.includes(word));
    });
  }

  // A view that leaves the page need not be kept up.
  #forget(root) {
    for (const views of this.views.values()) {
      for (const view of views) if (root.contains(view.node)) views.delete(view);
    }
  }

  /** Set the inputs that go most clearly with the answer before all others. */
  suggest(ids) {
    const controls = ids.map((id) => this.byPath.get(id)).filter(Boolean);
    const same = controls.map((one) => one.path).join() === this.suggested;
    if (same || this.drivers.contains(document.activeElement)) return; // never take a slider from under a hand
    this.suggested = controls.map((one) => one.path).join();
    this.#forget(this.drivers);
    this.drivers.hidden = controls.length === 0;
    const title = el("summary", {}, el("span", {}, "Most telling inputs"), el("span", { class: "badge" }, String(controls.length)));
    const help = el("p", { class: "help" }, "Over the draws, these go most clearly with the answer.");
    this.drivers.replaceChildren(title, el("div", { class: "group-body" }, help, controls.map((one) => this.#control(one))));
  }

  /** Tell a refusal at the controls it names; whether there was one. */
  blame(error, element) {
    const named = (error.faults ?? []).filter((one) => this.views.get(one.path)?.size);
    for (const one of named) {
      for (const view of this.views.get(one.path)) {
        view.node.querySelector(".control-trouble").replaceChildren(element(one));
      }
    }
    return named.length > 0;
  }
}

function said(many) {
  const all = many === 1 ? "1 control" : `${many} controls`;
  return many > MOST_FOUND ? `${all}; the first ${MOST_FOUND} are shown` : all;
}
