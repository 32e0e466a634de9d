"""Frozen results as JSON and back, by the types of their fields: no pickle, so a file can do no harm."""

from __future__ import annotations

import datetime as dt
import functools
import json
import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

from interbellum.model.fields import field_names

_T = TypeVar("_T")


def packed(value: Any) -> bytes:
    """A frozen dataclass as JSON, every float to its last bit."""
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":")).encode()


def unpacked(kind: type[_T], body: bytes) -> _T:
    """The dataclass again, equal to the one that was packed.

    Parameters
    ----------
    kind : a dataclass
    body : bytes

    Raises
    ------
    TypeError
        A field is of a type that cannot be read back.
    """
    read: _T = _read(kind, json.loads(body))
    return read


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (str, int)) or type(value) is float:  # most of it
        return value
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    names = field_names(value.__class__)
    if names is not None:
        return [_plain(getattr(value, name)) for name in names]
    if isinstance(value, Mapping):
        return [[_plain(key), _plain(item)] for key, item in value.items()]
    if isinstance(value, dt.date):
        return value.isoformat()
    return value.item() if hasattr(value, "item") else float(value)  # numpy's scalars


@functools.cache
def _hints(kind: type) -> tuple[Any, ...]:
    """Types of a dataclass's fields, in order."""
    known = typing.get_type_hints(kind)
    return tuple(known[item.name] for item in fields(kind))


def _read(kind: Any, value: Any) -> Any:
    if isinstance(kind, type) and is_dataclass(kind):
        return kind(*(_read(hint, item) for hint, item in zip(_hints(kind), value, strict=True)))
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return None if value is None else _read(_only(kind, args), value)
    if origin is tuple:
        inner = args[:1] * len(value) if args[-1] is Ellipsis else args
        return tuple(_read(hint, item) for hint, item in zip(inner, value, strict=True))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {_read(args[0], key): _read(args[1], item) for key, item in value}
    if kind is dt.date:
        return dt.date.fromisoformat(value)
    if kind in (str, int, float, bool) or origin is typing.Literal:
        return value
    raise TypeError(f"{kind} cannot be read back")


def _only(kind: Any, args: tuple[Any, ...]) -> Any:
    """What stands beside None in an optional field; plain words and numbers read themselves."""
    beside = [arg for arg in args if arg is not type(None)]
    if len(beside) == 1:
        return beside[0]
    if all(arg in (str, int, float, bool) for arg in beside):
        return beside[0]
    raise TypeError(f"{kind} cannot be read back")
