"""Whatever is sent, the API answers as it describes itself, and never with an error of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from factories_dossier import minimal_dossier
from interbellum.store.store import Store
from interbellum.web.app import create_app
from interbellum.web.desk import Limits
from web_client import API, Client, bring, work

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    with Store(tmp_path_factory.mktemp("store") / "runs.sqlite3") as store:
        app = create_app(store, limits=Limits(queued=5))
        client = Client(app)
        key = bring(client, minimal_dossier())
        client.post("/runs", json={"dossier": key, "draws": 8, "paths": 8})
        work(store)
        loaded = schemathesis.openapi.from_asgi(f"{API}/openapi.json", app, headers={"host": "127.0.0.1"})
        yield loaded


fuzzed = schemathesis.pytest.from_fixture("schema")


@fuzzed.parametrize()
@settings(
    max_examples=12,
    derandomize=True,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_request_breaks_the_api(case: schemathesis.Case) -> None:
    case.headers = {**(case.headers or {}), "host": "127.0.0.1"}
    case.call_and_validate(checks=list(CHECKS))
