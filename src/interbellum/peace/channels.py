"""What the provisions of a text, or so many of them, leave on each channel of the truce model."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import ArrayLike

from interbellum.model.provisions import CHANNELS, ENFORCING, PROVISIONS, Channels
from interbellum.model.units import Array


def no_provisions(draws: int) -> Channels:
    """Channels on which nothing acts.

    Parameters
    ----------
    draws : D

    Returns
    -------
    Channels, ones
    """
    return Channels(**dict.fromkeys(CHANNELS, np.ones(draws)))


def of_profile(effects: Mapping[str, Channels], profile: Collection[str]) -> Channels:
    """Channels under stated provisions: their factors multiply.

    Parameters
    ----------
    effects : factors of every provision, D draws
        As a dossier is compiled into; a provision that acts on nothing may be left out.
    profile : names of the standard list
        A name given twice counts once.

    Returns
    -------
    Channels

    Raises
    ------
    ValueError
        A name is not on the standard list.

    Source
    ------
    Design section 6, "provisions act through stated channels". That factors multiply, as hazard
    ratios do, is a judgement: provisions that do each other's work would do less together.
    """
    wrong = sorted(set(profile) - PROVISIONS.keys())
    if wrong:
        raise ValueError(f"{', '.join(wrong)}: not on the list: {', '.join(PROVISIONS)}")
    draws = next(iter(effects.values())).draws
    factors = {name: np.ones(draws) for name in CHANNELS}
    for provision in PROVISIONS:
        if provision in profile and provision in effects:
            for name in CHANNELS:
                factors[name] = factors[name] * getattr(effects[provision], name)
    return Channels(**factors)


def of_number(effects: Mapping[str, Channels], number: ArrayLike) -> Channels:
    """Channels under a number of enforcing provisions of which nobody knows which they are.

    Each stands for the geometric mean of the twelve, so that none leaves nothing changed and all
    twelve act as that profile does.

    Parameters
    ----------
    effects : factors of every provision, D draws
    number : (D,) or one number, >= 0
        Above twelve counts as twelve.

    Returns
    -------
    Channels

    Raises
    ------
    ValueError
        A number is negative.

    Source
    ------
    Decisions 0008 and 0023: the deal space knows packages by their number only.
    """
    count = np.asarray(number, dtype=np.float64)
    if np.any(~(count >= 0)):
        raise ValueError(f"number must not be negative; it is {count.min()}")
    share: Array = np.minimum(count, len(ENFORCING)) / len(ENFORCING)
    every = of_profile(effects, ENFORCING)
    return Channels(**{name: getattr(every, name) ** share for name in CHANNELS})
