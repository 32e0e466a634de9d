"""Whatever is sent, the API answers as it describes itself, and never with an error of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from factories_dossier import minimal_dossier
from interbellum.store.store import Store
from interbellum.web.app import create_app
from interbellum.web.desk import Limits
from web_client import API, Client, bring, work

DESCRIPTION = Path(__file__).parents[1] / "docs" / "reference" / "openapi.json"
ROUTES = [
    (path, method)
    for path, methods in json.loads(DESCRIPTION.read_text(encoding="utf-8"))["paths"].items()
    for method in methods
]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
SLOW = ("briefing.pdf", "briefing.html", ".svg", ".png")
"""What takes a second to make is asked for less often."""


class Fuzzed:
    """The application with one dossier and one finished run in it, and its schema."""

    def __init__(self, store: Store) -> None:
        self.app = create_app(store, limits=Limits(queued=5))
        self.client = Client(self.app)
        self.dossier = bring(self.client, minimal_dossier())
        asked = {"dossier": self.dossier, "draws": 8, "paths": 8}
        self.run = self.client.post("/runs", json=asked).json()["id"]
        work(store)
        self.schema = schemathesis.openapi.from_asgi(
            f"{API}/openapi.json", self.app, headers={"host": "127.0.0.1"}
        )


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fuzzed]:
    with Store(tmp_path_factory.mktemp("store") / "runs.sqlite3") as store:
        yield Fuzzed(store)


@pytest.mark.parametrize(("path", "method"), ROUTES, ids=lambda part: part.removeprefix(API))
def test_no_request_breaks_the_api(fuzzed: Fuzzed, path: str, method: str) -> None:
    strategy = fuzzed.schema[path][method].as_strategy()

    @settings(
        max_examples=2 if path.endswith(SLOW) else 15,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy, real=st.booleans())
    def send(case: Any, real: bool) -> None:
        if real and method != "delete":  # what is there, so that more than 404 is seen
            known = {"key": fuzzed.dossier, "run_id": fuzzed.run}
            case.path_parameters = {
                name: known.get(name, given) for name, given in (case.path_parameters or {}).items()
            }
        case.call_and_validate(checks=CHECKS, headers={"host": "127.0.0.1"})

    send()
