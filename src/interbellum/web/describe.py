"""The REST API as a page for people, made from its own description; no script, no network."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;"
    "background:#fff}code,pre{font-size:.9em;background:#f3f3f3;padding:.1em .3em}pre{overflow:auto;"
    "padding:.8em}table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;"
    "padding:.25em .6em;border-bottom:1px solid #ddd}h2{margin-top:2.5rem}h3{margin-top:2rem}"
)


def described(api: Mapping[str, Any]) -> str:
    """An OpenAPI description as HTML.

    Parameters
    ----------
    api : mapping
        OpenAPI 3.1.
    """
    info = api["info"]
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(info['title'])}</title><style>{STYLE}</style></head><body><main>",
        f"<h1>{escape(info['title'])} {escape(info['version'])}</h1>",
        *(f"<p>{escape(text)}</p>" for text in info.get("description", "").split("\n\n")),
        '<p>For programs: <a href="/api/v1/openapi.json">openapi.json</a>.</p>',
    ]
    for tag in api.get("tags", []):
        parts.append(f"<h2>{escape(tag['name'])}</h2><p>{escape(tag.get('description', ''))}</p>")
        for path, method, route in _routes(api, tag["name"]):
            parts += _route(path, method, route)
    parts.append("<h2>Objects</h2>")
    for name, schema in api["components"]["schemas"].items():
        parts += _schema(name, schema)
    parts.append("</main></body></html>")
    return "\n".join(parts)


def _routes(api: Mapping[str, Any], tag: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path, methods in api["paths"].items():
        for method, route in methods.items():
            if tag in route.get("tags", []):
                yield path, method.upper(), route


def _route(path: str, method: str, route: Mapping[str, Any]) -> Iterator[str]:
    yield f"<h3><code>{method} {escape(path)}</code></h3>"
    yield f"<p><strong>{escape(route['summary'])}.</strong> {escape(route.get('description', ''))}</p>"
    rows = [
        (one["name"], one["in"], _kind(one["schema"]), one.get("description", ""))
        for one in route.get("parameters", [])
    ]
    for kind, content in route.get("requestBody", {}).get("content", {}).items():
        told = route["requestBody"].get("description", "")
        rows.append(("body", kind, _kind(content["schema"]), told))
    if rows:
        yield _table(("takes", "where", "type", "meaning"), rows)
    answers = [
        (code, ", ".join(answer.get("content", {})) or "nothing", answer["description"])
        for code, answer in route["responses"].items()
    ]
    yield _table(("answers", "type", "meaning"), answers)


def _schema(name: str, schema: Mapping[str, Any]) -> Iterator[str]:
    yield f'<h3 id="{escape(name)}">{escape(name)}</h3><p>{escape(schema.get("description", ""))}</p>'
    needed = schema.get("required", [])
    rows = [
        (field, _kind(kind), "yes" if field in needed else "no", kind.get("description", ""))
        for field, kind in schema.get("properties", {}).items()
    ]
    if rows:
        yield _table(("field", "type", "always there", "meaning"), rows)
    for example in schema.get("examples", []):
        yield f"<pre>{escape(json.dumps(example, indent=2))}</pre>"


def _kind(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(_kind(one) for one in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    return str(schema.get("type", "any"))


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    cells = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>"
