"""Measure the briefing as a file: `python bench/print.py --json`.

The model runs first and is not timed. Then what a person waits for besides: the briefing as one HTML file and as a
tagged PDF, drawn by the processes that `brief` starts while the model runs (they begin with the charts that need no
answer), and by none, as a script does.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import statistics
import time
from typing import Any

DOSSIER = "ukraine-2025-05"
GOALS = {"pdf_seconds": 3.0, "html_megabytes": 2.0}
TIMES = 3


def timed(make: Any) -> tuple[float, Any]:
    """Median seconds of making something, and the thing."""
    spent = []
    for _ in range(TIMES):
        began = time.perf_counter()
        made = make()
        spent.append(time.perf_counter() - began)
    return statistics.median(spent), made


def tagged(body: bytes) -> dict[str, Any]:
    """What a reader for the blind needs of a PDF, as read back from it."""
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(body))
    root: Any = reader.trailer["/Root"]
    metadata = root["/Metadata"].get_data().decode("utf-8", "replace")
    return {
        "pages": len(reader.pages),
        "marked": bool(root.get("/MarkInfo", {}).get("/Marked", False)),
        "language": str(root.get("/Lang", "")),
        "says_pdf_ua_1": "pdfuaid" in metadata,
        "alternatives": len(re.findall(rb"/Alt[ (<]", body)),
    }


def measured() -> dict[str, Any]:
    """All figures."""
    import interbellum
    from interbellum.cli.running import drawers, drawn_ahead

    spent: dict[str, list[float]] = {"html": [], "pdf": []}
    for _ in range(TIMES):
        for form in spent:  # each with processes of its own, as `brief` starts them
            with drawers() as executor:
                loaded = interbellum.load(DOSSIER)
                at_work = executor and drawn_ahead(executor, loaded, False)
                briefing = interbellum.brief(loaded)
                began = time.perf_counter()
                if form == "html":
                    html = briefing.to_html(at_work)
                else:
                    pdf = briefing.to_pdf(executor=at_work)
                spent[form].append(time.perf_counter() - began)
    html_seconds, pdf_seconds = (statistics.median(times) for times in spent.values())
    alone_seconds, alone = timed(briefing.to_pdf)
    return {
        "dossier": DOSSIER,
        "cores": len(os.sched_getaffinity(0)),
        "charts": len(briefing.charts()),
        "html_seconds": html_seconds,
        "html_megabytes": len(html.encode()) / 1e6,
        "html_holds_a_script": "<script" in html,
        "pdf_seconds": pdf_seconds,
        "pdf_alone_seconds": alone_seconds,
        "pdf_megabytes": len(pdf) / 1e6,
        "same_bytes": pdf == alone,
        **tagged(pdf),
    }


def main() -> None:
    """Measure, and print one JSON object last."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures only")
    talk = not parser.parse_args().json
    figures = measured()
    met = {name: figures[name] < goal for name, goal in GOALS.items()}
    met["tagged"] = figures["marked"] and bool(figures["language"]) and figures["says_pdf_ua_1"]
    met["html_without_script"] = not figures["html_holds_a_script"]
    met["a_text_for_every_chart"] = figures["alternatives"] >= figures["charts"]
    met["same_bytes"] = figures["same_bytes"]
    if talk:
        for name, value in figures.items():
            print(f"{name:24} {value}")
    print(json.dumps({"name": "print", "figures": figures, "goals": GOALS, "met": met}))


if __name__ == "__main__":
    main()
