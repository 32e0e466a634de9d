"""Reads a dossier and reports every fault at once, each with its place, its rule and its mend."""

from __future__ import annotations

import difflib
import hashlib
import json
import os
import types
import typing
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from interbellum.dossier.checks import run_checks
from interbellum.dossier.schema import Dossier
from interbellum.dossier.tree import Path_, Tree, known_tree, parse_tree, read_tree
from interbellum.errors import DossierError, Fault, UsageError


@dataclass(frozen=True, slots=True)
class Loaded:
    """A dossier with its file: the words, the places and the fingerprint."""

    dossier: Dossier
    tree: Tree
    hash: str
    """SHA-256 of the file's bytes, first 16 hexadecimal digits."""
    warnings: tuple[Fault, ...] = ()
    """Faults that do not stop a run, such as a stale position."""


@dataclass(frozen=True, slots=True)
class Report:
    """What there is to say about a dossier without running it."""

    faults: tuple[Fault, ...]
    """In file order; any fault stops a run."""
    warnings: tuple[Fault, ...]
    """In file order; a run goes ahead and says so."""


def shipped() -> tuple[str, ...]:
    """Ids of the shipped dossiers, in alphabetical order."""
    folder = resources.files("interbellum.dossier") / "library"
    return tuple(sorted(item.name[:-5] for item in folder.iterdir() if item.name.endswith(".yaml")))


def load(dossier: str | Path) -> Loaded:
    """Read a dossier file, or a shipped dossier by its id.

    Raises
    ------
    DossierError
        The file has faults; `faults` lists them all.
    UsageError
        `dossier` is neither a file nor the id of a shipped dossier.
    """
    return _load(*_read(dossier))


def load_text(text: str, name: str = "dossier.yaml") -> Loaded:
    """Read a dossier from a string; `name` stands in messages.

    Raises
    ------
    DossierError
        The text has faults; `faults` lists them all.
    """
    raw = text.encode()
    return _load(parse_tree(name, raw), raw)


def findings(loaded: Loaded) -> bytes:
    """What reading a dossier gave, as JSON: beside its text it spares another process the reading."""
    found = {
        "hash": loaded.hash,
        "data": loaded.tree.data,
        "warnings": [asdict(one) for one in loaded.warnings],
    }
    return json.dumps(found, separators=(",", ":")).encode()


def load_found(text: str, found: bytes, name: str = "dossier.yaml") -> Loaded:
    """A dossier that has been read before: as `load_text`, without parsing and checks where that can be.

    Parameters
    ----------
    text : str
    found : bytes
        Its `findings`, by this very version; those of another text, or damaged ones, are passed over.
    name : str
        Stands in messages.

    Raises
    ------
    DossierError
        The text itself has faults.
    """
    raw = text.encode()
    with suppress(ValueError, LookupError, TypeError):  # pydantic's error is a ValueError
        read = json.loads(found)
        if read["hash"] == _hash(raw):
            tree = known_tree(name, raw, read["data"])
            warnings = tuple(Fault(**one) for one in read["warnings"])
            return Loaded(Dossier.model_validate(tree.data), tree, _hash(raw), warnings)
    return load_text(text, name)


def check(dossier: str | Path) -> Report:
    """Every fault and warning of a dossier, as a report instead of an error.

    Raises
    ------
    UsageError
        `dossier` is neither a file nor the id of a shipped dossier.
    """
    try:
        tree, _ = _read(dossier)
    except DossierError as error:
        return Report(error.faults, ())
    _, faults, warnings = _examine(tree)
    return Report(faults, warnings)


