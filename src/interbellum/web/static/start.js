// The first page: choose a dossier, or bring one.

import { bring, get, remove } from "./api.js";
import { byId, el } from "./dom.js";
import { trouble } from "./faults.js";
import { date } from "./words.js";

const LARGEST = 1_000_000; // bytes that the server takes

function row(dossier, again) {
  const link = el("a", { href: `/d/${encodeURIComponent(dossier.key)}` }, dossier.title);
  const button = dossier.shipped ? null : el("button", {
    type: "button", class: "link", "aria-label": `Forget ${dossier.title}`,
    onclick: () => forget(dossier).then(again, complain),
  }, "Forget");
  return el("li", {}, link,
    el("p", {}, `as of ${date(dossier.as_of)} · `, el("code", {}, dossier.shipped ? dossier.id : dossier.key), " ", button));
}

async function forget(dossier) {
  if (!window.confirm(`Forget ${dossier.title}? It is deleted with every answer to it; that cannot be undone.`)) return;
  await remove(`/dossiers/${encodeURIComponent(dossier.key)}`);
  byId("main").focus(); // the button that was pressed goes
}

function complain(error) {
  byId("faults").replaceChildren(trouble(error, goTo));
  byId("faults").focus();
}

async function list() {
  try {
    const dossiers = await get("/dossiers");
    const fill = (id, shipped) => {
      const rows = dossiers.filter((one) => one.shipped === shipped).map((one) => row(one, list));
      byId(id).replaceChildren(...rows);
      return rows.length;
    };
    fill("shipped", true);
    byId("own").hidden = fill("brought", false) === 0;
  } catch (error) {
    byId("shipped").replaceChildren(el("li", {}, trouble(error)));
  }
  document.body.dataset.ready = "true";
}

// The text stays in the box, so a fault can be mended and tried again on the spot.
async function open() {
  const text = byId("text").value;
  if (!text.trim()) return complain({ message: "There is no text yet. Choose a file, drop one here, or paste it." });
  byId("open").disabled = true;
  byId("faults").replaceChildren(el("p", {}, "The dossier is being read …"));
  try {
    const dossier = await bring(text);
    location.assign(`/d/${encodeURIComponent(dossier.key)}`);
  } catch (error) {
    complain(error);
  }
  byId("open").disabled = false;
  return undefined;
}

async function take(file) {
  if (!file) return;
  if (file.size > LARGEST) {
    complain({ message: `${file.name} is larger than a dossier may be (1 MB).` });
    return;
  }
  byId("text").value = await file.text();
  await open();
}

// To the place of a fault in the text.
function goTo({ line, column }) {
  const text = byId("text");
  const lines = text.value.split("\n");
  const at = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0) + Math.max(0, column - 1);
  text.focus();
  text.setSelectionRange(at, at + Math.max(1, lines[line - 1].length - column + 1));
  const height = text.scrollHeight / lines.length;
  text.scrollTop = Math.max(0, (line - 4) * height);
}

function drop(zone) {
  const over = (on) => zone.classList.toggle("over", on);
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    over(true);
  });
  zone.addEventListener("dragleave", () => over(false));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    over(false);
    take(event.dataTransfer.files[0]);
  });
}

byId("file").addEventListener("change", (event) => take(event.target.files[0]));
byId("bring").addEventListener("submit", (event) => {
  event.preventDefault();
  open();
});
drop(byId("bring"));
list();
