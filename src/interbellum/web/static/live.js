// From a question to its answers: a quick one at once, then the full one, and never a stale one.

import { ApiError, ended, follow, get, post } from "./api.js";
import { painted } from "./dom.js";

const STILL = 50; // milliseconds without a move before a question is asked: a drag tells of itself each 16, a held key each 30
const AGAIN = 2000; // milliseconds before a silent server is asked again

/** What decides an answer, as the server takes it. */
export function question(dossier, changes, sizes, kind = "brief", options = {}) {
  return { dossier, changes, kind, ...sizes, options };
}

/** Ask, follow and fetch: one answer. `onRun` hears of every step of the run. */
export async function answer(asked, onRun, signal) {
  let run = await post("/runs", asked, signal);
  onRun(run);
  run = await follow(run, onRun, signal);
  if (run.state === "done") return { run, ...(await parts(run, signal)) };
  throw new ApiError(422, run.error?.message ?? `The run was ${run.state}.`, run.error?.faults);
}

/** What a finished run answers: its numbers and its words. */
export async function parts(run, signal) {
  const [result, outline] = await Promise.all([
    get(`/runs/${run.id}/result`, signal),
    get(`/runs/${run.id}/outline`, signal),
  ]);
  return { result, outline };
}

/** The question now open: at most one, always the latest. */
export class Live {
  /**
   * `sizes` is {quick, full}, each with draws and paths.
   * `hear` is called with {phase, run, answer, error}; phases are waiting, quick, full, done,
   * cancelled, failed and silent (the server does not answer: it is asked again).
   */
  constructor(sizes, hear) {
    this.sizes = sizes;
    this.hear = hear;
    this.running = null; // the run under way, to be cancelled when it turns stale
    this.abort = new AbortController();
    this.timer = 0;
  }

  /** Ask a question once no move has come for a moment; what was asked before is stale. */
  ask(asked, wait = STILL) {
    this.#drop();
    this.asked = asked;
    this.hear({ phase: "waiting" });
    this.timer = setTimeout(() => this.#go(asked), wait);
  }

  /** Stop what runs; the answer that stands stays. */
  cancel() {
    this.#drop();
    this.hear({ phase: "cancelled" });
  }

  #drop() {
    clearTimeout(this.timer);
    this.abort.abort(new DOMException("stale", "AbortError"));
    this.abort = new AbortController();
    if (this.running && !ended(this.running)) this.#stop(this.running.id);
    this.running = null;
  }

  // A run may have ended, or the server be gone: either way nothing is left to stop.
  #stop(id) {
    post(`/runs/${id}/cancel`, {}).catch(() => null);
  }

  async #go(asked) {
    const { signal } = this.abort;
    try {
      if (this.#coarse(asked)) {
        const first = await this.#one({ ...asked, ...this.sizes.quick }, "quick", signal);
        this.hear({ phase: "full", run: null, answer: first, quick: true });
        await painted(); // the full run would take the processor from the page
        signal.throwIfAborted();
      }
      const full = await this.#one(asked, "full", signal);
      this.hear({ phase: "done", run: full.run, answer: full });
    } catch (error) {
      if (!signal.aborted) this.#fail(error, asked);
    }
  }

  // Where the full run is as small as the quick one, one is enough.
  #coarse(asked) {
    const { quick } = this.sizes;
    return asked.draws * asked.paths > quick.draws * quick.paths;
  }

  async #one(asked, phase, signal) {
    const found = await answer(asked, (run) => this.#step(run, phase, signal), signal);
    this.running = null;
    return found;
  }

  #step(run, phase, signal) {
    if (signal.aborted) {
      if (!ended(run)) this.#stop(run.id);
      return;
    }
    this.running = run;
    this.hear({ phase, run });
  }

  #fail(error, asked) {
    this.running = null;
    if (error.status === 0) {
      this.hear({ phase: "silent", error });
      this.timer = setTimeout(() => this.#go(asked), AGAIN);
    } else {
      this.hear({ phase: "failed", error });
    }
  }
}

/** Answers by question, each asked for once; for the baseline. */
export class Answers {
  constructor() {
    this.kept = new Map();
  }

  /** The answer to a question if it is here already, else null. */
  have(asked) {
    return this.kept.get(JSON.stringify(asked)) ?? null;
  }

  keep(asked, found) {
    this.kept.set(JSON.stringify(asked), found);
  }

  /** The answer to a question; asks the server unless it is here. */
  async find(asked, signal) {
    const found = this.have(asked) ?? (await answer(asked, () => null, signal));
    this.keep(asked, found);
    return found;
  }
}
