// What is under way: the kind of answer that stands, the progress of the next, and how to stop it.

import { byId, show } from "./dom.js";
import { size } from "./words.js";

const STATES = { queued: "waiting for a free worker", running: "running" };

/** The line above the answer. `act` holds `cancel` and `again`. */
export class Status {
  constructor(act) {
    this.coarse = new Set(); // runs that were asked for as a first answer
    byId("cancel").addEventListener("click", act.cancel);
    byId("again").addEventListener("click", act.again);
  }

  /** Tell what `Live` says; `standing` is the answer now on the page, or null. */
  show({ phase, run, answer, quick }, standing) {
    if (quick) this.coarse.add(answer.run.id);
    const now = answer ?? standing;
    const moving = ["waiting", "quick", "full", "silent"].includes(phase);
    document.body.dataset.phase = phase;
    byId("answer").setAttribute("aria-busy", String(moving));
    byId("quality").textContent = now ? this.quality(now) : "";
    byId("stage").textContent = this.#stage(phase, run, now);
    byId("strip-state").textContent = moving ? "working …" : now && this.quick(now) ? "first answer" : "";
    this.#progress(moving, run);
    show(byId("cancel"), moving && phase !== "waiting");
    show(byId("again"), ["cancelled", "failed"].includes(phase));
    if (phase === "cancelled") this.speak("Cancelled.");
    if (phase === "silent") this.speak("The server does not answer. It is asked again.");
  }

  #stage(phase, run, standing) {
    switch (phase) {
      case "waiting": return "asked";
      case "silent": return "the server does not answer; your changes are kept, and it is asked again";
      case "cancelled": return standing ? "cancelled; what stands here is the last answer that came" : "cancelled";
      case "failed": return "no answer to this question";
      case "done": return "";
      default: return `${phase === "quick" ? "first answer" : "full answer"}: ${told(run)}`;
    }
  }

  #progress(moving, run) {
    const bar = byId("progress");
    bar.hidden = !moving;
    if (run) bar.value = run.progress ?? 0;
    else if (moving) bar.value = 0;
  }

  /** Whether an answer is only the first, coarse one. */
  quick(answer) {
    return this.coarse.has(answer.run.id);
  }

  /** Which answer it is, with its size. */
  quality(answer) {
    const { run } = answer;
    return `${this.quick(answer) ? "First answer" : "Full answer"}, ${size(run)}, seed ${run.seed}`;
  }

  /** Say something to those who listen. */
  speak(text) {
    byId("spoken").textContent = text;
  }
}

function told(run) {
  if (!run) return "asked";
  const part = run.state === "running" && run.progress ? `, ${Math.round(100 * run.progress)}%` : "";
  return `${run.stage || STATES[run.state] || run.state}${part}`;
}
