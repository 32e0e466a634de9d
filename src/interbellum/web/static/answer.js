// The answer in numbers: headline, rungs, endings, durability, and what stands in the way.

import { el } from "./dom.js";
import * as names from "./names.js";
import { section, words as told } from "./outline.js";
import * as words from "./words.js";

const NO_ESTIMATE = "There is no useful estimate"; // the briefing's own words, where coders are far apart
const OFTEN = 0.01; // share of the draws from which a blocking set is told at once
const HELD = [30, 90, 365, 1826]; // days after a silence began, as the page of the briefing tells them

/** A number of the API in words, with the number itself beside it. */
export function datum(p, text = words.percent(p)) {
  return el("data", { value: p, "data-value": p, title: String(p) }, text);
}

/** The forecast that answers first. */
export function headline(result) {
  const { rung, by_days: days } = result.headline;
  return result.rungs.find((one) => one.rung === rung && one.by_days === days) ?? null;
}

/** The headline as one spoken sentence. */
export function spoken(result) {
  const first = headline(result);
  if (!first) return "";
  return `${names.rung(first.rung, result)} by ${words.date(first.by_date)}: ${words.percent(first.p)}, ` +
    `80% interval ${words.interval(first.lo80, first.hi80)}.`;
}

function bar(one, before) {
  const at = (p) => `${100 * p}%`;
  return el("span", { class: "bar", "aria-hidden": "true" },
    el("span", { class: "wide", "--from": at(one.lo80), "--to": at(one.hi80) }),
    el("span", { class: "narrow", "--from": at(one.lo50), "--to": at(one.hi50) }),
    before ? el("span", { class: "before", "--at": at(before.p) }) : null,
    el("span", { class: "dot", "--at": at(one.p) }));
}

function moved(before, now) {
  return el("span", { class: "moved" }, words.change(before.p, now.p));
}

/** Bottom line: the chance, its interval and base rate, then the briefing's own sentences. */
export function bottomLine(answer, before) {
  const { result, outline } = answer;
  const first = headline(result);
  const paragraphs = section(outline, "Bottom line").filter((one) => one.kind === "paragraph");
  const said = paragraphs.map((one) => el("p", {}, ...told(one.text)));
  if (!first) return said;
  const none = paragraphs[0]?.text.startsWith(NO_ESTIMATE);
  const old = before ? headline(before.result) : null;
  return [
    el("p", { class: "kicker" }, `${names.rung(first.rung, result)}, by ${words.date(first.by_date)}`),
    el("div", { class: "big" },
      el("p", { class: none ? "chance none" : "chance", id: "chance" }, datum(first.p, none ? "no useful estimate" : undefined)),
      el("div", { class: "beside" },
        none ? null : el("p", { class: "phrase" }, words.phrase(first.p)),
        el("p", { class: "range" }, "80% interval ", datum(first.lo80, words.interval(first.lo80, first.hi80)),
          ` · base rate `, datum(first.base_rate), ` (n = ${first.base_rate_n})`,
          ...first.crowds.flatMap((one) => [` · ${one.name} `, datum(one.p)])),
        old ? el("p", { class: "then" }, "baseline ", datum(old.p), " · ", moved(old, first)) : null)),
    bar(first, old),
    el("div", { class: "scale", "aria-hidden": "true" }, ["0", "25", "50", "75", "100%"].map((n) => el("span", {}, n))),
    legend(old !== null),
    el("div", { class: "said" }, said),
  ];
}

function legend(compared) {
  const key = (text, colour, css = "") => el("span", { class: css, "--key": `var(--${colour})` }, text);
  return el("p", { class: "legend", "aria-hidden": "true" },
    key("chance", "accent", "thin"), key("50% interval", "middle"), key("80% interval", "accent-soft"),
    compared ? key("baseline", "moved", "thin") : null);
}

/** The days for which there are chances, shortest first. */
export function horizons(result) {
  const days = new Map(result.rungs.map((one) => [one.by_days, one.by_date]));
  return [...days].sort(([a], [b]) => a - b);
}

function cells(one, old, compared) {
  return [
    el("td", { class: "plot" }, bar(one, compared ? old : null)),
    el("td", { class: "number strong" }, datum(one.p)),
    el("td", { class: "number" }, words.interval(one.lo80, one.hi80)),
    ...(compared
      ? [el("td", { class: "number" }, old ? datum(old.p) : ""), el("td", { class: "number" }, old ? moved(old, one) : "")]
      : []),
  ];
}

function grid(caption, heads, rows, css = "") {
  const head = heads.map(([text, kind]) => el("th", { scope: "col", class: kind }, text));
  return el("table", { class: `numbers ${css}` }, el("caption", {}, caption),
    el("thead", {}, el("tr", {}, head)), el("tbody", {}, rows));
}

