"""The interactive page in a browser, used as a person uses it, against a server of its own.

Numbers are compared with the API to the digit. Needs Chromium; without one the tests are skipped, or
fail where INTERBELLUM_NEED_BROWSER or CI says that one must be there.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from importlib import resources
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DOSSIER = "eritrea-ethiopia-1999"
SMALL = "~draws=8&~paths=8"  # one small run: what it answers does not matter here, that it is told right does
BOTH = "~draws=33&~paths=32"  # a little more than a first answer, so that there is one
LONG = "~draws=256&~paths=256"
PATIENCE = 120_000  # milliseconds: the first run may compile
MODULES = sorted(
    item.name
    for item in (resources.files("interbellum.web") / "static").iterdir()
    if item.name.endswith(".js") and item.name != "vega.js"
)


def browser_path() -> str:
    """Chromium on the PATH; else the test is skipped, or fails where one must be there."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        message = "There is no Chromium on the PATH. On Debian: apt-get install chromium."
        if os.environ.get("INTERBELLUM_NEED_BROWSER") or os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return found


@pytest.fixture(scope="module")
def chromium():
    path = browser_path()
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=path, args=root)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Address of `interbellum serve` with a store of its own, on a free port."""
    browser_path()
    store = tmp_path_factory.mktemp("store") / "runs.sqlite"
    process = subprocess.Popen(
        [sys.executable, "-m", "interbellum", "serve", "--port", "0", "--store", str(store)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    address = None
    while address is None:
        line = process.stdout.readline()
        assert line, "interbellum serve ended before it told its address"
        address = re.search(r"http://[\w.:]+", line)
    yield address.group()
    process.terminate()
    process.wait(20)
    process.stdout.close()


@pytest.fixture
def visit(chromium, server):
    """Opens pages; afterwards none may have an error or have asked anybody but the server."""
    contexts, told, asked = [], [], []

    def opened(address: str, width: int = 1280, **more):
        context = chromium.new_context(viewport={"width": width, "height": 900}, **more)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda message: told.append(message) if is_fault(message) else None)
        page.on("pageerror", lambda error: told.append(error))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(server + address)
        return page

    opened.asked = asked
    yield opened
    for context in contexts:
        context.close()
    assert [str(getattr(one, "text", one)) for one in told] == []
    elsewhere = [url for url in asked if not url.startswith((server + "/", "data:", "blob:"))]
    assert asked
    assert elsewhere == []


def is_fault(message) -> bool:
    # A refusal (4xx), or a request that a test cuts off, is written there by the browser itself.
    refused = re.search(r"responded with a status of 4\d\d|net::ERR_FAILED", message.text)
    return message.type in ("error", "warning") and not refused


def api(server: str, path: str) -> object:
    """What the API says."""
    with urllib.request.urlopen(f"{server}/api/v1{path}", timeout=60) as response:
        return json.load(response)


def answered(page, phase: str = "done"):
    """Wait for the full answer; the page again."""
    page.wait_for_selector(f"body[data-phase={phase}]")
    page.wait_for_selector("#answer[data-run]")
    return page


def workbench(visit, query: str = SMALL, **more):
    """A workbench with its answer."""
    return answered(visit(f"/d/{DOSSIER}?{query}", **more))


def move(page, path: str, key: str, times: int = 1) -> None:
    """Move the slider of a path by keyboard, as it is found by search."""
    page.fill("#find", path)
    slider = page.locator(f'.found [data-path="{path}"] input[type=range]')
    slider.focus()
    for _ in range(times):
        page.keyboard.press(key)


def run_of(page, server: str):
    """The run whose answer is on the page, and its result."""
    run = page.get_attribute("#answer", "data-run")
    return run, api(server, f"/runs/{run}/result")


def numbers(page, rows: str) -> list[float]:
    """The chances that a table of the page shows, in full."""
    return page.eval_on_selector_all(
        f"{rows} td.strong data", "all => all.map((one) => Number(one.dataset.value))"
    )


def matches(page, server: str) -> dict:
    """Every main number on the page is that of the API, to the digit; the result."""
    _, result = run_of(page, server)
    days = int(page.get_attribute("#rungs tbody tr", "data-days"))
    head = result["headline"]
    first = next(
        one
        for one in result["rungs"]
        if (one["rung"], one["by_days"]) == (head["rung"], head["by_days"])
    )
    assert float(page.get_attribute("#chance data", "data-value")) == first["p"]
    assert numbers(page, "#rungs") == [
        one["p"] for one in result["rungs"] if one["by_days"] == days
    ]
    ending = next(one for one in result["endings"] if one["by_days"] == days)
    names = page.eval_on_selector_all(
        "#endings tbody tr", "all => all.map((row) => row.dataset.ending)"
    )
    assert numbers(page, "#endings") == [ending[name] for name in names]
    year = {
        form: next(point["p"] for point in one["curve"] if point["days"] == 365)
        for form, one in result["durability"].items()
        if one
    }
    shown = page.eval_on_selector_all(
        "#durability tr.ours",
        "all => all.map((r) => [r.dataset.form, Number(r.querySelector('[data-days=\"365\"] data').dataset.value)])",
    )
    assert dict(shown) == year
    return result


# --- the answer -----------------------------------------------------------------------------------


def test_the_first_page_lists_every_dossier_and_opens_one(visit, server):
    page = visit("/")
    page.wait_for_selector("body[data-ready]")
    titles = page.locator("#shipped a").all_inner_texts()
    assert titles == [one["title"] for one in api(server, "/dossiers") if one["shipped"]]
    page.click("#shipped a >> nth=0")
    page.wait_for_selector("body.work[data-ready]")
    assert page.inner_text("#title") == titles[0]


def test_three_sliders_moved_by_keyboard_change_the_numbers_to_those_of_the_api(visit, server):
    page = workbench(visit)
    before, baseline = run_of(page, server)
    for path, key in (
        ("war.position", "End"),
        ("war.a_prevails.A", "Home"),
        ("trust.other_breaks.B", "PageDown"),
    ):
        move(page, path, key)
    page.wait_for_function(
        "before => document.body.dataset.phase === 'done' && document.getElementById('answer').dataset.run !== before",
        arg=before,
    )
    after, _ = run_of(page, server)
    result = matches(page, server)
    asked = api(server, f"/runs/{after}")
    assert set(asked["changes"]) == {"war.position", "war.a_prevails.A", "trust.other_breaks.B"}
    assert asked["changes"]["war.position"] == 0.98
    assert [one["p"] for one in result["rungs"]] != [one["p"] for one in baseline["rungs"]]
    query = parse_qs(urlsplit(page.url).query)
    assert query["war.position"] == ["0.98"]

    # Beside the baseline: its chances are those of the unchanged dossier, and the points say the step.
    page.wait_for_selector("#answer[data-compared=true]")
    row = page.locator(f"#rungs tr[data-rung={result['headline']['rung']}]")
    was = float(row.locator("td:nth-of-type(4) data").get_attribute("data-value"))
    rung, days = result["headline"]["rung"], int(row.get_attribute("data-days"))
    assert was == next(
        one["p"] for one in baseline["rungs"] if (one["rung"], one["by_days"]) == (rung, days)
    )
    page.click("#changes summary")
    page.wait_for_selector("#changes-told :is(p, li, table)")
    page.uncheck("#compare")
    page.wait_for_selector("#answer[data-compared=false]")

    page.fill("#find", "")
    page.click("text=Reset all")
    page.wait_for_function(
        "run => document.getElementById('answer').dataset.run === run", arg=before
    )
    assert "war.position" not in page.url


def test_a_first_answer_comes_before_the_full_one_and_says_so(visit, server):
    page = visit(f"/d/{DOSSIER}?{BOTH}")
    page.wait_for_selector("#answer[data-quality=quick]")
    quick, _ = run_of(page, server)
    assert api(server, f"/runs/{quick}")["quick"] is True
    assert page.inner_text("#quality").startswith("First answer, 16 draws × 32 paths")
    answered(page)
    assert page.inner_text("#quality") == "Full answer, 33 draws × 32 paths, seed 1"
    matches(page, server)


def test_percentages_and_names_are_those_of_the_briefing(visit, server):
    page = workbench(visit)
    run, _ = run_of(page, server)
    blocks = api(server, f"/runs/{run}/outline")
    table = next(one for one in blocks if one.get("columns", [""])[0] == "What counts")
    told = [(row[0], row[2], row[3]) for row in table["rows"]]
    shown = page.eval_on_selector_all(
        "#rungs tbody tr",
        "all => all.map((r) => [r.querySelector('th').innerText, r.cells[2].innerText, r.cells[3].innerText])",
    )
    assert [tuple(row) for row in shown] == told
    for block in blocks:
        if block["kind"] == "paragraph":
            assert block["text"].split(" [")[0] in page.text_content("#briefing")


def test_a_running_answer_can_be_cancelled_and_asked_again(visit, server):
    page = visit(f"/d/{DOSSIER}?{LONG}&~seed=77")
    page.wait_for_selector("#answer[data-quality=quick]")
    page.wait_for_selector("#cancel:not([hidden])")
    page.click("#cancel")
    page.wait_for_selector("body[data-phase=cancelled]")
    assert "cancelled" in page.inner_text("#stage")
    assert page.get_attribute("#answer", "data-quality") == "quick"  # what came stays
    assert ended_as(server, seed=77) == "cancelled"
    page.click(".advanced summary")
    page.fill("#draws", "8")
    page.fill("#paths", "8")
    page.keyboard.press("Tab")
    answered(page)
    assert page.inner_text("#quality") == "Full answer, 8 draws × 8 paths, seed 77"


def ended_as(server: str, seed: int) -> str:
    """State in which the large run of a seed ends."""
    for _ in range(200):
        run = next(
            one for one in api(server, "/runs") if one["seed"] == seed and one["draws"] == 256
        )
        if run["state"] in ("done", "failed", "cancelled"):
            break
        time.sleep(0.1)
    return run["state"]


def test_a_move_during_a_run_drops_it_and_is_answered(visit, server):
    page = visit(f"/d/{DOSSIER}?{LONG}&~seed=78")
    page.wait_for_selector("#answer[data-quality=quick]")
    page.click(".advanced summary")
    page.fill("#draws", "8")
    page.fill("#paths", "8")
    move(page, "war.position", "Home")
    answered(page)
    matches(page, server)
    run, _ = run_of(page, server)
    assert api(server, f"/runs/{run}")["changes"] == {"war.position": 0.02}
    assert ended_as(server, seed=78) == "cancelled"


def test_a_reload_during_a_run_goes_on_with_the_same_run(visit, server):
    page = visit(f"/d/{DOSSIER}?~draws=48&~paths=32&~seed=79")
    page.wait_for_selector("body[data-phase=full]")
    page.reload()
    answered(page)
    runs = [one for one in api(server, "/runs") if one["seed"] == 79]
    assert sorted(one["draws"] for one in runs) == [16, 48]
    matches(page, server)


def test_a_link_opened_by_another_person_shows_the_same(visit, server):
    page = workbench(visit, f"{SMALL}&war.position=0.7")
    other = answered(visit(page.url.removeprefix(server)))
    assert run_of(other, server)[0] == run_of(page, server)[0]
    assert numbers(other, "#rungs") == numbers(page, "#rungs")
    other.click("text=Changed (1)")
    assert other.input_value('[data-path="war.position"] input[type=number]') == "0.70"

    run, _ = run_of(page, server)
    lasting = visit(f"/r/{run}")
    lasting.wait_for_selector("body[data-ready]")
    assert lasting.inner_text("#chance") == page.inner_text("#chance")
    assert numbers(lasting, "#rungs") == numbers(page, "#rungs")
    lasting.click("#open")
    answered(lasting)
    assert run_of(lasting, server)[0] == run


def test_ladders_and_switches_ask_what_they_say(visit, server):
    page = workbench(visit)
    page.fill("#find", "positions.ethiopia.cessation.ideal")
    page.click(".found .ladder summary")
    page.locator(".found .ladder input").first.focus()
    page.keyboard.press("ArrowDown")
    chosen = page.input_value(".found .ladder input:checked")
    page.fill("#find", "positions.ethiopia.cessation.red_line")
    page.locator('.found [data-path="positions.ethiopia.cessation.red_line"] input').press("Space")
    page.wait_for_function(
        "() => document.body.dataset.phase === 'done' && location.search.includes('red_line')"
    )
    page.wait_for_selector("#answer[aria-busy=false]")
    run, _ = run_of(page, server)
    assert api(server, f"/runs/{run}")["changes"] == {
        "positions.ethiopia.cessation.ideal": chosen,
        "positions.ethiopia.cessation.red_line": False,
    }
    page.fill("#find", "positions.ethiopia.cessation.ideal")
    page.click('.found [data-path="positions.ethiopia.cessation.ideal"] .reset')
    page.wait_for_function("() => !location.search.includes('ideal')")


def test_what_an_address_asks_in_vain_is_said(visit):
    page = workbench(visit, f"{SMALL}&war.nothing=1&war.position=far")
    assert page.inner_text("#unknown").endswith("war.nothing, war.position.")
    switch = "positions.ethiopia.cessation.red_line"
    page = workbench(visit, f"{SMALL}&{switch}=toString&war.position=" + "{%22low%22:1}")
    assert page.inner_text("#unknown").endswith(f"{switch}, war.position.")
    assert page.inner_text("text=/^Changed/") == "Changed (0)"


def test_a_long_seed_in_an_address_is_asked(visit, server):
    page = workbench(visit, f"{SMALL}&~seed=123456789012")
    assert page.is_hidden("#unknown")
    assert run_of(page, server)[1]["run"]["seed"] == 123456789012


# --- files, provisions, charts --------------------------------------------------------------------


def test_downloads_are_those_of_the_answer_on_the_page(visit, server):
    page = workbench(visit, f"{SMALL}&war.position=0.6")
    run, _ = run_of(page, server)
    page.click(".menu summary")
    heads = {
        "briefing.html": b"<!doctype html>",
        "briefing.pdf": b"%PDF-",
        "briefing.md": b"# ",
        "result": b"{",
        "draws.csv": b"draw",
        "dossier.yaml": None,
    }
    for name, head in heads.items():
        with page.expect_download() as waiting:
            page.click(f'#downloads a[data-file="{name}"]')
        body = Path(waiting.value.path()).read_bytes()
        with urllib.request.urlopen(f"{server}/api/v1/runs/{run}/{name}") as response:
            asked = response.read()
        if name != "briefing.pdf":  # its day of making stands in it
            assert body == asked
        if head is not None:
            assert body.lower().startswith(head.lower())
    written = set(body.decode().splitlines()) - set(source(server).splitlines())
    assert {line.strip() for line in written} == {"low: 0.49", "mode: 0.6", "high: 0.71"}
    page.check("#redact")
    assert "redact=true" in page.get_attribute('#downloads a[data-file="briefing.pdf"]', "href")
    for name in ("draws.csv", "dossier.yaml"):  # the server redacts neither
        assert not page.is_visible(f'#downloads a[data-file="{name}"]')


def test_provisions_are_answered_by_a_run_of_their_own(visit, server):
    page = workbench(visit)
    page.check("#peace .provisions >> text=monitoring mission")
    page.select_option("#peace-form", "ceasefire")
    page.click("#peace button[type=submit]")
    page.wait_for_selector(".peace-answer table")
    run = next(one for one in api(server, "/runs") if one["kind"] == "peace")
    assert run["options"] == {"with": ["monitoring_mission"], "form": "ceasefire"}
    curve = api(server, f"/runs/{run['id']}/result")["forms"]["ceasefire"]["curve"]
    shown = page.eval_on_selector_all(
        ".peace-answer td data", "all => all.map((one) => Number(one.dataset.value))"
    )
    assert shown == [point["p"] for point in curve if point["days"] in (30, 90, 365, 1826)]
    assert page.is_hidden("#peace .notice")
    move(page, "war.position", "ArrowRight")
    page.wait_for_selector("text=Asked before your last change")

    lasting = visit(f"/r/{run['id']}")
    lasting.wait_for_selector("body[data-ready]")
    lasting.click(".menu summary")
    files = lasting.eval_on_selector_all("#downloads li a", "all => all.map((a) => a.dataset.file)")
    assert files == ["briefing.md", "result", "dossier.yaml"]
    with urllib.request.urlopen(f"{server}/api/v1/runs/{run['id']}/briefing.md") as response:
        assert response.status == 200


def test_the_lasting_page_of_a_failed_run_tells_every_fault(visit, server):
    page = workbench(visit)
    told = api(server, f"/runs/{run_of(page, server)[0]}")
    fault = {
        "file": "dossier.yaml", "line": 3, "column": 5, "path": "war.position", "found": "is 7",
        "rule": "A share.", "mend": "write 0.7.", "text": "  position: 7",
    }  # fmt: skip
    failed = {**told, "state": "failed", "error": {"message": "One fault.", "faults": [fault]}}
    page.route("**/api/v1/runs/*", lambda route: route.fulfill(json=failed))
    page.goto(f"{server}/r/{told['id']}")
    page.wait_for_selector("#trouble .fault")
    assert "line 3, column 5" in page.inner_text("#trouble")
    assert "write 0.7." in page.inner_text("#trouble")


def test_charts_are_drawn_told_and_redrawn_in_place(visit, server):
    page = workbench(visit)
    run, _ = run_of(page, server)
    charts = api(server, f"/runs/{run}/charts")
    page.wait_for_selector("#charts figure")
    assert page.locator("#charts figure").count() == len(charts) > 5
    for chart in charts:
        figure = page.locator(f"#chart-{chart['id']} figure")
        figure.scroll_into_view_if_needed()
        figure.locator(".plot svg").wait_for()
        assert figure.locator(".plot").get_attribute("aria-label") == chart["alt"]
    figure = page.locator("#chart-outcomes figure")
    figure.locator("summary").click()
    assert figure.locator("tbody tr").count() == len(
        next(one for one in charts if one["id"] == "outcomes")["rows"]
    )
    assert not re.search(r"\d\.\d", figure.locator("tbody").inner_text())
    figure.locator(".plot svg").evaluate("svg => { svg.dataset.kept = 'yes'; }")
    move(page, "war.position", "Home")
    page.wait_for_function("run => document.getElementById('answer').dataset.run !== run", arg=run)
    page.wait_for_selector("#chart-outcomes.paired")


# --- errors ---------------------------------------------------------------------------------------


def source(server: str) -> str:
    with urllib.request.urlopen(f"{server}/api/v1/dossiers/{DOSSIER}/source") as response:
        return response.read().decode()


def test_a_broken_dossier_is_told_line_by_line_and_mended_on_the_spot(visit, server):
    page = visit("/")
    good = source(server)
    broken = good.replace("as_of: ", "as_of: about ", 1).replace(
        "role: belligerent", "role: hero", 1
    )
    page.fill("#text", broken)
    page.click("#open")
    page.wait_for_selector("#faults .fault")
    lines = broken.split("\n")
    places = [
        next(i for i, line in enumerate(lines, 1) if word in line)
        for word in ("as_of: about", "role: hero")
    ]
    told = page.locator("#faults .fault").all_inner_texts()
    for place, text in zip(places, told, strict=True):
        assert f"line {place}, column" in text
        assert lines[place - 1].strip() in text
        assert "Mend:" in text
    page.click("#faults .fault >> nth=1 >> button")
    chosen = page.evaluate(
        "() => { const t = document.getElementById('text'); return t.value.slice(t.selectionStart, t.selectionEnd); }"
    )
    assert chosen.startswith("hero")
    assert page.input_value("#text") == broken  # nothing typed is lost
    page.fill("#text", good.replace('title: "Ethiopia', 'title: "Brought, Ethiopia', 1))
    page.click("#open")
    page.wait_for_selector("body.work[data-ready]")
    assert page.inner_text("#title").startswith("Brought, ")


def test_a_file_is_brought_and_hostile_text_stays_text(visit, server, tmp_path):
    markup = "<img src=x onerror=document.title='owned'><script>document.title='owned'</script>"
    hostile = markup + "$& $`"  # what JavaScript fills in where it replaces one text by another
    text = source(server).replace("name: Ethiopia\n", f'name: "{hostile}"\n', 1)
    assert hostile in text
    file = tmp_path / "hostile.yaml"
    file.write_text(text, encoding="utf-8")
    page = visit("/")
    page.set_input_files("#file", str(file))
    page.wait_for_selector("body.work[data-ready]")
    page.goto(page.url + "?" + SMALL)
    answered(page)
    assert hostile in page.inner_text("#rungs")
    assert page.locator("main img, main script, aside img").count() == 0
    assert "owned" not in page.title()
    for figure in page.locator("#charts figure").all()[:4]:
        figure.scroll_into_view_if_needed()
        figure.locator(".plot svg").wait_for()
    assert page.locator("main img, main script").count() == 0
    assert "owned" not in page.title()

    page = visit("/")
    page.on("dialog", lambda dialog: dialog.dismiss())
    page.wait_for_selector("#brought li")
    kept = page.locator("#brought li").count()
    page.click("#brought li >> nth=0 >> text=Forget")
    assert page.locator("#brought li").count() == kept


def test_a_dossier_is_forgotten_once_that_is_confirmed(visit, server):
    page = visit("/")
    page.fill("#text", source(server).replace('title: "Ethiopia', 'title: "Forgotten, Ethiopia', 1))
    page.click("#open")
    page.wait_for_selector("body.work[data-ready]")
    page.goto(server)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    page.click("[aria-label^='Forget Forgotten']")
    page.wait_for_selector("text=Forgotten, Ethiopia", state="detached")
    assert "cannot be undone" in asked[0]
    assert page.evaluate("() => document.activeElement.id") == "main"


def test_a_refused_change_is_told_and_kept(visit):
    page = workbench(visit)
    page.click(".advanced summary")
    page.fill("#draws", "999999")
    page.keyboard.press("Tab")
    page.wait_for_selector("#trouble .trouble")
    assert "at most" in page.inner_text("#trouble")
    assert page.input_value("#draws") == "999999"
    page.fill("#draws", "8")
    page.keyboard.press("Tab")
    answered(page)
    assert page.inner_text("#trouble") == ""


def test_a_silent_server_loses_nothing(visit, server):
    page = workbench(visit)
    before, _ = run_of(page, server)
    page.route("**/api/v1/runs", lambda route: route.abort())
    move(page, "war.position", "Home")
    page.wait_for_selector("body[data-phase=silent]")
    assert "does not answer" in page.inner_text("#trouble")
    assert "war.position=0.02" in page.url
    page.unroute("**/api/v1/runs")
    page.wait_for_function(
        "run => document.getElementById('answer').dataset.run !== run", arg=before
    )
    answered(page)
    matches(page, server)


# --- for everybody --------------------------------------------------------------------------------

NAMELESS = """() => [...document.querySelectorAll('input, select, textarea, button, summary, a[href], progress, [role=region], [role=img]')]
  .filter((one) => one.offsetParent !== null || one.closest('details'))
  .filter((one) => !(one.labels?.length && one.labels[0].textContent.trim()) && !one.getAttribute('aria-label')
    && !one.textContent.trim() && !document.getElementById(one.getAttribute('aria-labelledby') ?? '')?.textContent)
  .map((one) => one.outerHTML.slice(0, 120))"""
JUMPS = """() => [...document.querySelectorAll('[tabindex]')].filter((one) => one.tabIndex > 0).length"""
TWICE = """() => { const ids = [...document.querySelectorAll('[id]')].map((one) => one.id);
  return ids.filter((id, i) => ids.indexOf(id) !== i); }"""
LEVELS = "all => all.map((one) => Number(one.tagName[1]))"


def check_access(page) -> None:
    """Every control has a name, order is that of the page, ids are unique, headings go down in steps."""
    assert page.evaluate(NAMELESS) == []
    assert page.evaluate(JUMPS) == 0
    assert page.evaluate(TWICE) == []
    assert page.locator("main").count() == 1
    assert page.locator("h1").count() == 1
    levels = page.eval_on_selector_all("main :is(h1,h2,h3,h4,h5,h6)", LEVELS)
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_the_first_page_is_for_everybody(visit):
    page = visit("/")
    page.wait_for_selector("body[data-ready]")
    check_access(page)
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.className") == "skip"


def test_the_workbench_is_for_everybody(visit):
    page = workbench(visit)
    for summary in page.locator(".group:not([hidden]) > summary").all():
        summary.click()
    check_access(page)
    page.focus(".skip")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the second skip link: to the controls
    assert page.evaluate("() => document.activeElement.id") == "controls"
    assert page.get_attribute("#spoken", "aria-live") == "polite"
    assert re.search(r"Full answer.*: (<?\d+%|>99%), 80% interval", page.text_content("#spoken"))


@pytest.mark.parametrize("address", ["/", f"/d/{DOSSIER}?{SMALL}&war.position=0.7"])
def test_a_phone_shows_all_without_scrolling_sideways(visit, address):
    page = visit(address, width=390, reduced_motion="reduce")
    page.wait_for_selector("body[data-ready]")
    wide = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    if address != "/":
        answered(page)
        page.wait_for_selector("#charts figure")
        assert page.evaluate(wide) == 0
        page.click("#open-controls")
        page.wait_for_selector("#find")
        assert page.evaluate("() => document.activeElement.id") == "find"
        page.keyboard.press("Escape")
        assert not page.is_visible("#find")
    assert page.evaluate(wide) == 0


def test_every_pair_of_colours_has_contrast_aa():
    css = (resources.files("interbellum.web") / "static" / "style.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", css))
    text = ("ink", "muted", "accent", "moved", "bad")
    for front in text:
        for back in ("paper", "sheet", "shade"):
            assert contrast(colours[front], colours[back]) >= 4.5, (front, back)
    for front, back in (
        ("sheet", "accent"),
        ("accent", "accent-pale"),
        ("bad", "bad-pale"),
        ("ink", "bad-pale"),
        ("accent", "bad-pale"),
    ):
        assert contrast(colours[front], colours[back]) >= 4.5, (front, back)
    for front, back in (
        ("edge", "sheet"),
        ("edge", "paper"),
        ("accent", "accent-soft"),
        ("moved", "shade"),
        ("accent", "shade"),
    ):
        assert contrast(colours[front], colours[back]) >= 3.0, (
            front,
            back,
        )  # parts of controls and charts


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours (WCAG 2.2, relative luminance)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


# --- what the page is made of ---------------------------------------------------------------------


def test_no_script_writes_markup():
    static = resources.files("interbellum.web") / "static"
    for name in MODULES:
        text = (static / name).read_text(encoding="utf-8")
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|https?://", text
        ), name


def test_the_chart_script_is_there_and_is_what_vl_convert_carries():
    import vl_convert

    script = resources.files("interbellum.web") / "static" / "vega.js"
    assert script.is_file(), "Make it: python hatch_build.py"
    text = script.read_text(encoding="utf-8")
    head = text.split("\n", 1)[0]
    assert f"Vega {vl_convert.get_vega_version()}," in head
    assert head.endswith(f"made by vl-convert {vl_convert.__version__}. */")
    assert f"Vega-Embed {vl_convert.get_vega_embed_version()} " in head
    assert "window.vegaEmbed" in text
    # Addresses in it are names of schemas, never files that it loads.
    hosts = set(re.findall(r"https?://([\w.]+)", text))
    assert hosts <= {"www.w3.org", "vega.github.io", "github.com"}
    assert not re.search(r"\b(import|importScripts)\s*\(?\s*[\"']https?:", text)
