"""The command line: data on standard output, talk on standard error, exit codes, fast help."""

from __future__ import annotations

import csv
import inspect
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest
from click.testing import CliRunner, Result

from factories import example_dossier, example_result
from factories_dossier import as_yaml, minimal_data, minimal_dossier
from interbellum import __version__
from interbellum.cli import main as cli
from interbellum.dossier.jsonschema import json_schema
from interbellum.dossier.reader import shipped
from interbellum.dossier.template import template
from interbellum.dossier.tree import parse_tree
from interbellum.errors import InternalError, UsageError

HEAVY = ("numpy", "pydantic", "numba", "scipy", "rich", "yaml")
HELP_BUDGET = 0.30  # seconds of processor time; the issue's bound


def call(*args: str, env: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(cli.main, [str(arg) for arg in args], env=env)


def shell(*args: str, **kwargs: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "interbellum", *args]
    return subprocess.run(command, capture_output=True, text=True, check=False, **kwargs)


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A dossier file whose run takes no time: the pipeline has tests of its own."""
    from interbellum import analysis

    asked: dict[str, Any] = {}

    def run(loaded: Any, **kwargs: Any) -> Any:
        asked.update(kwargs)
        if kwargs.get("draws") == 1:
            raise UsageError("1 draws were asked for; ask for 8 to 65536 (--draws 256).")
        return example_result()

    monkeypatch.setattr(analysis, "run", run)
    file = tmp_path / "north-south.yaml"
    file.write_text(example_dossier().tree.text, encoding="utf-8")
    return file


# --- help --------------------------------------------------------------------------------------


@pytest.mark.parametrize("args", [("--help",), ("--version",), ("brief", "--help")])
def test_help_loads_nothing_heavy(args: tuple[str, ...]) -> None:
    command = [sys.executable, "-X", "importtime", "-m", "interbellum", *args]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "click" in loaded
    assert [name for name in HEAVY if name in loaded] == []


def test_help_is_fast() -> None:
    spent = []
    for _ in range(3):
        before = os.times()
        assert shell("--help").returncode == 0
        after = os.times()
        spent.append(
            after.children_user
            + after.children_system
            - before.children_user
            - before.children_system
        )
    assert min(spent) < HELP_BUDGET


@pytest.mark.parametrize("verb", cli.VERBS)
def test_verb_has_help_that_starts_as_the_list_says(verb: str) -> None:
    shown = call(verb, "--help")
    assert shown.exit_code == 0
    command = cli.main.get_command(click.Context(cli.main), verb)
    assert command is not None
    assert (command.help or "").startswith(cli.VERBS[verb] + "\n")
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help, f"{verb} {option.name} lacks help"


@pytest.mark.parametrize("verb", [verb for verb in cli.VERBS if verb != "serve"])
def test_verb_prints_json(verb: str) -> None:
    """All but `serve`, which prints nothing to standard output: its API tells JSON."""
    assert "--json" in call(verb, "--help").stdout


def test_every_file_of_a_verb_is_listed() -> None:
    folder = Path(cli.__file__).parent
    helpers = {"__init__", "main", "output", "running"}
    assert {file.stem for file in folder.glob("*.py")} - helpers == set(cli.VERBS)


def test_help_states_the_defaults_of_the_api() -> None:
    from interbellum import analysis

    shown = " ".join(call("brief", "--help").stdout.split())
    parameters = inspect.signature(analysis.run).parameters
    for name in ("draws", "paths", "seed"):
        stated = re.search(rf"--{name} INTEGER [^;]*; (\d+) unless given", shown)
        assert stated, name
        assert int(stated[1]) == parameters[name].default


def test_version_is_the_package_s() -> None:
    assert call("--version").stdout == f"interbellum {__version__}\n"


def test_module_speaks_as_the_console_script() -> None:
    assert shell("--help").stdout.startswith("Usage: interbellum [OPTIONS]")


# --- errors and exit codes ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["fly"], "No such command 'fly'"),
        (["brief"], "Missing argument 'DOSSIER'"),
        (["brief", "x", "--draws", "many"], "'many' is not a valid integer"),
        (["brief", "no-such-war"], "neither a file nor a shipped dossier"),
        (["show", "x" * 5000], "neither a file nor a shipped dossier"),
        (["convert", "a.txt", "b.yaml"], "is made from a .csv of positions"),
    ],
)
def test_misuse_is_two_with_one_message(args: list[str], words: str) -> None:
    done = call(*args)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_dossier_to_mend_is_one_and_says_so_on_standard_error(tmp_path: Path) -> None:
    file = tmp_path / "war.yaml"
    file.write_text("schema_version: 1\n", encoding="utf-8")
    done = call("brief", str(file))
    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr.rstrip().endswith("faults to mend.")


@pytest.mark.parametrize(
    "error", [ValueError("a\nb"), InternalError("shares sum to 2"), MemoryError()]
)
def test_fault_of_ours_is_two_and_asks_for_a_report(
    error: Exception, monkeypatch: pytest.MonkeyPatch, answered: Path
) -> None:
    from interbellum import analysis

    def fail(*args: Any, **kwargs: Any) -> None:
        raise error

    monkeypatch.setattr(analysis, "run", fail)
    monkeypatch.delenv("INTERBELLUM_DEBUG", raising=False)
    done = call("brief", str(answered))
    assert done.exit_code == 2
    assert done.stdout == ""
    first, second = done.stderr.splitlines()
    assert "our fault" in first
    assert f"interbellum {__version__}" in first
    assert "report" in second
    assert isinstance(
        call("brief", str(answered), env={"INTERBELLUM_DEBUG": "1"}).exception, type(error)
    )


def test_closed_pipe_ends_quietly() -> None:
    command = f"'{sys.executable}' -m interbellum show {shipped()[0]} | head -c 1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, len(done.stdout), done.stderr) == (0, 1, "")


def test_ctrl_c_is_told_and_is_not_one(monkeypatch: pytest.MonkeyPatch, answered: Path) -> None:
    from interbellum import analysis

    def stop(*args: Any, **kwargs: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(analysis, "run", stop)
    done = call("brief", str(answered))
    assert (done.exit_code, done.stdout, done.stderr) == (130, "", "Stopped.\n")


def test_terminal_without_a_letter_is_served(tmp_path: Path) -> None:
    file = tmp_path / "war.yaml"
    text = minimal_dossier().replace("title: A toy war", "title: Київ")
    file.write_text(text, encoding="utf-8")
    done = shell("show", str(file), env=os.environ | {"PYTHONIOENCODING": "latin-1"})
    assert done.returncode == 0
    assert done.stderr == ""
    assert done.stdout.startswith("\\u041a\\u0438")


# --- the verbs ---------------------------------------------------------------------------------


def test_list_names_every_shipped_dossier() -> None:
    listed = json.loads(call("list", "--json").stdout)
    assert tuple(one["id"] for one in listed) == shipped()
    assert all(name in call("list").stdout for name in shipped())


def test_show_tells_ladders_and_stands(tmp_path: Path) -> None:
    file = tmp_path / "war.yaml"
    file.write_text(template(), encoding="utf-8")
    told = call("show", str(file), env={"COLUMNS": "250"}).stdout
    for words in (
        "river war pause",
        "Government of Eastport",
        "The held towns are recognised as Northland's",
        "nothing beyond: The line as it stands",
        "68% sure",  # median of "likely", .55 to .80, is .675
        "LM: 15; TK: 5 to 20, most likely 8",
        "12 to 96 (9 in 10), median 36",
        "Left out: Southmark's opposition",
    ):
        assert words in told


@pytest.mark.parametrize("name", shipped())
def test_show_json_is_a_dossier_again(name: str) -> None:
    done = call("show", name, "--json")
    assert done.exit_code == 0
    data = json.loads(done.stdout)
    jsonschema.validate(data, json_schema())


def test_new_then_check(tmp_path: Path) -> None:
    file = tmp_path / "my-war.yaml"
    made = call("new", str(file))
    assert (made.exit_code, made.stdout) == (0, "")
    assert f"interbellum check {file}" in made.stderr
    checked = call("check", str(file))
    assert (checked.exit_code, checked.stdout) == (0, "")
    assert checked.stderr == f"{file}: no faults, no warnings.\n"
    again = call("new", str(file))
    assert again.exit_code == 2
    assert "left as it is" in again.stderr


def test_check_json_gives_faults_as_objects(tmp_path: Path) -> None:
    data = minimal_data()
    data["war"]["position"] = 7
    file = tmp_path / "war.yaml"
    file.write_text(as_yaml(data), encoding="utf-8")
    done = call("check", str(file), "--json")
    assert done.exit_code == 1
    report = json.loads(done.stdout)
    (fault,) = report["faults"]
    assert fault["path"] == "war.position"
    assert fault["found"] == "is 7"
    assert fault["line"] > 1
    assert set(fault) >= {"file", "line", "column", "path", "found", "rule", "mend"}
    assert [one["path"] for one in report["warnings"]] == ["war.position"]


def test_convert_writes_a_fragment_and_lists_what_stayed_out(tmp_path: Path) -> None:
    table, out = tmp_path / "positions.csv", tmp_path / "out.yaml"
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            [
                "issue_id",
                "issue",
                "option_ladder",
                "actor",
                "date",
                "position",
                "ladder_level",
                "source_name",
            ]
        )
        for day in ("2031-01-01", "2031-07-01"):
            writer.writerow(["C1", "Truce", "0:none|1:all", "North", day, "all", "1", "a speech"])
    done = call("convert", str(table), str(out), "--as-of", "2031-06-30", "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["positions"] == 1
    assert f"left out: {table}:3: C1, North, 2031-07-01: later than the cut-off" in done.stderr
    assert set(parse_tree("out.yaml", out.read_bytes()).data) == {"issues", "positions"}
    assert call("convert", str(table), str(out), "--as-of", "2031-06-30").exit_code == 2


def test_schema_accepts_every_shipped_dossier() -> None:
    done = call("schema")
    schema = json.loads(done.stdout)
    assert schema == json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    texts = {"template": template(), "minimal": minimal_dossier()}
    for name in shipped():
        file = Path(cli.__file__).parents[1] / "dossier" / "library" / f"{name}.yaml"
        texts[name] = file.read_text(encoding="utf-8")
    for name, text in texts.items():
        errors = [
            f"{name}: {'.'.join(map(str, error.absolute_path))}: {error.message[:200]}"
            for error in validator.iter_errors(parse_tree(name, text.encode()).data)
        ]
        assert errors == []


def test_schema_explains_fields_and_refuses_unknown_ones() -> None:
    schema = json_schema()
    assert schema["title"]
    assert schema["$schema"].endswith("2020-12/schema")
    assert schema["additionalProperties"] is False
    for name, block in schema["$defs"].items():
        for field, told in block.get("properties", {}).items():
            assert told.get("description"), f"{name}.{field}"
    switch = schema["$defs"]["RegimeSwitch"]["properties"]
    assert "from" in switch  # the name in the file, not the one in Python
    bad = minimal_data() | {"wars": {}}
    assert not jsonschema.Draft202012Validator(schema).is_valid(bad)


def test_brief_keeps_data_and_talk_apart(answered: Path) -> None:
    done = call("brief", str(answered), env={"COLUMNS": "100"})
    assert done.exit_code == 0, done.stderr
    assert "BOTTOM LINE" in done.stdout.upper()
    assert "seed" in done.stderr
    assert "\x1b" not in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 100


def test_brief_json_is_json_by_either_name_and_from_a_file_s_ending(
    answered: Path, tmp_path: Path
) -> None:
    printed = call("brief", str(answered), "--json").stdout
    assert json.loads(printed)["dossier"]["id"]
    assert call("brief", str(answered), "--format", "json").stdout == printed
    out = tmp_path / "b.json"
    done = call("brief", str(answered), "--out", str(out))
    assert done.stdout == ""
    assert f"Wrote {out}" in done.stderr
    assert out.read_text(encoding="utf-8") == printed


def test_brief_markdown_by_name_and_by_ending(answered: Path, tmp_path: Path) -> None:
    printed = call("brief", str(answered), "--format", "md").stdout
    assert printed.startswith("# ")
    out = tmp_path / "b.md"
    call("brief", str(answered), "--out", str(out))
    assert out.read_text(encoding="utf-8") == printed


def test_two_forms_at_once_are_misuse(answered: Path) -> None:
    done = call("brief", str(answered), "--json", "--format", "md")
    assert done.exit_code == 2
    assert "Keep one" in done.stderr


def test_out_that_cannot_be_written_is_misuse(answered: Path, tmp_path: Path) -> None:
    done = call("brief", str(answered), "--out", str(tmp_path / "nowhere" / "b.md"))
    assert done.exit_code == 2
    assert "cannot be written" in done.stderr


def test_range_of_draws_is_checked_by_the_api(answered: Path) -> None:
    done = call("brief", str(answered), "--draws", "1")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "8 to 65536" in done.stderr


def test_why_lists_figures_and_traces_one(answered: Path) -> None:
    listed = call("why", str(answered)).stdout.split()
    assert "range.open_share" in listed
    assert json.loads(call("why", str(answered), "--json").stdout)["figures"] == listed
    told = call("why", str(answered), "range.open_share")
    assert told.exit_code == 0
    assert "range.open_share" in told.stdout
    traced = json.loads(call("why", str(answered), "range.open_share", "--json").stdout)
    assert traced["blocks"][0]["kind"] == "heading"
    missing = call("why", str(answered), "range.open_shares")
    assert missing.exit_code == 2
    assert "range.open_share" in missing.stderr


def test_compare_puts_the_earlier_dossier_first(answered: Path, tmp_path: Path) -> None:
    later = tmp_path / "later.yaml"
    text = answered.read_text(encoding="utf-8")
    day = re.search(r"as_of: (\S+)", text)
    assert day
    moved = day[1][:-2] + "28" if not day[1].endswith("28") else day[1][:-2] + "29"
    later.write_text(text.replace(f"as_of: {day[1]}", f"as_of: {moved}", 1), encoding="utf-8")
    one = json.loads(call("compare", str(answered), str(later), "--json").stdout)
    other = json.loads(call("compare", str(later), str(answered), "--json").stdout)
    assert one["before"] == other["before"]
    assert one["before"]["as_of"] < one["after"]["as_of"]
    assert call("compare", str(answered), str(later)).exit_code == 0


# --- the progress bar --------------------------------------------------------------------------


def test_no_bar_when_nobody_watches() -> None:
    from interbellum.cli.output import progress_bar

    with progress_bar() as progress:
        assert progress is None


@pytest.mark.parametrize(("patience", "appears"), [(0.01, True), (60.0, False)])
def test_bar_appears_on_standard_error_after_a_while(
    patience: float,
    appears: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from interbellum.cli import output

    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(output, "PATIENCE", patience)
    with output.progress_bar() as progress:
        assert progress is not None
        time.sleep(0.2)
        progress("talks", 0.5)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert ("talks" in shown.err) is appears


def test_a_folder_that_is_not_there_is_told_before_the_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("interbellum.analysis.run", lambda *_, **__: pytest.fail("it ran"))
    done = call("brief", "eritrea-ethiopia-1999", "--out", tmp_path / "missing" / "page.md")
    assert done.exit_code == 2
    assert "there is no folder" in done.stderr
    done = call("brief", "eritrea-ethiopia-1999", "--out", tmp_path)
    assert done.exit_code == 2
    assert "is a folder. Name a file in it." in done.stderr


# --- HTML, PDF and charts ----------------------------------------------------------------------


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Charts drawn in this process, which has started what draws already."""
    from contextlib import nullcontext

    from interbellum.cli import running

    monkeypatch.setattr(running, "drawers", nullcontext)


@pytest.mark.usefixtures("alone")
def test_brief_html_by_name_and_by_ending(answered: Path, tmp_path: Path) -> None:
    out = tmp_path / "b.html"
    done = call("brief", str(answered), "--out", str(out))
    assert done.exit_code == 0, done.stderr
    assert f"Wrote {out}" in done.stderr
    text = out.read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert "<svg" in text
    assert call("brief", str(answered), "--format", "html").stdout == text


@pytest.mark.usefixtures("alone")
def test_brief_pdf_goes_to_a_file_or_a_pipe(answered: Path, tmp_path: Path) -> None:
    out = tmp_path / "B.PDF"
    done = call("brief", str(answered), "--out", str(out))
    assert done.exit_code == 0, done.stderr
    assert out.read_bytes()[:5] == b"%PDF-"
    assert done.stdout == ""


def test_a_pdf_on_a_terminal_is_refused_before_the_run(
    answered: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from interbellum.cli import brief

    monkeypatch.setattr(brief.sys, "stdout", Terminal())
    with pytest.raises(UsageError, match=r"Name a file with --out\."):
        cli.main.get_command(None, "brief").main(  # type: ignore[arg-type, union-attr]
            [str(answered), "--format", "pdf"], standalone_mode=False
        )


class Terminal:
    def isatty(self) -> bool:
        return True


def test_processes_that_draw_give_what_one_gives() -> None:
    from interbellum.briefing import pictures
    from interbellum.cli import running
    from interbellum.model.chart import Chart

    spec = {"data": {"name": "d"}, "mark": "point", "encoding": {"x": {"field": "x"}}}
    charts = [Chart(f"c{i}", "t", "a", spec, {"d": ({"x": i},)}, {"x": "x"}) for i in range(3)]
    with running.drawers() as executor:
        assert pictures.svgs(charts, executor) == pictures.svgs(charts)


def test_open_shows_the_file_that_was_written(
    answered: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import webbrowser

    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda address: bool(opened.append(address)))
    out = tmp_path / "b.md"
    done = call("brief", str(answered), "--out", str(out), "--open")
    assert opened == [out.as_uri()]
    assert f"Nothing here opens {out}" in done.stderr  # append gives None
    call("brief", str(answered), "--out", str(out))
    assert len(opened) == 1
    done = call("brief", str(answered), "--open")
    assert done.exit_code == 2
    assert "Name one with --out" in done.stderr


def test_fonts_are_for_a_pdf(answered: Path, tmp_path: Path) -> None:
    done = call("brief", str(answered), "--fonts", str(tmp_path))
    assert done.exit_code == 2
    assert "--format pdf" in done.stderr


@pytest.mark.parametrize(
    ("form", "starts"), [("svg", b"<svg "), ("png", b"\x89PNG"), ("pdf", b"%PDF-"), ("json", b"{")]
)
def test_charts_are_written_one_file_each(
    answered: Path, tmp_path: Path, form: str, starts: bytes
) -> None:
    folder = tmp_path / "new" / "folder"
    args = ("charts", str(answered), "--out", str(folder), "--format", form)
    done = call(*args, "--only", "outcomes", "--only", "survival-ceasefire", "--json")
    assert done.exit_code == 0, done.stderr
    listed = json.loads(done.stdout)
    assert [one["id"] for one in listed] == ["outcomes", "survival-ceasefire"]
    assert {Path(one["file"]).name for one in listed} == {path.name for path in folder.iterdir()}
    for one in listed:
        assert one["title"]
        assert Path(one["file"]).suffix == f".{form}"
        assert Path(one["file"]).read_bytes().startswith(starts)


@pytest.mark.parametrize("folder", ["file/charts", "dangling", "a" * 300])
def test_a_folder_that_cannot_be_made_is_told_before_the_run(
    answered: Path, tmp_path: Path, folder: str
) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    before = sorted(tmp_path.iterdir())
    done = call("charts", str(answered), "--out", str(tmp_path / folder))
    assert done.exit_code == 2
    assert "cannot be made" in done.stderr
    assert "Mend:" in done.stderr
    assert "draws" not in done.stderr  # nothing has been run
    assert sorted(tmp_path.iterdir()) == before


def test_a_run_that_writes_nothing_leaves_no_folder(answered: Path, tmp_path: Path) -> None:
    done = call("charts", str(answered), "--out", str(tmp_path / "a" / "b"), "--only", "nonsense")
    assert done.exit_code == 2
    assert not (tmp_path / "a").exists()


def test_charts_lists_what_it_wrote_and_names_what_there_is(answered: Path, tmp_path: Path) -> None:
    done = call("charts", str(answered), "--out", str(tmp_path), "--format", "json")
    assert done.exit_code == 0, done.stderr
    assert "outcomes.json" in done.stdout
    done = call("charts", str(answered), "--only", "nonsense")
    assert done.exit_code == 2
    assert "no chart nonsense. It has: outcomes" in done.stderr
