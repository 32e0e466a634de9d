"""The dossier's JSON Schema, for editors and other programs."""

from __future__ import annotations

from typing import Any

from interbellum.dossier.schema import SCHEMA_VERSION, Dossier


def json_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a dossier, names as written in the file.

    What a schema cannot say (dates after the cut-off, names that must exist, rising ranges) is left
    to `interbellum check`: a dossier that the schema accepts may still have faults, never the
    reverse.
    """
    schema = Dossier.model_json_schema(by_alias=True)
    title = f"Interbellum dossier, schema version {SCHEMA_VERSION}"
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": title}
