"""Asks the application in process, without a socket and without workers; and answers runs in process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import contextmanager
from typing import Any

import httpx
from fastapi import FastAPI

from interbellum.store.store import Store
from interbellum.web import worker

API = "/api/v1"


class Client:
    """A browser of the same machine, by default without any header of its own."""

    def __init__(self, app: FastAPI, host: str = "127.0.0.1:8765") -> None:
        self.app, self.host = app, host

    def ask(self, method: str, path: str, **given: Any) -> httpx.Response:
        """One request; what the application raises is raised here."""

        async def go() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            address = f"http://{self.host}"
            async with httpx.AsyncClient(transport=transport, base_url=address) as client:
                return await client.request(method, path, **given)

        return asyncio.run(go())

    def get(self, path: str, **given: Any) -> httpx.Response:
        """GET, below the API unless the path says otherwise."""
        return self.ask("GET", path if path.startswith("//") else f"{API}{path}", **given)

    def post(self, path: str, **given: Any) -> httpx.Response:
        """POST below the API."""
        return self.ask("POST", f"{API}{path}", **given)

    def delete(self, path: str, **given: Any) -> httpx.Response:
        """DELETE below the API."""
        return self.ask("DELETE", f"{API}{path}", **given)


def bring(client: Client, text: str) -> str:
    """Bring a dossier; its key."""
    answer = client.post("/dossiers", content=text.encode())
    assert answer.status_code == 201, answer.text
    key: str = answer.json()["key"]
    return key


def work(store: Store) -> None:
    """Answer everything in the queue, as a worker does, in this process."""
    store.alive("test")
    with no_signals():
        while (run := store.claim("test")) is not None:
            worker.answer(store, run.id, 1)


@contextmanager
def no_signals() -> Any:
    """The signal by which a worker stops itself is left as it was."""
    import signal

    before = signal.getsignal(signal.SIGUSR1)
    try:
        yield
    finally:
        signal.signal(signal.SIGUSR1, before)


async def chunks(parts: Iterable[bytes]) -> AsyncIterator[bytes]:
    """A body that does not say how long it is."""
    for part in parts:
        yield part
