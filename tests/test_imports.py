"""Data flows one way: dossier, model, war, deals, peace, talks, briefing; imports follow it.

Every import is read from the source, deferred ones too, so that no test has to run them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "src" / "interbellum"

STAGE = {"model", "errors"}
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "model": set(),
    "dossier": {"model", "errors"},
    "war": STAGE,
    "deals": STAGE,
    "peace": STAGE,
    "talks": STAGE,
    "strategy": STAGE,
    "levers": STAGE,
    "record": STAGE,
    "charts": {"model", "dossier", "errors"},
    "briefing": {"model", "dossier", "errors", "charts"},
    "cli": {
        "analysis",
        "api",
        "briefing",
        "charts",
        "conditions",
        "dossier",
        "downloads",
        "errors",
        "model",
        "record",  # the ledger's file
        "room",
        "table",
        "web",  # the verb serve
    },
    "store": {"model", "errors"},
    "web": {
        "analysis",
        "api",
        "briefing",
        "charts",
        "dossier",
        "downloads",  # where the user's data lies
        "errors",
        "model",
        "store",
    },
    "downloads": {"errors"},  # the network; nothing but the command line reaches it
    "__main__": {"cli"},
    "": {"api", "analysis", "briefing", "dossier", "errors", "model"},  # the lazy front page
    "api": {
        "analysis",
        "backtesting",
        "briefing",
        "deals",
        "diagnosis",
        "dossier",
        "endurance",
        "errors",
        "model",
        "questions",
        "record",
        "room",
        "table",
    },
}
STAGES = {"war", "deals", "peace", "talks", "strategy", "levers", "record"}
PIPELINE = STAGES | {
    "model",
    "dossier",
    "errors",
    "analysis",
    "bargaining",
    "case",
    "compiling",
    "conditions",
    "course",
    "diagnosis",
    "endurance",
    "grounds",
    "lasting",
    "pooling",
    "ripeness",
    "silences",
    "standing",
    "summary",
    "table",
}
"""What the modules beside the folders may import: analysis, backtesting, bargaining, case, compiling, course, diagnosis, endurance, grounds, lasting, pooling, questions,
ripeness, silences, standing, summary, table; no edge of ours."""
EDGES = {"store", "execution", "web", "cli"}


def _module(file: Path) -> str:
    """Dotted name below the package; the package itself is empty."""
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def _imports(file: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name below the package of every import of ours in a file."""
    here = ("interbellum", *_module(file).split("."))
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = here if file.name == "__init__.py" else here[:-1]
                up = package[: len(package) - node.level + 1]
                base = ".".join(part for part in (*up, base) if part)
            names = [f"{base}.{alias.name}" for alias in node.names]
        elif (
            isinstance(node, ast.Call)
            and getattr(node.func, "attr", getattr(node.func, "id", ""))
            in ("import_module", "__import__")
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            names = [str(node.args[0].value)]
        for name in names:
            if name.split(".")[0] == "interbellum":
                yield node.lineno, name.removeprefix("interbellum").removeprefix(".")


def _layer(dotted: str) -> str:
    return dotted.split(".")[0]


FILES = sorted(ROOT.rglob("*.py"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: _module(file) or "interbellum")
def test_imports_follow_the_line(file: Path) -> None:
    layer = _layer(_module(file))
    allowed = MAY_IMPORT.get(layer, PIPELINE) | {layer, "__version__"}
    wrong = [
        f"{file.name}:{line} imports {name}"
        for line, name in _imports(file)
        if _layer(name) and _layer(name) not in allowed
    ]
    assert wrong == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: _module(file) or "interbellum")
def test_nothing_imports_the_edges(file: Path) -> None:
    layer = _layer(_module(file))
    if layer in EDGES or layer == "__main__":
        return
    assert [name for _, name in _imports(file) if _layer(name) in EDGES] == []


def test_every_folder_has_its_place_in_the_line() -> None:
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert folders <= set(MAY_IMPORT)


def test_pydantic_models_are_defined_at_the_edge_only() -> None:
    """House style: words at the edge, numbers inside. The page's requests and answers are the other edge."""
    owners = {
        _layer(_module(file))
        for file in FILES
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
        and {getattr(base, "id", "") for base in node.bases}
        & {"BaseModel", "Block", "RootModel", "_Asked", "_Told"}
        and node.name != "Block"
    }
    assert owners == {"dossier", "web"}


def test_reader_of_imports_sees_every_form(tmp_path: Path) -> None:
    file = ROOT / "war" / "sample.py"  # read as if it stood there; never written
    source = (
        "import interbellum.cli.main\n"
        "from interbellum import cli\n"
        "from ..talks import kernel\n"
        "def f():\n    from interbellum.web import app\n"
        "    importlib.import_module('interbellum.store')\n"
    )

    class Sample(type(file)):  # type: ignore[misc]
        def read_text(self, *args: object, **kwargs: object) -> str:
            return source

    found = [name for _, name in _imports(Sample(file))]
    assert found == ["cli.main", "cli", "talks.kernel", "web.app", "store"]
