"""Hides what the dossier marks confidential, twice: by its place, then by its words.

By place: a figure or a line that comes from a confidential block is left out or replaced. By words:
whatever text is left is searched for the words of those blocks, because a note written by a stage
may quote them. What stays is what the model made of all inputs together: chances, shares, packages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from interbellum.briefing.blocks import Outline, mapped
from interbellum.briefing.words import REDACTED as REDACTED
from interbellum.briefing.words import clean
from interbellum.dossier.checks import resolve
from interbellum.dossier.reader import Loaded

WINDOW = 16  # characters of a confidential text that give it away when quoted in part
SHORTEST = 6  # shorter texts are common words; their places hide them
FREE_TEXT = ("text", "source", "note", "title", "outcome", "parties", "by", "id")


class Veil:
    """Knows which fields of a dossier are confidential; does nothing unless `on`."""

    def __init__(self, loaded: Loaded, on: bool) -> None:
        self.on = on
        self.data: Any = loaded.tree.data
        self._secrets: tuple[str, ...] = ()
        self._places: tuple[str, ...] = ()
        if on:
            public, secret = set[str](), set[str]()
            places: list[str] = []
            _sort(self.data, (), False, public, secret, places)
            self._secrets = tuple(sorted(secret - public, key=len, reverse=True))
            self._places = tuple(places)

    def hides(self, path: str) -> bool:
        """Whether the field at a dotted path, or any block around it, is confidential."""
        if not self.on:
            return False
        place = resolve(self.data, path)
        keys: tuple[str | int, ...] = place if place is not None else tuple(path.split("."))
        data = self.data
        for key in keys:
            if is_confidential(data):
                return True
            inside = (isinstance(data, dict) and key in data) or (
                isinstance(data, list) and isinstance(key, int) and key < len(data)
            )
            if not inside:
                return False
            data = data[key]
        return is_confidential(data)

    def text(self, text: str) -> str:
        """The text without the words of confidential blocks."""
        for secret in self._secrets:
            if secret in text:
                text = text.replace(secret, REDACTED)
        return text

    def note(self, text: str) -> str:
        """A text made elsewhere: hidden whole if it quotes a confidential block or names one."""
        flat = clean(text)
        if any(_quotes(flat, secret) for secret in self._secrets):
            return REDACTED
        if any(place in flat for place in self._places):
            return REDACTED
        return flat

    def blocks(self, blocks: Outline) -> Outline:
        """The blocks without the words of confidential ones; every text made printable."""
        return mapped(blocks, lambda text: self.text(clean(text)))

    def plain(self, value: Any) -> Any:
        """Plain data without the words of confidential blocks."""
        if not self.on:
            return value
        if isinstance(value, str):
            return self.text(clean(value))
        if isinstance(value, Mapping):
            return {key: self.plain(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.plain(item) for item in value]
        return value

    def visible(self, value: Any) -> Any:
        """A part of the file with its confidential blocks replaced."""
        if not self.on:
            return value
        if is_confidential(value):
            return REDACTED
        if isinstance(value, dict):
            return {
                key: self._bound(item) if key in ("lifts", "adds") else self.visible(item)
                for key, item in value.items()
            }
        if isinstance(value, list):
            return [self.visible(item) for item in value]
        return value

    def _bound(self, names: Any) -> Any:
        """What a state of a regime lifts or adds, without red lines that are confidential."""
        return [
            REDACTED if self.hides(f"positions.{name}.red_line") else name
            for name in (names if isinstance(names, list) else ())
        ]


def is_confidential(value: Any) -> bool:
    """Whether a block of the file is marked confidential."""
    return isinstance(value, dict) and value.get("confidential") is True


def withheld(number: int) -> str:
    """How many lines a list lacks: ``2 lines withheld``."""
    return f"{number} {'line' if number == 1 else 'lines'} withheld"


def _sort(
    value: Any,
    path: tuple[str, ...],
    hidden: bool,
    public: set[str],
    secret: set[str],
    places: list[str],
) -> None:
    """Words seen in the open, words seen only under a confidential mark, and their places."""
    if not hidden and is_confidential(value):
        hidden = True
        places.extend({".".join(path), ".".join((*path[:-1], str(value.get("id", path[-1]))))})
    for key, item in _items(value):
        name = str(item["id"]) if isinstance(value, list) and _has_id(item) else key
        if isinstance(item, str):
            target = secret if hidden and _is_free(value, key, path) else public
            text = clean(item)
            if target is public or len(text) >= SHORTEST:
                target.add(text)
        else:
            _sort(item, (*path, name), hidden, public, secret, places)


def _is_free(holder: Any, key: str, path: tuple[str, ...]) -> bool:
    return (path[-1] if isinstance(holder, list) and path else key) in FREE_TEXT


def _has_id(item: Any) -> bool:
    return isinstance(item, dict) and isinstance(item.get("id"), str)


def _items(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from ((str(key), item) for key, item in value.items())
    elif isinstance(value, list):
        yield from ((str(index), item) for index, item in enumerate(value))


def _quotes(text: str, secret: str) -> bool:
    if len(secret) <= WINDOW:
        return secret in text
    return any(secret[i : i + WINDOW] in text for i in range(len(secret) - WINDOW + 1))
