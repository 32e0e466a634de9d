"""Measure the page in Chromium: `python bench/page.py --json`.

A server of its own, warmed by one answer, then what a person waits for: from the address to the first page, from
the address to a workbench whose controls can be moved, from a slider's move to the first answer and to the full one.
Memory is that of the server and its workers, idle.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

DOSSIER = "ukraine-2025-05"
GOALS = {
    "first_page_seconds": 1.0,
    "workbench_seconds": 1.0,
    "first_answer_seconds": 1.0,
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
TIMES = 3
READS = 2_000  # milliseconds that a person looks at an answer before the next move
PATIENCE = 300_000  # milliseconds
SLIDER = "war.position"


def started(store: str) -> tuple[subprocess.Popen[str], str]:
    """A server on a free port, and its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "interbellum", "serve", "--port", "0", "--store", store],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    for line in process.stdout:
        found = re.search(r"http://[\w.:]+", line)
        if found:
            return process, found.group()
    raise SystemExit("interbellum serve ended before it told its address")


def mebibytes(pid: int) -> float:
    """Resident memory of a process and all below it; pages that they share count once each."""
    children = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    ).stdout.split()
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    own = int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024.0  # type: ignore[union-attr]
    return own + sum(mebibytes(int(child)) for child in children)


WATCH = """ready => {
  window.painted = new Promise(tell => {
    const look = () => document.querySelector(ready) && (watcher.disconnect(), requestAnimationFrame(
      () => setTimeout(() => tell(performance.timeOrigin + performance.now()))));
    const watcher = new MutationObserver(look);
    watcher.observe(document, { attributes: true, childList: true, subtree: true });
  });
}"""
"""Tells when the first frame that holds a selector has been painted, by the page's own clock: a test driver that
looks for it from outside sees it up to a second late."""


def visit(browser: Any, address: str, ready: str) -> tuple[float, int, float]:
    """Seconds until `ready` is painted for a new visitor; requests and kilobytes until the page has loaded."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.add_init_script(f"({WATCH})({json.dumps(ready)})")
    began = time.time()
    page.goto(address)
    spent = page.evaluate("window.painted") / 1000.0 - began
    sizes = page.evaluate(
        "() => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
        ".map((one) => one.transferSize)"
    )
    context.close()
    return spent, len(sizes), sum(sizes) / 1000.0


ANSWERS = """() => {
  const answer = document.getElementById("answer"), before = answer.dataset.run;
  let began = null;
  document.addEventListener("input", () => { began ??= performance.now(); }, { capture: true });
  const when = (holds) => new Promise((tell) => {
    const look = () => began !== null && holds() && (watcher.disconnect(), requestAnimationFrame(
      () => setTimeout(() => tell((performance.now() - began) / 1000))));
    const watcher = new MutationObserver(look);
    watcher.observe(answer, { attributes: true });
  });
  window.first = when(() => answer.dataset.run !== before);
  window.full = when(() => answer.dataset.run !== before && answer.dataset.quality === "full"
    && answer.getAttribute("aria-busy") === "false");
}"""
"""From the slider's own event to the frame after the one that shows the first answer, and the full one."""


def moved(page: Any, key: str) -> tuple[float, float]:
    """Seconds from a slider's move until the first answer is painted, and the full one."""
    page.locator(f'.found [data-path="{SLIDER}"] input[type=range]').focus()
    page.wait_for_timeout(READS)  # charts and changes of the last answer are drawn meanwhile
    page.evaluate(ANSWERS)
    page.keyboard.press(key)
    return page.evaluate("window.first"), page.evaluate("window.full")


def measured(browser: Any, address: str, pid: int) -> dict[str, Any]:
    """All figures."""
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{address}/d/{DOSSIER}")
    page.wait_for_selector("#answer[data-quality=full][aria-busy=false]")  # compiled, and read
    home = [visit(browser, f"{address}/", "body[data-ready] #shipped a") for _ in range(TIMES)]
    bench = [
        visit(browser, f"{address}/d/{DOSSIER}", "body[data-ready] .group") for _ in range(TIMES)
    ]
    page.fill("#find", SLIDER)
    page.wait_for_selector(f'.found [data-path="{SLIDER}"]')
    moves = [moved(page, "ArrowRight") for _ in range(TIMES)]
    page.close()
    return {
        "dossier": DOSSIER,
        "cores": len(os.sched_getaffinity(0)),
        "first_page_seconds": statistics.median(spent for spent, _, _ in home),
        "first_page_requests": home[0][1],
        "first_page_kilobytes": home[0][2],
        "workbench_seconds": statistics.median(spent for spent, _, _ in bench),
        "workbench_requests": bench[0][1],
        "workbench_kilobytes": bench[0][2],
        "first_answer_seconds": statistics.median(first for first, _ in moves),
        "first_answer_seconds_each": [first for first, _ in moves],
        "full_answer_seconds": statistics.median(full for _, full in moves),
        "full_answer_seconds_each": [full for _, full in moves],
        "memory_mebibytes": mebibytes(pid),
    }


def main() -> None:
    """Measure, and print one JSON object last."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures only")
    talk = not parser.parse_args().json
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        raise SystemExit("There is no Chromium on the PATH. On Debian: apt-get install chromium.")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        process, address = started(str(Path(folder) / "runs.sqlite"))
        idle = mebibytes(process.pid)
        try:
            browser = playwright.chromium.launch(
                executable_path=path, args=["--no-sandbox"] if os.geteuid() == 0 else []
            )
            figures = {**measured(browser, address, process.pid), "idle_mebibytes": idle}
            browser.close()
        finally:
            process.terminate()
            process.wait(30)
    met = {name: figures[name] < goal for name, goal in GOALS.items()}
    if talk:
        for name, value in figures.items():
            print(f"{name}: {value}")
    print(json.dumps({"name": "page", "figures": figures, "goals": GOALS, "met": met}))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1] / "src"))
    main()
