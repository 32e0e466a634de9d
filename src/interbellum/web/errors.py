"""How the API says what went wrong: always {"message", "faults"?}, never a traceback."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from interbellum.errors import DossierError, Fault, UsageError
from interbellum.web.models import Problem
from interbellum.web.refused import Refused

_WORDS: dict[int, str] = {
    400: "The request cannot be read",
    401: "The token is missing or wrong",
    403: "Refused",
    404: "There is no such thing",
    405: "That cannot be done here",
    409: "It is not in a state for that",
    413: "The body is too large",
    415: "The body is of another type",
    422: "What was sent has faults; each is named",
    429: "Too many runs wait already",
}


def responses(*codes: int) -> dict[int | str, dict[str, Any]]:
    """The error answers of a route, for its description; those that any route can give are included."""
    return {
        code: {"model": Problem, "description": _WORDS[code]} for code in sorted({*codes, 400, 422})
    }


def fault_info(fault: Fault | Mapping[str, Any]) -> dict[str, Any]:
    """A fault as the API tells it."""
    if isinstance(fault, Fault):
        return {
            "file": fault.file,
            "line": fault.line,
            "column": fault.column,
            "path": fault.path,
            "found": fault.found,
            "rule": fault.rule,
            "mend": fault.mend,
            "text": fault.source_line,
        }
    plain = dict(fault)
    return {"text": plain.pop("source_line", ""), **plain}


def problem(status: int, message: str, faults: Sequence[Mapping[str, Any]] = ()) -> JSONResponse:
    """An error answer."""
    body: dict[str, Any] = {"message": message}
    if faults:
        body["faults"] = list(faults)
    return JSONResponse(body, status)


def add_handlers(app: FastAPI) -> None:
    """Let the application tell every error in the one form."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(DossierError, _dossier)
    app.add_exception_handler(UsageError, _usage)
    app.add_exception_handler(RequestValidationError, _request)
    app.add_exception_handler(HTTPException, _http)


async def _refused(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refused)
    return problem(error.status, error.message, error.faults)


async def _dossier(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DossierError)
    count = len(error.faults)
    message = f"The dossier has {count} fault{'s' if count > 1 else ''} to mend."
    return problem(422, message, [fault_info(fault) for fault in error.faults])


async def _usage(_: Request, error: Exception) -> JSONResponse:
    return problem(422, str(error))


async def _request(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    faults = [
        {
            "file": "request",
            "line": 0,
            "column": 0,
            "path": ".".join(map(str, item["loc"][1:])) or str(item["loc"][0]),
            "found": "is missing" if item["type"] == "missing" else "is not as expected",
            "rule": f"{item['msg']}.",
            "mend": "see /api for what is expected.",
            "text": "",
        }
        for item in error.errors()
    ]
    count = len(faults)
    return problem(422, f"The request has {count} fault{'s' if count > 1 else ''}.", faults)


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    answer = problem(error.status_code, f"{_WORDS.get(error.status_code, error.detail)}.")
    answer.headers.update(error.headers or {})
    return answer
