// The workbench: a dossier's controls on one side, its answer on the other.

import * as view from "./answer.js";
import { get, url } from "./api.js";
import { Charts } from "./charts.js";
import { Controls } from "./controls.js";
import { byId, el, painted, printsWhole, settled, show } from "./dom.js";
import { fault, trouble } from "./faults.js";
import { downloads, menu, shareButton } from "./share.js";
import { Answers, Live, question } from "./live.js";
import { fill, outline } from "./outline.js";
import { Provisions } from "./peace.js";
import * as state from "./state.js";
import { Status } from "./status.js";
import * as words from "./words.js";

const KEY = decodeURIComponent(location.pathname.split("/")[2]);
const SIZES = ["draws", "paths", "seed"];
const YEAR = 365;

class Work {
  constructor(index, dossier, groups) {
    this.index = index;
    this.controls = new Controls(groups, () => this.#moved());
    this.answers = new Answers();
    this.charts = new Charts(byId("charts"));
    this.status = new Status({ cancel: () => this.live.cancel(), again: () => this.#ask(0) });
    this.live = new Live(index, (heard) => this.#hear(heard));
    this.provisions = new Provisions(byId("peace"), () => this.#question());
    this.keepAddress = settled(() => this.#writeAddress(), 60);
    this.base = new AbortController();
    this.answer = null;
    this.before = null;
    this.#title(dossier);
    this.#restore();
  }

  start() {
    byId("compare").addEventListener("change", () => this.#render());
    this.#ask(0);
  }

  #title(dossier) {
    byId("title").textContent = dossier.title;
    byId("as-of").textContent = `as of ${words.date(dossier.as_of)}`;
    document.title = `${dossier.title} · Interbellum`;
    byId("source").href = url(`/dossiers/${encodeURIComponent(KEY)}/source`);
  }

  // The address holds the question: a reload or a shared link starts where it was left.
  #restore() {
    const asked = state.read(location.search, this.controls.byPath);
    this.sizes = asked.sizes;
    this.controls.mount(byId("panel"));
    this.controls.replace(asked.changes, true);
    for (const name of SIZES) this.#sizeInput(name);
    if (asked.unknown.length) {
      byId("unknown").textContent = `Left out, since this dossier has no such field or value: ${asked.unknown.join(", ")}.`;
    }
    show(byId("unknown"), asked.unknown.length > 0);
  }

  #sizeInput(name) {
    const input = byId(name);
    input.value = this.sizes[name] ?? this.#standard(name);
    input.addEventListener("change", () => {
      if (!input.checkValidity() || input.value === "") return input.reportValidity();
      this.sizes = { ...this.sizes, [name]: Number(input.value) };
      if (this.sizes[name] === this.#standard(name)) delete this.sizes[name];
      return this.#moved();
    });
  }

  #standard(name) {
    return this.index.full[name] ?? 1;
  }

  #fullSizes() {
    return Object.fromEntries(SIZES.map((name) => [name, this.sizes[name] ?? this.#standard(name)]));
  }

  #question() {
    return { dossier: KEY, changes: this.controls.changes, sizes: this.#fullSizes() };
  }

  #moved() {
    this.keepAddress();
    this.provisions.moved();
    this.#ask();
  }

  #writeAddress() {
    history.replaceState(null, "", location.pathname + state.write(this.controls.changes, this.sizes) + location.hash);
  }

  #ask(wait) {
    this.base.abort(new DOMException("stale", "AbortError"));
    byId("trouble").replaceChildren();
    this.live.ask(question(KEY, this.controls.changes, this.#fullSizes()), wait);
  }

  #hear(heard) {
    this.status.show(heard, this.answer);
    document.body.classList.toggle("stale", ["waiting", "quick"].includes(heard.phase));
    if (heard.error) this.#refused(heard.error);
    if (heard.answer) this.#answered(heard.answer);
  }

  #refused(error) {
    byId("trouble").replaceChildren(trouble(error));
    this.controls.blame(error, (one) => el("ul", { class: "faults" }, fault(one)));
  }

  #answered(answer) {
    byId("trouble").replaceChildren();
    this.answer = answer;
    this.before = null;
    const asked = this.#baselineOf(answer);
    if (this.#changed()) this.before = this.answers.have(asked);
    else this.answers.keep(asked, answer);
    this.#render();
    this.status.speak(`${this.status.quality(answer)}. ${view.spoken(answer.result)}`);
    if (this.#changed() && !this.before) this.#fetchBaseline(asked, answer);
  }

  #changed() {
    return Object.keys(this.controls.changes).length > 0;
  }

  // The same draws, paths and seed, so that a difference is one of the dossier alone.
  #baselineOf({ run }) {
    return question(KEY, {}, { draws: run.draws, paths: run.paths, seed: run.seed });
  }

  async #fetchBaseline(asked, answer) {
    this.base = new AbortController();
    try {
      const before = await this.answers.find(asked, this.base.signal);
      if (this.answer === answer) {
        this.before = before;
        this.#render();
      }
    } catch (error) {
      if (error.name !== "AbortError") byId("compare-note").textContent = `No baseline to compare with: ${error.message}`;
    }
  }

  #render() {
    const { answer } = this;
    if (!answer) return;
    show(byId("answer"), true);
    show(byId("compare-line"), this.#changed());
    const before = byId("compare").checked && this.#changed() ? this.before : null;
    byId("compare-note").textContent = this.before ? "" : "the baseline is being worked out";
    const main = byId("answer");
    main.dataset.run = answer.run.id;
    main.dataset.quality = this.status.quick(answer) ? "quick" : "full";
    main.dataset.compared = String(Boolean(before));
    byId("headline").replaceChildren(...view.bottomLine(answer, before));
    this.#strip();
    this.#numbers(answer, before);
    // The numbers of a first answer are on the screen before its many words are laid out.
    if (this.status.quick(answer)) painted().then(() => this.answer === answer && this.#words(answer, before));
    else this.#words(answer, before);
  }

  #words(answer, before) {
    fill(byId("briefing"), answer.outline);
    downloads(byId("downloads"), answer.run);
    this.controls.suggest(answer.result.drivers.map((one) => one.id));
    this.provisions.offer(this.index.provisions ?? [], answer.result.range.texts ?? []);
    this.#drawCharts(answer, before);
    this.#tellChanges(answer, before);
  }

  // On a phone: what the sliders do, in sight above them.
  #strip() {
    byId("strip-chance").textContent = document.getElementById("chance")?.textContent ?? "";
  }

