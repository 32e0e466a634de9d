"""Conditions between options that nobody could meet: a fault of the dossier, told at its place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from interbellum.deals.space import space_of
from interbellum.dossier.compile import compile_medians
from interbellum.dossier.reader import Loaded
from interbellum.errors import ConditionsError, DossierError, Fault

KEYS = ("requires", "excludes", "only_if", "void_if")


def faults(loaded: Loaded) -> tuple[Fault, ...]:
    """What is wrong with the conditions of a dossier taken together; empty where some package meets them.

    Parameters
    ----------
    loaded : Loaded
        Without faults of its own.
    """
    try:
        space_of(compile_medians(loaded.dossier).preferences)
    except ConditionsError as error:
        return (_fault(loaded, error),)
    return ()


@contextmanager
def told_at_their_place(loaded: Loaded) -> Iterator[None]:
    """Turn a fault of the conditions that shows up inside into one of the dossier.

    Raises
    ------
    DossierError
    """
    try:
        yield
    except ConditionsError as error:
        raise DossierError([_fault(loaded, error)]) from None


def _fault(loaded: Loaded, error: ConditionsError) -> Fault:
    """The fault at the first condition of the issues named."""
    for index, issue in enumerate(loaded.dossier.issues):
        if issue.id not in error.issues:
            continue
        for place, option in enumerate(issue.options):
            for key in KEYS:
                if getattr(option, key):
                    path = ("issues", index, "options", place, key)
                    found = (
                        f"and the other conditions between {', '.join(error.issues)} {error.found}"
                    )
                    return loaded.tree.fault(path, found, error.rule, error.mend)
    return loaded.tree.fault(("issues",), error.found, error.rule, error.mend)
