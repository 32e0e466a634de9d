// One answer by its run: what was asked, and what came out. It never changes.

import * as view from "./answer.js";
import { ApiError, ended, follow, get } from "./api.js";
import { Charts } from "./charts.js";
import { byId, el, printsWhole, show } from "./dom.js";
import { trouble } from "./faults.js";
import { parts } from "./live.js";
import { fill } from "./outline.js";
import { downloads, menu, shareButton } from "./share.js";
import * as state from "./state.js";
import * as words from "./words.js";

const ID = decodeURIComponent(location.pathname.split("/")[2]);
const YEAR = 365;

function asked(run) {
  const sizes = { draws: run.draws, paths: run.paths, seed: run.seed };
  const many = Object.keys(run.changes ?? {}).length;
  byId("asked").textContent = `${many ? words.count(many, "change") : "No change"} of the dossier · ${words.size(run)} · seed ${run.seed}`;
  byId("open").href = `/d/${encodeURIComponent(run.dossier)}${state.write(run.changes ?? {}, sizes)}`;
  byId("changes-made").replaceChildren(...Object.entries(run.changes ?? {}).map(([path, value]) =>
    el("li", {}, el("code", {}, path), " → ", typeof value === "object" ? JSON.stringify(value) : String(value))));
}

function step(run) {
  show(byId("status"), !ended(run));
  byId("stage").textContent = run.stage || run.state;
  byId("progress").value = run.progress ?? 0;
}

async function numbers(answer) {
  const { result } = answer;
  const days = result.rungs.some((one) => one.by_days === YEAR) ? YEAR : result.headline.by_days;
  byId("headline").replaceChildren(...view.bottomLine(answer, null));
  byId("rungs").replaceChildren(view.rungs(result, null, days));
  byId("endings").replaceChildren(view.endings(result, null, days) ?? "");
  byId("durability").replaceChildren(view.durability(result, null));
  byId("room").replaceChildren(...view.room(result, null));
  new Charts(byId("charts")).show(await get(`/runs/${ID}/charts`));
}

async function main() {
  printsWhole();
  menu(document.querySelector(".menu"));
  shareButton(byId("copy"), () => location.href);
  try {
    const first = await get(`/runs/${ID}`);
    asked(first);
    const run = await follow(first, step, new AbortController().signal);
    step(run);
    if (run.state !== "done") throw new ApiError(422, run.error?.message ?? `This run was ${run.state}.`, run.error?.faults);
    const answer = { run, ...(await parts(run)) };
    const title = answer.outline.find((one) => one.kind === "heading")?.text ?? run.dossier;
    byId("title").textContent = title;
    document.title = `${title} · Interbellum`;
    show(byId("answer"), true);
    byId("answer").dataset.run = run.id;
    show(byId("numbers"), run.kind === "brief");
    fill(byId("briefing"), answer.outline);
    downloads(byId("downloads"), run);
    if (run.kind === "brief") await numbers(answer);
  } catch (error) {
    show(byId("status"), false);
    byId("trouble").replaceChildren(trouble(error));
  }
  document.body.dataset.ready = "true";
}

main();
