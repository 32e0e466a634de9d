// One control of the dossier: a slider with its number, a ladder in words, or a switch.

import { el } from "./dom.js";

const BASIS = { sourced: "sourced", judgement: "judgement", default: "default range" };
let made = 0;

/** How a value of a control is told, with its unit. */
export function told(control, value) {
  if (control.kind === "switch") return value ? "on" : "off";
  if (control.kind === "ladder") return optionText(control, value);
  if (value !== null && typeof value === "object") return `${told(control, value.low)} to ${told(control, value.high)}`;
  return `${shown(control, value)}${control.unit === "%" ? "%" : control.unit ? ` ${control.unit}` : ""}`;
}

function optionText(control, id) {
  return control.options.find(([one]) => one === id)?.[1] ?? String(id);
}

// Shares are told in hundredths where the unit says so; digits as fine as the step.
function shown(control, value) {
  const scaled = value * scale(control);
  const digits = Math.max(0, Math.min(4, -Math.floor(Math.log10(control.step * scale(control)) + 1e-9)));
  return scaled.toFixed(digits);
}

/** By what a value is multiplied to be shown: shares are told in per cent. */
export function scale(control) {
  return control.unit === "%" ? 100 : 1;
}

/**
 * The element of a control that stands at `value`; `onChange(path, value)` hears of a move.
 * `label` is what is read on it: less than its title, under a heading that says the rest.
 * Returns {node, update}: `update(value, changed)` shows a value that came from elsewhere.
 */
export function build(control, value, onChange, label = control.title) {
  const id = `c${(made += 1)}`;
  const maker = { slider, ladder, switch: toggle }[control.kind];
  const part = maker(control, id, label, (next) => onChange(control.path, next));
  const reset = el("button", {
    type: "button", class: "reset link", hidden: true,
    onclick: () => onChange(control.path, control.value),
    "aria-label": `Reset ${control.title}`,
  }, "Reset");
  const was = el("span", { class: "was" });
  const node = el("div", { class: `control ${control.kind}`, "data-path": control.path },
    part.node, el("p", { class: "basis", id: `${id}-basis` }, was, ...basis(control), reset),
    el("div", { class: "control-trouble", role: "alert" }));
  const update = (next, changed) => {
    part.update(next);
    node.classList.toggle("changed", changed);
    reset.hidden = !changed;
    was.textContent = changed ? `changed from ${told(control, control.value)} · ` : "";
  };
  update(value, value !== control.value);
  return { node, update };
}

// The whole title for those who hear the page, the short one for those who see its heading.
function named(control, label) {
  if (label === control.title) return label;
  const head = control.title.slice(0, control.title.length - label.length);
  return el("span", {}, el("span", { class: "hidden" }, head), label);
}

function basis(control) {
  const parts = [BASIS[control.basis] ?? control.basis];
  if (control.kind === "slider" && control.low !== null && control.high !== null && control.low !== control.high) {
    parts.unshift(`range ${told(control, control.low)} to ${told(control, control.high)}`);
  }
  if (control.line) parts.push(`line ${control.line}`);
  if (control.confidential) parts.push("confidential");
  return [`${parts.join(" · ")} `];
}

function slider(control, id, label, onChange) {
  const by = scale(control);
  const [low, high, step] = [control.minimum, control.maximum, control.step].map((n) => tidy(n * by));
  const given = (text) => tidy(Number(text) / by);
  const shared = { min: low, max: high, step, "aria-describedby": `${id}-basis` };
  const range = el("input", {
    ...shared, type: "range", id,
    oninput: () => onChange(given(range.value)),
  });
  const number = el("input", {
    ...shared, type: "number", step: "any", id: `${id}-n`, inputmode: "decimal",
    "aria-label": `${control.title}${control.unit ? `, ${control.unit}` : ""}`,
    onchange: () => number.value !== "" && number.checkValidity()
      ? onChange(given(number.value)) : number.reportValidity(),
  });
  const place = (n) => `${Math.min(100, Math.max(0, (100 * (n - control.minimum)) / (control.maximum - control.minimum)))}%`;
  const track = el("span", { class: "track" }, range);
  if (control.low !== null && control.high !== null) {
    track.prepend(el("span", { class: "band", "aria-hidden": "true", "--from": place(control.low), "--to": place(control.high) }));
  }
  track.prepend(el("span", { class: "coded", "aria-hidden": "true", "--at": place(control.value) }));
  const node = el("div", {},
    el("label", { for: id, title: control.help || null }, named(control, label)),
    el("span", { class: "pair" }, track,
      el("span", { class: "amount" }, number, control.unit ? el("span", { class: "unit", "aria-hidden": "true" }, control.unit) : null)));
  const update = (next) => {
    const centre = typeof next === "object" ? next.mode ?? (next.low + next.high) / 2 : next;
    const text = shown(control, centre);
    if (document.activeElement !== range || Number(range.value) !== tidy(centre * by)) range.value = text;
    range.setAttribute("aria-valuetext", told(control, next));
    number.value = text;
  };
  return { node, update };
}

// 0.30000000000000004 is not what anybody typed.
function tidy(number) {
  return Number(number.toPrecision(12));
}

function ladder(control, id, label, onChange) {
  const chosen = el("span", { class: "chosen" });
  const inputs = control.options.map(([option, text]) => {
    const input = el("input", {
      type: "radio", name: id, value: option, onchange: () => onChange(option),
    });
    const coded = option === control.value ? el("span", { class: "coded-mark" }, "as coded") : null;
    return { option, input, node: el("li", {}, el("label", {}, input, el("span", {}, text, coded ? " " : "", coded))) };
  });
  const rungs = el("fieldset", { class: "rungs", "aria-describedby": `${id}-basis` },
    el("legend", { class: "hidden" }, control.title), el("ol", {}, inputs.map((one) => one.node)));
  const node = el("details", {}, el("summary", {}, el("span", { class: "label", title: control.help || null }, named(control, label)), chosen), rungs);
  const update = (next) => {
    chosen.textContent = told(control, next);
    for (const one of inputs) one.input.checked = one.option === next;
  };
  return { node, update };
}

function toggle(control, id, label, onChange) {
  const input = el("input", {
    type: "checkbox", id, role: "switch", "aria-describedby": `${id}-basis`,
    onchange: () => onChange(input.checked),
  });
  const node = el("label", { for: id }, input, el("span", {}, named(control, label), control.help ? el("small", { class: "said-of" }, control.help) : null));
  return { node, update: (next) => { input.checked = next; } };
}
