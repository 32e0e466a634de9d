// Provisions: how long a silence would hold under a text and the terms that are added to it.

import { answer, question } from "./live.js";
import { el, show } from "./dom.js";
import { trouble } from "./faults.js";
import { outline } from "./outline.js";
import { form as formName } from "./names.js";
import * as words from "./words.js";
import { datum } from "./answer.js";

const FORMS = ["ceasefire", "settlement", "freeze"];
const HELD = [30, 90, 365, 1826];

/** The panel that asks for a peace run. `ask()` gives {dossier, changes, sizes} as they stand. */
export class Provisions {
  constructor(root, ask) {
    this.ask = ask;
    this.root = root;
    this.abort = new AbortController();
  }

  /** The question has moved: what stands here was asked before it did. */
  moved() {
    if (this.out?.hasChildNodes()) show(this.old, true);
  }

  /** Fill the form: standard provisions as [{id, title}], texts as [{id, title}]. */
  offer(provisions, texts) {
    const given = JSON.stringify([provisions, texts]);
    if (given === this.given) return;
    this.given = given;
    this.boxes = provisions.map(({ id, title }) => {
      const input = el("input", { type: "checkbox", value: id });
      return { input, node: el("label", {}, input, el("span", {}, title)) };
    });
    this.text = select("peace-text", "best package of the form", texts.map((one) => [one.id, one.title]));
    this.form = select("peace-form", "every form", FORMS.map((id) => [id, formName(id)]));
    this.out = el("div", { class: "peace-answer", "aria-live": "polite" });
    this.old = el("p", { class: "notice", role: "status", hidden: true }, "Asked before your last change. Ask again.");
    this.root.replaceChildren(this.#form(), this.old, this.out);
  }

  #form() {
    const fields = el("div", { class: "fields" },
      el("p", {}, el("label", { for: "peace-text" }, "Text"), this.text),
      el("p", {}, el("label", { for: "peace-form" }, "Form of the silence"), this.form));
    const boxes = this.boxes.length
      ? el("fieldset", { class: "provisions" }, el("legend", {}, "Standard provisions to add"), this.boxes.map((one) => one.node))
      : null;
    const submit = (event) => {
      event.preventDefault();
      this.#run();
    };
    return el("form", { class: "peace-form", onsubmit: submit }, fields, boxes,
      el("p", {}, el("button", { type: "submit", class: "primary" }, "How long would it hold?")));
  }

  #options() {
    const options = { with: this.boxes.filter((one) => one.input.checked).map((one) => one.input.value) };
    if (this.text.value) options.text = this.text.value;
    if (this.form.value) options.form = this.form.value;
    return options;
  }

  async #run() {
    this.abort.abort(new DOMException("stale", "AbortError"));
    this.abort = new AbortController();
    const { signal } = this.abort;
    const { dossier, changes, sizes } = this.ask();
    show(this.old, false);
    const progress = el("progress", { max: 1, value: 0, "aria-label": "Progress of the provisions" });
    const stage = el("span", {}, "asked");
    this.out.replaceChildren(el("p", { class: "working" }, progress, " ", stage));
    const step = (run) => {
      progress.value = run.progress ?? 0;
      stage.textContent = run.stage || run.state;
    };
    try {
      const found = await answer(question(dossier, changes, sizes, "peace", this.#options()), step, signal);
      this.out.replaceChildren(...this.#told(found));
    } catch (error) {
      if (!signal.aborted) this.out.replaceChildren(trouble(error));
    }
  }

  #told({ result, outline: blocks }) {
    const forms = Object.entries(result.forms ?? {}).filter(([, one]) => one.curve);
    const head = el("tr", {}, el("th", { scope: "col" }, "Still holding after"), HELD.map((days) => el("th", { scope: "col", class: "number" }, words.span(days))));
    const rows = forms.map(([id, one]) => el("tr", { "data-form": id }, el("th", { scope: "row" }, formName(id)), HELD.map((days) => {
      const point = one.curve.find((item) => item.days === days);
      return el("td", { class: "number" }, ...(point ? [datum(point.p), " ", el("small", {}, words.interval(point.lo80, point.hi80))] : []));
    })));
    const numbers = el("table", { class: "numbers durability" }, el("caption", {}, "Pooled chance with its 80% interval."), el("thead", {}, head), el("tbody", {}, rows));
    return [numbers, el("details", { class: "words" }, el("summary", {}, "The whole answer in words"), el("div", { class: "prose" }, outline(blocks, 2, "p-")))];
  }
}

function select(id, none, options) {
  return el("select", { id }, el("option", { value: "" }, none), options.map(([value, text]) => el("option", { value }, text)));
}
