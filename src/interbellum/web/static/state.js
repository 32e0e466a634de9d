// What is asked, in the address: every change of the dossier, and how large the run is.
// `/d/KEY?war.position=0.6&~seed=2` is the whole question, so a link can be shared.

const MARK = "~"; // no path of a dossier begins with it
const SIZES = ["draws", "paths", "seed"];

/** The question that an address asks, for the controls that there are: {changes, sizes, unknown}. */
export function read(search, controls) {
  const asked = { changes: {}, sizes: {}, unknown: [] };
  for (const [name, text] of new URLSearchParams(search)) {
    const control = controls.get(name);
    if (name.startsWith(MARK)) readSize(asked, name.slice(MARK.length), text);
    else if (control) readChange(asked, control, text);
    else asked.unknown.push(name);
  }
  return asked;
}

function readSize(asked, name, text) {
  if (SIZES.includes(name) && /^\d{1,15}$/.test(text)) asked.sizes[name] = Number(text);
  else asked.unknown.push(MARK + name);
}

function readChange(asked, control, text) {
  const value = parsed(control, text);
  if (value === undefined) asked.unknown.push(control.path);
  else if (value !== control.value) asked.changes[control.path] = value;
}

function parsed(control, text) {
  if (control.kind === "switch") return ["true", "false"].includes(text) ? text === "true" : undefined;
  if (control.kind === "ladder") return control.options.some(([id]) => id === text) ? text : undefined;
  if (text.startsWith("{")) return range(text);
  const number = text.trim() === "" ? NaN : Number(text);
  return Number.isFinite(number) ? number : undefined;
}

// A whole range, which the page does not set itself but the API may: {"low": …, "mode": …, "high": …}.
function range(text) {
  try {
    const { low, mode, high } = JSON.parse(text);
    return [low, mode, high].every(Number.isFinite) ? { low, mode, high } : undefined;
  } catch {
    return undefined;
  }
}

/** The query of a question; empty where nothing is changed. */
export function write(changes, sizes) {
  const query = new URLSearchParams();
  for (const path of Object.keys(changes).sort()) {
    const value = changes[path];
    query.set(path, typeof value === "object" ? JSON.stringify(value) : String(value));
  }
  for (const name of SIZES) if (sizes[name] !== undefined) query.set(MARK + name, String(sizes[name]));
  const text = query.toString().replaceAll("%7E", MARK);
  return text ? `?${text}` : "";
}