def _read(dossier: str | Path) -> tuple[Tree, bytes]:
    name = str(dossier)
    if not os.path.lexists(name):
        if name in shipped():
            raw = (resources.files("interbellum.dossier") / "library" / f"{name}.yaml").read_bytes()
            return parse_tree(f"{name}.yaml", raw), raw
        near = difflib.get_close_matches(name, shipped(), n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise UsageError(
            f"{name} is neither a file nor a shipped dossier ({', '.join(shipped())}).{hint}"
        )
    return read_tree(dossier)


def _load(tree: Tree, raw: bytes) -> Loaded:
    dossier, faults, warnings = _examine(tree)
    if faults or dossier is None:
        raise DossierError(faults)
    return Loaded(dossier, tree, _hash(raw), warnings)


def _hash(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()[:16]


def _examine(tree: Tree) -> tuple[Dossier | None, tuple[Fault, ...], tuple[Fault, ...]]:
    faults: list[Fault] = []
    dossier: Dossier | None = None
    try:
        dossier = Dossier.model_validate(tree.data)
    except ValidationError as error:
        faults.extend(schema_faults(tree, error))
    failed = [fault.path for fault in faults]
    found, warnings = run_checks(tree)
    # A field that is already at fault, or holds one that is, gets one message, not two.
    faults.extend(
        fault
        for fault in found
        if not any(path == fault.path or path.startswith(f"{fault.path}.") for path in failed)
    )
    return dossier, in_file_order(faults), in_file_order(warnings)


def in_file_order(faults: list[Fault]) -> tuple[Fault, ...]:
    """Each fault once, from the top of the file."""
    return tuple(sorted(set(faults), key=lambda one: (one.line, one.column, one.path, one.rule)))


def schema_faults(
    tree: Tree, error: ValidationError, root: type[BaseModel] = Dossier, what: str = "a dossier"
) -> list[Fault]:
    """What pydantic found, each with its place in the file, its rule and its mend.

    Parameters
    ----------
    tree : Tree
    error : ValidationError
    root : schema class of the whole file
    what : the file in words
    """
    faults = []
    for item in error.errors(include_url=False):
        loc = _existing_loc(tree, item["loc"])
        kind, context = item["type"], item.get("ctx", {})
        at_key = False
        found = f"is {_short(_value(tree, loc))}"
        if kind == "rule":
            rule, mend = context["rule"], context["mend"]
        elif kind == "missing":
            field = str(item["loc"][-1])
            found = "is missing"
            rule = _meaning(item["loc"], root) or "This field is needed."
            mend = f"add `{field}:` here."
        elif kind == "extra_forbidden":
            key = str(item["loc"][-1])
            known = _known_keys(item["loc"], root)
            near = difflib.get_close_matches(key, known, n=1)
            found = f"is not a field of {what}"
            rule = f"Known here: {', '.join(known)}." if known else "Unknown fields are refused."
            mend = (
                f"did you mean `{near[0]}`?" if near else "remove it, or move it where it belongs."
            )
            at_key = True
        elif kind == "literal_error":
            rule = f"One of {context['expected']} is expected."
            mend = "use one of these words."
        elif kind in ("string_pattern_mismatch",):
            rule = "A short name starts with a letter and has only letters, digits, _ and -."
            mend = "rename it, such as crimea_status."
        elif kind in ("too_short", "string_too_short"):
            rule = (
                "This may not be empty."
                if context.get("min_length") == 1
                else f"At least {context.get('min_length')} are needed."
            )
            mend = "add what is missing."
        elif kind == "too_long":
            rule, mend = f"At most {context.get('max_length')} are allowed.", "shorten it."
        elif kind in ("model_type", "model_attributes_type", "dict_type", "tuple_type"):
            rule = (
                "A list is needed here."
                if kind == "tuple_type"
                else "A block of `key: value` lines is needed here."
            )
            mend = (
                "indent the fields of this block below its name."
                if kind != "tuple_type"
                else "start each item with `- `."
            )
        elif kind == "string_type":
            rule, mend = "Text is needed here.", "write text; put quotes around a number or a date."
        else:
            rule, mend = item["msg"] + ".", "see `interbellum schema` or docs/reference/dossier.md."
        faults.append(tree.fault(loc, found, rule, mend, at_key))
    return faults


def _existing_loc(tree: Tree, loc: tuple[int | str, ...]) -> Path_:
    """Drop what pydantic adds and the file does not have; keep a missing last key."""
    out: list[int | str] = []
    data = tree.data
    for position, key in enumerate(loc):
        inside = dict(enumerate(data)) if isinstance(data, list) else data
        if isinstance(inside, dict) and key in inside:
            data = inside[key]
        elif position == len(loc) - 1 and isinstance(data, dict) and isinstance(key, str):
            pass
        else:
            continue
        out.append(key)
    return tuple(out)


def _value(tree: Tree, path: Path_) -> Any:
    data = tree.data
    for key in path:
        if isinstance(data, dict):
            data = data.get(key)
        elif isinstance(data, list) and isinstance(key, int):
            data = data[key]
    return data


def _short(value: Any) -> str:
    if value is None:
        return "empty"
    if isinstance(value, dict):
        return (
            "a block"
            if len(value) > 3
            else "{" + ", ".join(f"{k}: {v}" for k, v in value.items()) + "}"
        )
    if isinstance(value, list):
        return f"a list of {len(value)}"
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _model_at(loc: tuple[int | str, ...], root: type[BaseModel]) -> type[BaseModel] | None:
    """The schema class that holds the last key of `loc`."""
    kind: Any = root
    for key in loc[:-1]:
        kind = _step(kind, key)
        if kind is None:
            return None
    models = _models(kind)
    return models[0] if models else None


def _step(kind: Any, key: int | str) -> Any:
    for model in _models(kind):
        for name, field in model.model_fields.items():
            if key in (name, field.alias):
                return field.annotation
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        return _step(args[0], key)
    if origin in (typing.Union, types.UnionType):
        for arg in args:
            found = _step(arg, key)
            if found is not None:
                return found
        return None
    if origin is dict:
        return args[1]
    if origin is tuple and isinstance(key, int):
        return args[0]
    return None


def _models(kind: Any) -> list[type[BaseModel]]:
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        return _models(args[0])
    if origin in (typing.Union, types.UnionType):
        return [model for arg in args for model in _models(arg)]
    return [kind] if isinstance(kind, type) and issubclass(kind, BaseModel) else []


def _known_keys(loc: tuple[int | str, ...], root: type[BaseModel]) -> list[str]:
    model = _model_at(loc, root)
    return [field.alias or name for name, field in model.model_fields.items()] if model else []


def _meaning(loc: tuple[int | str, ...], root: type[BaseModel]) -> str:
    model = _model_at(loc, root)
    if model is None:
        return ""
    for name, field in model.model_fields.items():
        if loc[-1] in (name, field.alias):
            return (field.description or "").strip()
    return ""
