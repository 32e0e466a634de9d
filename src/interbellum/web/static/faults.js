// Faults of a dossier and refusals of the server, told where the person looks.

import { el } from "./dom.js";

/** A fault with its place, the line itself, the rule and the mend. */
export function fault(one, onGo = null) {
  const whole = one.file === "request" ? "the question" : "the whole file";
  const place = one.line ? `line ${one.line}, column ${one.column}` : whole;
  const where = onGo && one.line
    ? el("button", { type: "button", class: "link", onclick: () => onGo(one) }, place)
    : el("span", {}, place);
  return el("li", { class: "fault" },
    el("p", { class: "fault-head" },
      el("span", { class: "place" }, where),
      one.path ? el("code", {}, one.path) : null,
      ` ${one.found}`),
    quoted(one),
    el("p", { class: "rule" }, one.rule),
    el("p", { class: "mend" }, el("strong", {}, "Mend: "), one.mend));
}

// The line as written, with a mark under the column, as a compiler shows it.
function quoted(one) {
  const line = one.text ?? one.source_line ?? "";
  if (!line || !one.line) return null;
  const number = String(one.line);
  const indent = " ".repeat(number.length) + " | " + " ".repeat(Math.max(0, one.column - 1));
  return el("pre", { class: "quoted", tabindex: 0, "aria-label": `Line ${number} of the dossier` },
    `${number} | ${line}\n${indent}^`);
}

/** A refusal with all its faults. */
export function trouble(error, onGo = null) {
  const faults = error.faults ?? [];
  return el("div", { class: "trouble" },
    el("p", { class: "trouble-head" }, faults.length ? headline(error, faults) : error.message),
    faults.length ? el("ol", { class: "faults" }, faults.map((one) => fault(one, onGo))) : null);
}

// With faults the server's message repeats them all: their number is enough above the list.
function headline(error, faults) {
  const first = (error.message ?? "").split("\n")[0];
  const many = faults.length === 1 ? "1 fault to mend" : `${faults.length} faults to mend`;
  return first && !first.includes(faults[0].found) ? `${first} ${many}.` : `${many}.`;
}
