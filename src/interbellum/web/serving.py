"""Starts the server: a free port, a token where it is needed, and a clean stop."""

from __future__ import annotations

import ipaddress
import secrets
import socket
import sys
import webbrowser
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import uvicorn

from interbellum.dossier.reader import load, shipped
from interbellum.downloads import data_folder
from interbellum.errors import UsageError
from interbellum.store.database import FILE_NAME
from interbellum.store.records import BroughtDossier
from interbellum.store.store import Store
from interbellum.web.app import create_app
from interbellum.web.desk import Limits
from interbellum.web.jobs import Jobs
from interbellum.web.memory import settle

TRIES = 20  # ports after the first that are tried


def serve(
    dossier: str | None,
    *,
    host: str,
    port: int | None,
    first_port: int,
    open_page: bool,
    path: Path | None,
    workers: int,
    hosts: Sequence[str],
    most: tuple[int, int],
    seconds: float,
) -> None:
    """Serve until Ctrl-C.

    Parameters
    ----------
    dossier : str or None
        A file to bring, or the id of a shipped one; its page is the one that is opened.
    host : str
    port, first_port : int or None, int
        The port; else the first free one from `first_port` on.
    open_page : bool
    path : Path or None
        Of the store.
    workers : int
    hosts : sequence of str
    most : (int, int)
        Draws and paths that a run may ask for.
    seconds : float
        A run may take.

    Raises
    ------
    DossierError
        The dossier has faults.
    UsageError
        There is no such dossier, the port is taken, or the store cannot be used.
    """
    token = None if is_loopback(host) else secrets.token_urlsafe(32)
    listening = listen(host, port, first_port)
    with listening, Store(path or data_folder() / FILE_NAME) as store:
        page = "/" if dossier is None else f"/d/{bring(store, dossier)}"
        jobs = Jobs(store.path, workers, seconds=seconds)
        named = (*hosts, *(() if is_loopback(host) else (bracketed(host),)))
        app = create_app(store, jobs, limits=Limits(*most), hosts=named, token=token)
        address = f"http://{bracketed(shown(host))}:{listening.getsockname()[1]}{page}"
        address += f"?token={token}" if token else ""
        print(f"Interbellum answers at {address}\nCtrl-C stops it.", file=sys.stderr, flush=True)
        if open_page:
            webbrowser.open(address)
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,  # an address may hold a token, or a question
            server_header=False,
            timeout_graceful_shutdown=1,
            lifespan="on",
        )
        settle()
        with suppress(KeyboardInterrupt):  # uvicorn has stopped already and tells it once more
            uvicorn.Server(config).run(sockets=[listening])


def bring(store: Store, dossier: str) -> str:
    """Key of a dossier named on the command line; a file is read and kept."""
    loaded = load(dossier)
    if dossier in shipped() and loaded.tree.file == f"{dossier}.yaml":
        return dossier
    conflict = loaded.dossier.conflict
    store.add_dossier(
        BroughtDossier(loaded.hash, conflict.id, conflict.title, conflict.as_of.isoformat()),
        Path(dossier).read_bytes(),
    )
    return loaded.hash


def listen(host: str, port: int | None, first_port: int) -> socket.socket:
    """A socket on the port; else on the first free one from `first_port` on.

    Raises
    ------
    UsageError
        The port is taken, or there is no such address here.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    asked = [port] if port is not None else [*range(first_port, first_port + TRIES)]
    reason: OSError | None = None
    for one in asked:
        opened = socket.socket(family, socket.SOCK_STREAM)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            opened.bind((host, one))
            opened.listen(128)
        except OSError as error:
            opened.close()
            reason = error
            continue
        return opened
    where = f"port {asked[0]}" if len(asked) == 1 else f"ports {asked[0]} to {asked[-1]}"
    why = reason.strerror if reason is not None else "taken"
    raise UsageError(f"{host}, {where}: {why}. Mend: name another with --host or --port.")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def shown(host: str) -> str:
    """What a browser on this machine calls an address to listen on."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)


def bracketed(host: str) -> str:
    """An address as it stands in a URL."""
    return f"[{host}]" if ":" in host else host
