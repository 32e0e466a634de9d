"""What is shipped is whole, says the same everywhere, and tells nothing of the machine it was made on."""

from __future__ import annotations

import ast
import re
import stat
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import yaml

from interbellum import __version__

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = ("requirements/lock.txt", "requirements/lock-test.txt", "requirements/lock-cuda.txt")


def _name(requirement: str) -> str:
    """Normal form of a distribution's name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", re.split(r"[<>=!~\[; ]", requirement, maxsplit=1)[0]).lower()


def _pins(lock: str) -> dict[str, str]:
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {_name(name): version for name, version in pairs}


def _readme_command(mark: str) -> str:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.findall(rf"<!-- {mark} -->\n```sh\n(.*?)\n```", text, flags=re.DOTALL)
    assert len(found) == 1, f"README.md has no command of one line under {mark}"
    command: str = found[0]
    return command


# --- one version -------------------------------------------------------------------------------


def test_version_is_the_same_everywhere() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == __version__
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## (\S+)", changes, flags=re.MULTILINE)
    assert newest
    assert newest[1] == __version__
    assert metadata.version("interbellum") == __version__


def test_pyproject_reads_the_version_from_the_package() -> None:
    assert "version" not in PROJECT["project"]
    assert PROJECT["tool"]["hatch"]["version"]["path"] == "src/interbellum/__init__.py"


def test_licence_is_the_same_everywhere() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert PROJECT["project"]["license"] == citation["license"] == "Apache-2.0"


# --- locks -------------------------------------------------------------------------------------


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_holds_names_and_versions_only(lock: str) -> None:
    for line in (ROOT / lock).read_text(encoding="utf-8").splitlines():
        assert re.fullmatch(r"#.*|[A-Za-z0-9._-]+==[A-Za-z0-9.!+]+", line), line


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_pins_every_dependency(lock: str) -> None:
    wanted = PROJECT["project"]["dependencies"]
    for extra, wheels in PROJECT["project"]["optional-dependencies"].items():
        if extra in lock:
            wanted = wanted + wheels
    assert {_name(one) for one in wanted} <= set(_pins(lock))


def test_locks_agree() -> None:
    plain, *others = (_pins(lock) for lock in LOCKS)
    for other in others:
        assert {name: other.get(name) for name in plain} == plain


def test_dependencies_have_lower_bounds_that_the_lock_meets() -> None:
    groups = PROJECT["project"]["optional-dependencies"].values()
    pins = {name: version for lock in LOCKS for name, version in _pins(lock).items()}
    for one in [*PROJECT["project"]["dependencies"], *(item for group in groups for item in group)]:
        name, _, bound = one.partition(";")[0].partition(",")[0].partition(">=")
        assert bound, f"{name} has no lower bound"
        pinned = pins[_name(name)]
        bound = bound.partition(",")[0]  # an upper bound may follow
        assert [*map(int, re.findall(r"\d+", bound))] <= [*map(int, re.findall(r"\d+", pinned))]


def test_every_import_is_a_declared_dependency() -> None:
    ours = {"interbellum", "__future__", *sys.stdlib_module_names}
    declared = {_name(one) for one in PROJECT["project"]["dependencies"]}
    declared |= {_name(one) for one in PROJECT["project"]["optional-dependencies"]["ucdp"]}
    # PyYAML's module; pydantic's own core; vl-convert-python's module
    declared |= {"yaml", "pydantic-core", "vl-convert"}
    found = set()
    for file in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found.add((node.module or "").split(".")[0])
    assert {_name(name) for name in found - ours} <= declared


# --- the README's commands and CI --------------------------------------------------------------


@pytest.mark.parametrize("mark", ["brief-command", "test-command"])
def test_readme_command_is_one_line_with_its_lock(mark: str) -> None:
    command = _readme_command(mark)
    assert "\n" not in command
    lock = LOCKS["test" in mark]
    assert f"-c {lock} " in command
    assert command.startswith("python3 -m venv .venv && ")


def test_ci_runs_the_readme_s_test_command() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & stat.S_IXUSR
    text = script.read_text(encoding="utf-8")
    taken = re.search(r"command=\$\((awk .*?)\)\nif", text, flags=re.DOTALL)
    assert taken
    done = subprocess.run(
        ["bash", "-c", taken[1]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == _readme_command("test-command") + "\n"
    assert text.count("pytest") == 0  # nothing of its own beside the README's line


def test_readme_names_every_verb() -> None:
    from interbellum.cli.main import VERBS

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| `interbellum (\w+)", text, flags=re.MULTILINE)
    assert named == list(VERBS)


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (ROOT / target).exists(), target


# --- what is in the package --------------------------------------------------------------------


def test_package_ships_its_data() -> None:
    package = ROOT / "src" / "interbellum"
    assert (package / "py.typed").is_file()
    assert (package / "dossier" / "template.yaml").is_file()
    for name in ("briefing.css", "briefing.typ", "picture.typ"):
        assert (package / "briefing" / name).is_file()
    assert list((package / "dossier" / "library").glob("*.yaml"))


def test_python_versions_are_those_of_the_issue() -> None:
    assert PROJECT["project"]["requires-python"] == ">=3.11,<3.15"


# --- nothing of the machine --------------------------------------------------------------------

# Written in pieces, so that this file does not hold what it looks for.
FORBIDDEN = {
    "a package registry's host": "|".join(
        (
            "pypi" + r"\.org",
            "python" + r"hosted\.org",
            "npm" + r"js\.(?:org|com)",
            "deb" + r"ian\.org",
        )
    ),
    "a path of somebody's machine": r"(?<![\w.~-])/(?:"
    + "|".join(("root", "home", "Users", "work", "opt"))
    + r")/\w",
}


def _tracked() -> list[Path]:
    """Tracked files and new ones that git does not ignore; every file where git is not there."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_tells_of_the_machine(what: str) -> None:
    found = []
    for file in _tracked():
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), start=1):
            if re.search(FORBIDDEN[what], line):
                found.append(f"{file.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert found == []


def test_search_for_machine_paths_finds_them() -> None:
    path = FORBIDDEN["a path of somebody's machine"]
    for bad in ("/".join(("", "root", "x")), "see " + "/".join(("", "home", "me", "f"))):
        assert re.search(path, bad)
    for good in ("src/work/x", "../shared/home/x", "the home/work balance", "https://a.org/opt/x"):
        assert not re.search(path, good)