  #numbers(answer, before) {
    const { result } = answer;
    this.#horizons(result);
    byId("rungs").replaceChildren(view.rungs(result, before, this.days));
    byId("endings").replaceChildren(view.endings(result, before, this.days) ?? "");
    byId("durability").replaceChildren(view.durability(result, before));
    const opened = byId("room").querySelector("details")?.open ?? false;
    byId("room").replaceChildren(...view.room(result, before, opened));
  }

  #horizons(result) {
    const days = view.horizons(result);
    if (!days.some(([one]) => one === this.days)) this.days = days.some(([one]) => one === YEAR) ? YEAR : result.headline.by_days;
    const given = JSON.stringify(days);
    if (given === this.drawnDays) return;
    this.drawnDays = given;
    byId("horizons").replaceChildren(el("legend", {}, "By"), ...days.map(([one, day]) => this.#horizon(one, day)));
  }

  #horizon(days, day) {
    const input = el("input", {
      type: "radio", name: "horizon", value: days, checked: days === this.days,
      onchange: () => {
        this.days = days;
        this.#render();
      },
    });
    return el("label", { title: words.date(day) }, input, el("span", {}, words.span(days)));
  }

  async #drawCharts(answer, before) {
    try {
      const [now, old] = await Promise.all([answer, before].map((one) => one && chartsOf(one)));
      if (this.answer === answer) this.charts.show(now, old);
    } catch (error) {
      byId("charts").replaceChildren(trouble(error));
    }
  }

  async #tellChanges(answer, before) {
    show(byId("changes"), Boolean(before));
    if (!before) return;
    try {
      const told = await get(`/compare?before=${before.run.id}&after=${answer.run.id}`);
      if (this.answer === answer) byId("changes-told").replaceChildren(...outline(told.outline, 2, "c-"));
    } catch (error) {
      byId("changes-told").replaceChildren(trouble(error));
    }
  }
}

function chartsOf(answer) {
  answer.charts ??= get(`/runs/${answer.run.id}/charts`);
  return answer.charts;
}

// On a phone the controls lie over the answer, and the answer's number stays in sight above them.
function drawer() {
  const [panel, open] = [byId("controls"), byId("open-controls")];
  const turn = (on) => {
    document.body.classList.toggle("drawn", on);
    open.setAttribute("aria-expanded", String(on));
    open.textContent = on ? "Close controls" : "Controls";
    if (on) panel.querySelector("input, summary").focus();
    else open.focus();
  };
  open.addEventListener("click", () => turn(open.getAttribute("aria-expanded") !== "true"));
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.body.classList.contains("drawn")) turn(false);
  });
}

async function main() {
  printsWhole();
  drawer();
  menu(document.querySelector(".menu"));
  shareButton(byId("copy"), () => location.href);
  try {
    const [index, dossier, controls] = await Promise.all([
      get("/"), get(`/dossiers/${encodeURIComponent(KEY)}`), get(`/dossiers/${encodeURIComponent(KEY)}/controls`),
    ]);
    new Work(index, dossier, controls).start();
    document.body.dataset.ready = "true";
  } catch (error) {
    byId("trouble").replaceChildren(trouble(error), el("p", {}, el("a", { href: "/" }, "Choose another dossier")));
    show(byId("status"), false);
  }
}

main();
