"""What stands between the network and the application: host, origin, token, size, and headers.

Plain ASGI layers, each with one rule. `Shield` is the outermost: its headers are on every answer, and what
the application does not catch ends there.
"""

from __future__ import annotations

import hmac
import json
import sys
import traceback
from collections.abc import Iterable
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 1_000_000  # of a body; the largest shipped dossier has a quarter of it
DEEPEST = 32  # levels of brackets in a JSON body; a request has four
COOKIE = "interbellum_token"
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # Vega sets styles on what it draws
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "frame-ancestors 'none'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    )
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",  # an address may hold a shared question
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


async def refuse(send: Send, status: int, message: str) -> None:
    """Answer with an error, without the application."""
    body = json.dumps({"message": message}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class Shield:
    """Headers on every answer; an unexpected error is told in one line and logged here."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("cache-control", "no-store")
            await send(message)

        try:
            await self.app(scope, receive, with_headers)
        except Exception:
            traceback.print_exc(file=sys.stderr)
            if started:
                raise  # half an answer is out: the server breaks the connection
            await refuse(
                with_headers,
                500,
                "The server failed, and it is our fault. Its terminal says more; please report it.",
            )


class KnownHost:
    """Answers only to the names it is known by, so that no page elsewhere can rebind its name to us."""

    def __init__(self, app: ASGIApp, names: Iterable[str] = LOOPBACK) -> None:
        self.app, self.names = app, frozenset(name.lower() for name in names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and host_name(Headers(scope=scope)) not in self.names:
            await refuse(
                send,
                400,
                "This server does not answer to that name. Start it with --allow-host NAME to add one.",
            )
            return
        await self.app(scope, receive, send)


def host_name(headers: Headers) -> str:
    """Name that a request asks for, without the port; an IPv6 address keeps its brackets."""
    host = headers.get("host", "").lower()
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]


class SameOrigin:
    """Refuses what another site's page sends: every change, and every read that is not a visit."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _is_foreign(scope["method"], Headers(scope=scope)):
            await refuse(send, 403, "Another site's page may not ask this server for that.")
            return
        await self.app(scope, receive, send)


def _is_foreign(method: str, headers: Headers) -> bool:
    """By Fetch Metadata, which browsers set and pages cannot; by Origin where it is there."""
    site = headers.get("sec-fetch-site")
    if method in SAFE_METHODS:
        visit = headers.get("sec-fetch-mode") == "navigate"
        return site in ("cross-site", "same-site") and not visit
    if site is not None and site not in ("same-origin", "none"):
        return True
    origin = headers.get("origin")
    if origin is None:
        return False
    return origin.lower().partition("://")[2] != headers.get("host", "").lower()


class Token:
    """Asks for the token: as a bearer, in the cookie, or once in the address, which sets the cookie."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self.app, self.token = app, token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        given = next((value for name, value in query if name == "token"), "")
        if scope["method"] == "GET" and self._fits(given):
            await self._let_in(scope, query, send)  # known or not: no token stays in an address
            return
        if self._fits(_bearer(headers)) or self._fits(_cookie(headers)):
            await self.app(scope, receive, send)
            return
        await refuse(
            send,
            401,
            "This server asks for its token: open the address that it printed when it started, or send "
            "the header Authorization: Bearer TOKEN.",
        )

    def _fits(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self.token.encode())

    async def _let_in(self, scope: Scope, query: list[tuple[str, str]], send: Send) -> None:
        """The same address without the token; the browser keeps it in a cookie that no script reads."""
        kept = urlencode([pair for pair in query if pair[0] != "token"])
        path = "/" + scope.get("raw_path", scope["path"].encode()).decode("latin-1").lstrip("/\\")
        cookie = f"{COOKIE}={self.token}; HttpOnly; SameSite=Strict; Path=/"
        headers = [
            (b"location", (path + (f"?{kept}" if kept else "")).encode("latin-1")),
            (b"set-cookie", cookie.encode()),
            (b"content-length", b"0"),
        ]
        await send({"type": "http.response.start", "status": 303, "headers": headers})
        await send({"type": "http.response.body", "body": b""})


def _bearer(headers: Headers) -> str:
    scheme, _, given = headers.get("authorization", "").partition(" ")
    return given.strip() if scheme.lower() == "bearer" else ""


def _cookie(headers: Headers) -> str:
    """Our cookie, whatever else of this host's other ports stands beside it: ports share cookies."""
    pairs = (pair.partition("=") for pair in headers.get("cookie", "").split(";"))
    return next((value.strip() for name, _, value in pairs if name.strip() == COOKIE), "")


class SmallBody:
    """Reads a body whole before the application does: too large, or nested too deep, goes no further."""

    def __init__(self, app: ASGIApp, most: int = MOST_BYTES) -> None:
        self.app, self.most = app, most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in SAFE_METHODS:
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        body, more = b"", True
        while more and len(body) <= self.most:  # whatever it said of its length
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
        if len(body) > self.most:
            await refuse(send, 413, f"A body may have at most {self.most:,} bytes.")
        elif "json" in headers.get("content-type", "") and depth(body) > DEEPEST:
            await refuse(send, 400, f"The JSON is nested more than {DEEPEST} levels deep.")
        else:
            await self.app(scope, _replay(body, receive), send)


def _replay(body: bytes, receive: Receive) -> Receive:
    """The body once, then whatever else comes, such as that the client has left."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def depth(body: bytes) -> int:
    """Deepest nesting of brackets outside strings in a JSON text, however broken."""
    deepest = level = 0
    quoted = escaped = False
    for byte in body:
        if quoted:
            if escaped:
                escaped = False
            elif byte == 0x5C:
                escaped = True
            elif byte == 0x22:
                quoted = False
        elif byte == 0x22:
            quoted = True
        elif byte in b"[{":
            level += 1
            deepest = max(deepest, level)
        elif byte in b"]}":
            level -= 1
    return deepest