const BARRED = [["", "plot"], ["chance", "number"], ["80% interval", "number"]];
const COMPARED = [["baseline", "number"], ["points", "number"]];

/** Chances of every rung by a day. */
export function rungs(result, before, days) {
  const rows = result.rungs.filter((one) => one.by_days === days);
  const old = new Map((before?.result.rungs ?? []).filter((one) => one.by_days === days).map((one) => [one.rung, one]));
  const heads = [["What counts", ""], ...BARRED, ...(before ? COMPARED : []), ["base rate", "number"], ["n", "number"]];
  return grid(`By ${words.date(rows[0]?.by_date)}. Rungs overlap; each is the chance that it begins by the day.`, heads,
    rows.map((one) => el("tr", { class: one.rung === result.headline.rung ? "first" : null, "data-rung": one.rung, "data-days": days },
      el("th", { scope: "row" }, names.rung(one.rung, result)),
      cells(one, old.get(one.rung), Boolean(before)),
      el("td", { class: "number" }, datum(one.base_rate)),
      el("td", { class: "number" }, String(one.base_rate_n)))), "rungs");
}

/** Where things stand on a day: shares that add up to one. */
export function endings(result, before, days) {
  const at = (answer) => answer?.endings.find((one) => one.by_days === days);
  const [now, old] = [at(result), at(before?.result)];
  if (!now) return null;
  const heads = [["State", ""], ...BARRED, ...(before ? COMPARED : [])];
  return grid(`On ${words.date(now.by_date)}. One state holds on the day, so these add up.`, heads,
    names.ENDING_IDS.map((id) => el("tr", { "data-ending": id, "data-days": days },
      el("th", { scope: "row" }, names.ending(id, result)),
      cells(now.intervals[id], old?.intervals[id], Boolean(before)))), "endings");
}

/** How long each form of silence would hold, beside the record. */
export function durability(result, before) {
  const forms = Object.entries(result.durability).filter(([, one]) => one.curve);
  const heads = [["If it begins within a year, still holding after", ""], ...HELD.map((days) => [words.span(days), "number"])];
  const rows = forms.flatMap(([id, one]) => [
    formRow(id, one, "ours"),
    before?.result.durability[id]?.curve ? formRow(id, before.result.durability[id], "baseline", one) : null,
    recordRow(one),
  ]);
  return grid("Pooled chance with its 80% interval; under it the share of past cessations of the form that held as long.", heads, rows.filter(Boolean), "durability");
}

function formRow(id, form, kind, now = null) {
  const at = (from, days) => from.curve.find((one) => one.days === days);
  const head = kind === "ours" ? names.form(id) : "baseline";
  return el("tr", { class: kind, "data-form": id }, el("th", { scope: "row" }, head), HELD.map((days) => {
    const one = at(form, days);
    if (!one) return el("td", { class: "number" }, "");
    const beside = now ? moved(one, at(now, days)) : words.interval(one.lo80, one.hi80);
    return el("td", { class: "number", "data-days": days }, datum(one.p), " ", el("small", {}, beside));
  }));
}

function recordRow(form) {
  const { record } = form;
  const head = el("th", { scope: "row" }, `record, n = ${record.n}`);
  if (!record.useful) return el("tr", { class: "record" }, head, el("td", { colspan: HELD.length }, "no useful estimate"));
  return el("tr", { class: "record" }, head, HELD.map((days) => {
    const one = record.curve.find((point) => point.days === days);
    return el("td", { class: "number" }, one ? words.percent(one.p) : "");
  }));
}

/** Whether anything could be signed today, and what most often stands in the way. */
export function room(result, before, open = false) {
  const { range } = result;
  const error = Math.max(1, Math.round(100 * range.open_error));
  const old = before?.result.range;
  const often = range.blocking.filter((one) => one.share >= OFTEN);
  const seldom = range.blocking.filter((one) => one.share < OFTEN);
  return [
    el("p", {}, "Some package would be acceptable to both leads today in ",
      el("strong", {}, datum(range.open_share)),
      ` of the draws (give or take ${words.count(error, "point")} for the number of draws)`,
      ...(old ? ["; baseline ", datum(old.open_share), ", ", words.change(old.open_share, range.open_share)] : []), "."),
    range.blocking.length ? el("p", { class: "small" }, "What most often stands in the way, with its share of the draws:") : null,
    blocking(often),
    seldom.length
      ? el("details", { class: "words", open }, el("summary", {}, `${words.count(seldom.length, "set")} more, each in less than 1% of the draws`), blocking(seldom))
      : null,
  ].filter(Boolean);
}

function blocking(sets) {
  return el("ol", { class: "blocking" }, sets.map((one) =>
    el("li", {}, el("strong", {}, datum(one.share)), " ", one.terms.join("; "))));
}
