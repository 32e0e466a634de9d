// The briefing's plain blocks as elements. Text only: nothing of a dossier is read as markup.

import { el } from "./dom.js";

const FIGURE = /(\[[a-z][a-z0-9_]*(?:\.[A-Za-z0-9_-]+)+\])/; // a figure's id, for `interbellum why`

/** Text with the ids of figures set apart from it. */
export function words(text) {
  return text
    .split(FIGURE)
    .map((part, i) => (i % 2 ? el("span", { class: "figure-id" }, part) : part))
    .filter((part) => part !== "");
}

function heading(block, depth, prefix) {
  const level = Math.min(6, block.level + depth);
  return el(`h${level}`, { id: prefix + slug(block.text), tabindex: -1 }, block.text);
}

function bullets(block) {
  return el("ul", {}, block.items.map((item) => el("li", {}, ...words(item))));
}

/** A table of plain cells, with its caption; it scrolls by itself where it is wider than the page. */
export function table(block) {
  const side = (i) => (block.numeric?.[i] ? "number" : null);
  const head = el("tr", {}, block.columns.map((name, i) =>
    el("th", { scope: "col", class: side(i) }, name)));
  const rows = block.rows.map((row) => el("tr", {}, row.map((cell, i) =>
    i === 0
      ? el("th", { scope: "row", class: side(i) }, ...words(cell))
      : el("td", { class: side(i) }, ...words(cell)))));
  const whole = el("table", {},
    block.caption ? el("caption", {}, ...words(block.caption)) : null,
    el("thead", {}, head), el("tbody", {}, rows));
  const name = block.caption || block.columns.join(", ");
  return el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": `Table: ${name}` }, whole);
}

/** One block as an element; headings go down by `depth` levels below those of the page. */
export function block(given, depth = 0, prefix = "b-") {
  switch (given.kind) {
    case "heading": return heading(given, depth, prefix);
    case "bullets": return bullets(given);
    case "table": return table(given);
    default: return el("p", {}, ...words(given.text));
  }
}

/** A whole outline as elements. */
export function outline(blocks, depth = 0, prefix = "b-") {
  return blocks.map((one) => block(one, depth, prefix));
}

/**
 * A long outline into an element, folded: a part for each heading of level 2. Those of the first page stand
 * open, those of the annex closed; what the reader has opened or closed since stays so.
 */
export function fill(place, blocks, prefix = "b-") {
  const was = new Map([...place.querySelectorAll(".fold")].map((one) => [one.dataset.head, one.open]));
  const root = document.createDocumentFragment();
  let [into, pages] = [root, 0];
  for (const one of blocks) {
    const level = one.kind === "heading" ? one.level : 0;
    if (level === 1) [into, pages] = [root, pages + 1];
    if (level === 2) into = fold(root, one, was.get(one.text) ?? pages < 2, prefix);
    else into.append(block(one, 2, prefix));
  }
  place.replaceChildren(root);
}

function fold(root, head, open, prefix) {
  const body = el("div", { class: "fold-body" });
  root.append(el("details", { class: "fold", "data-head": head.text, open }, el("summary", {}, heading(head, 2, prefix)), body));
  return body;
}

/** The blocks under a heading, up to the next of its level. */
export function section(blocks, title) {
  const at = blocks.findIndex((one) => one.kind === "heading" && one.text === title);
  if (at < 0) return [];
  const rest = blocks.slice(at + 1);
  const end = rest.findIndex((one) => one.kind === "heading" && one.level <= blocks[at].level);
  return end < 0 ? rest : rest.slice(0, end);
}

/** A text as part of an address. */
export function slug(text) {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
}
