// Links to take along: the question, the answer, and its files.

import { url } from "./api.js";
import { el } from "./dom.js";

const FILES = [
  ["briefing.html", "Briefing, one file for any browser"],
  ["briefing.pdf", "Briefing, PDF"],
  ["briefing.md", "Briefing, Markdown"],
  ["result", "Numbers, JSON"],
  ["charts", "Charts with their data, JSON"],
  ["draws.csv", "Draws, one a row, CSV"],
  ["dossier.yaml", "The dossier with your changes"],
];
const NAMES = { result: "result.json", charts: "charts.json" };
const NEVER_REDACTED = ["draws.csv", "dossier.yaml"]; // the dossier's own numbers and words stand in them
const OF_BRIEFINGS = ["briefing.html", "briefing.pdf", "charts", "draws.csv"];
const TOLD = 2500; // milliseconds that a button says what it has done

/** A button that copies a link; where the browser will not copy, it shows the link to be copied. */
export function shareButton(button, link) {
  const label = button.textContent;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(link());
      button.textContent = "Copied";
    } catch {
      window.prompt("The link to this question:", link());
    }
    setTimeout(() => { button.textContent = label; }, TOLD);
  });
}

/** Fill the list of files of a run, with a switch that hides what is confidential. */
export function downloads(root, run) {
  if (root.dataset.run === run.id) return;
  const hide = root.querySelector("input") ?? el("input", { type: "checkbox", id: "redact" });
  const left = FILES.filter(([path]) => run.kind === "brief" || !OF_BRIEFINGS.includes(path));
  const items = left.map(([path, text]) => {
    const link = el("a", { download: `${run.id}-${NAMES[path] ?? path}`, "data-file": path }, text);
    return { path, link, node: el("li", {}, link) };
  });
  const point = () => {
    for (const { path, link, node } of items) {
      node.hidden = hide.checked && NEVER_REDACTED.includes(path);
      link.href = url(`/runs/${run.id}/${path}`, hide.checked ? { redact: "true" } : {});
    }
  };
  hide.onchange = point;
  point();
  root.dataset.run = run.id;
  root.replaceChildren(
    el("ul", {}, items.map((one) => one.node)),
    el("p", {}, el("label", {}, hide, " Hide what the dossier marks confidential")),
    el("p", {}, el("a", { href: `/r/${run.id}`, "data-file": "run" }, "A lasting page of this answer")));
}

/** A menu closes by Escape and by a click beside it. */
export function menu(details) {
  details.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !details.open) return;
    details.open = false;
    details.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => {
    if (!details.contains(event.target)) details.open = false;
  });
}
