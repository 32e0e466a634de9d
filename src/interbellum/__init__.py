"""Interbellum: will the guns fall silent, in what form, by when, and for how long.

>>> import interbellum
>>> briefing = interbellum.brief("ukraine-2025-05")   # doctest: +SKIP
>>> briefing.result.rung("general_truce_30_days_kept", 365).chance.p   # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from interbellum.api import (
        Answer,
        BackTested,
        Briefing,
        Deals,
        Levers,
        Peace,
        Scores,
        SolvedDomain,
        Texts,
        backtest,
        brief,
        compare,
        edit,
        find_deals,
        find_levers,
        find_peace,
        load,
        read_domain,
        score,
        shipped,
        solve_domain,
        texts,
        write_domain,
    )
    from interbellum.errors import DossierError, InterbellumError, InternalError, UsageError

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "BackTested",
    "Briefing",
    "Deals",
    "DossierError",
    "InterbellumError",
    "InternalError",
    "Levers",
    "Peace",
    "Scores",
    "SolvedDomain",
    "Texts",
    "UsageError",
    "__version__",
    "backtest",
    "brief",
    "compare",
    "edit",
    "find_deals",
    "find_levers",
    "find_peace",
    "load",
    "read_domain",
    "score",
    "shipped",
    "solve_domain",
    "texts",
    "write_domain",
]


def __getattr__(name: str) -> Any:
    """Load the public API on first use, so that importing the package costs nothing."""
    if name not in __all__:
        raise AttributeError(f"module 'interbellum' has no attribute {name!r}")
    import importlib

    home = "interbellum.errors" if name.endswith("Error") else "interbellum.api"
    return getattr(importlib.import_module(home), name)
