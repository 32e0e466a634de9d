// Charts as figures: the drawing, its words, and its numbers as a table.

import { el } from "./dom.js";
import { table } from "./outline.js";
import { date } from "./words.js";

const OPTIONS = {
  ast: true, // expressions are interpreted, so the page needs no `eval`
  renderer: "svg",
  actions: false,
  loader: { load: () => Promise.reject(new Error("A chart of this page loads nothing.")) },
};
let library = null;

// Loaded with the first chart: no number waits for it.
function vega() {
  library ??= import("/static/vega.js").then(() => window.vegaEmbed);
  return library;
}

/** A set of figures that keeps its drawings from answer to answer. */
export class Charts {
  constructor(root) {
    this.root = root;
    this.figures = new Map();
    this.seen = new IntersectionObserver((entries) => this.#sight(entries), { rootMargin: "400px" });
  }

  /** Show the charts of an answer; where `before` holds the baseline's, both stand side by side. */
  show(charts, before = null) {
    const wanted = charts.flatMap((chart) => {
      const old = before?.find((one) => one.id === chart.id);
      return [this.#pair(chart, old)];
    });
    this.#arrange(wanted);
    for (const gone of [...this.figures.keys()].filter((id) => !charts.some((one) => one.id === id))) {
      this.figures.delete(gone);
    }
  }

  // Only what is out of place is moved, so that a drawing under the eye stays.
  #arrange(nodes) {
    nodes.forEach((node, i) => {
      if (this.root.children[i] !== node) this.root.insertBefore(node, this.root.children[i] ?? null);
    });
    while (this.root.children.length > nodes.length) this.root.lastChild.remove();
  }

  #pair(chart, old) {
    const pair = this.figures.get(chart.id) ?? this.#make(chart);
    this.figures.set(chart.id, pair);
    pair.now.update(chart, old ? "Yours" : null);
    if (old) pair.before ??= new Figure(this.seen);
    if (old) pair.before.update(old, "Baseline");
    pair.node.classList.toggle("paired", Boolean(old));
    pair.node.replaceChildren(...(old ? [pair.before.node] : []), pair.now.node);
    return pair.node;
  }

  #make(chart) {
    return { now: new Figure(this.seen), before: null, node: el("div", { class: "chart", id: `chart-${chart.id}` }) };
  }

  #sight(entries) {
    for (const entry of entries) if (entry.target.figure) entry.target.figure.sight(entry.isIntersecting);
  }
}

class Figure {
  constructor(seen) {
    this.title = el("h3", { class: "hidden" }); // the drawing says it too
    this.side = el("p", { class: "side", "aria-hidden": "true" });
    this.plot = el("div", { class: "plot", role: "img" });
    this.note = el("p", { class: "note" });
    this.data = el("details", { class: "chart-data" }, el("summary", {}, "In words and numbers"));
    this.data.addEventListener("toggle", () => this.#fill());
    this.node = el("figure", {}, el("figcaption", {}, this.title, this.side), this.plot, this.note, this.data);
    this.node.figure = this;
    this.drawn = "";
    this.queue = Promise.resolve();
    seen.observe(this.node);
  }

  update(chart, side) {
    this.chart = chart;
    this.side.textContent = side ?? "";
    this.side.className = `side ${(side ?? "").toLowerCase()}`;
    this.side.hidden = !side;
    this.title.textContent = side ? `${chart.title}: ${side.toLowerCase()}` : chart.title;
    this.plot.setAttribute("aria-label", chart.alt);
    this.note.textContent = chart.note ?? "";
    this.#fill();
    if (this.visible) this.#draw();
  }

  sight(visible) {
    this.visible = visible;
    if (visible) this.#draw();
  }

  #draw() {
    const { chart } = this;
    this.queue = this.queue.then(() => chart === this.chart && chart !== this.shown ? this.#redraw(chart) : null);
  }

  async #redraw(chart) {
    const { datasets, description, ...shape } = chart.spec;
    const form = JSON.stringify(shape);
    try {
      if (!(form === this.drawn && (await this.#refresh(datasets)))) await this.#embed(chart.spec, form);
      this.shown = chart;
    } catch {
      this.drawn = "";
      this.plot.replaceChildren(el("p", { class: "note" }, "This chart cannot be drawn here; its words and numbers are below."));
    }
  }

  // New rows into the drawing that stands; false where it will not take them.
  async #refresh(datasets) {
    try {
      for (const [name, rows] of Object.entries(datasets)) this.view.data(name, rows);
      await this.view.runAsync();
      return true;
    } catch {
      return false;
    }
  }

  async #embed(spec, form) {
    const embed = await vega();
    const place = el("div");
    const made = await embed(place, structuredClone(spec), OPTIONS);
    this.view?.finalize();
    this.view = made.view;
    this.plot.replaceChildren(place);
    this.drawn = form;
  }

  #fill() {
    if (!this.data.open) return;
    const { chart } = this;
    const fields = Object.entries(Array.isArray(chart.columns) ? Object.fromEntries(chart.columns.map((one) => [one, one])) : chart.columns);
    const rows = chart.rows.map((row) => fields.map(([field]) => cell(row[field])));
    const shown = table({ columns: fields.map(([, head]) => head), rows, caption: "", numeric: fields.map(([field]) => chart.rows.some((row) => typeof row[field] === "number")) });
    this.data.replaceChildren(this.data.firstChild, el("p", {}, chart.alt), shown);
  }
}

// As a person reads it, like the table of the HTML file: numbers without decimals, days in words.
function cell(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return Math.round(value).toLocaleString("en");
  return /^\d{4}-\d\d-\d\d$/.test(value) ? date(value) : String(value);
}
