"""Incidents that set off others: how often a chain of them grows into a collapse.

Serious incidents arrive at a constant rate; each sets off others, those others still more. These
are self-exciting counts (a Hawkes process), and a chain is one cluster of them. Its size does not
depend on how quickly the answers come, so that the hazard needs no kernel, only the echo. Answers
are taken to come within the week: a chain that collapses the truce does so when it starts.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from interbellum.model.units import Array
from interbellum.peace.ranges import together, within

# The chain's distribution is summed exactly; beyond this size the answer no longer depends on
# it to any digit shown, and the sum is only slow.
LARGEST_CHAIN = 10_000


def chain_collapse(echo: ArrayLike, size: ArrayLike) -> Array:
    """Chance that a chain of incidents grows to at least a given size.

    Each incident sets off a Poisson number of further ones with mean η, so that a chain's total
    size N is Borel: P(N=n) = e^{-ηn}(ηn)^{n-1}/n!. For η above 1 the chance includes chains
    that never end.

    Parameters
    ----------
    echo : any shape, >= 0
        η, incidents that one incident sets off on average.
    size : any shape, incidents, in (0, 10^4]
        Rounded up to a whole number; the first incident counts.

    Returns
    -------
    the common shape, probability

    Raises
    ------
    ShapeError
        The two do not broadcast together.
    ValueError
        A number is outside its range.

    Source
    ------
    Borel (1942), Comptes rendus 214; Otter (1949), Annals of Mathematical Statistics 20(2), on
    the total progeny of a branching process. It is the cluster size of the self-exciting process
    of Hawkes and Oakes (1974), Journal of Applied Probability 11(3).
    """
    from scipy.special import gammaln, xlogy

    eta, wanted = together(echo=echo, size=size)
    within("echo", eta, np.isfinite(eta) & (eta >= 0), "finite and not negative")
    within("size", wanted, (wanted > 0) & (wanted <= LARGEST_CHAIN), "above 0, at most 10000")

    flat, least = eta.ravel(), np.ceil(wanted).ravel()
    smaller = np.zeros(flat.shape)
    largest = int(least.max(initial=1.0))
    # In blocks, so that many draws with long chains do not fill the memory.
    for start in range(1, largest, 256):
        n = np.arange(start, min(start + 256, largest), dtype=np.float64)
        # xlogy is 0 at 0·ln 0, which is the lone first incident of a chain without echo.
        log_chance = (
            xlogy(n - 1.0, flat[:, None])
            - flat[:, None] * n
            + ((n - 1.0) * np.log(n) - gammaln(n + 1.0))
        )
        smaller += np.where(n < least[:, None], np.exp(log_chance), 0.0).sum(axis=1)
    return np.clip(1.0 - smaller, 0.0, 1.0).reshape(eta.shape)


def spiral_hazard(rate: ArrayLike, echo: ArrayLike, size: ArrayLike) -> Array:
    """Hazard of a chain of incidents that ends the truce: rate times `chain_collapse`.

    Chains start as a Poisson process and grow independently, so that those which reach the size
    are a thinned Poisson process: the hazard is constant and exact.

    Parameters
    ----------
    rate : any shape, a week, >= 0
        Incidents that nothing before them set off.
    echo, size : as in `chain_collapse`

    Returns
    -------
    the common shape, a week

    Raises
    ------
    ShapeError
        The three do not broadcast together.
    ValueError
        A number is outside its range.

    Source
    ------
    Hawkes and Oakes (1974), Journal of Applied Probability 11(3), the cluster form; thinning:
    Kingman (1993), Poisson Processes, section 5.1.
    """
    arrivals, eta, wanted = together(rate=rate, echo=echo, size=size)
    within("rate", arrivals, np.isfinite(arrivals) & (arrivals >= 0), "finite and not negative")
    return np.asarray(arrivals * chain_collapse(eta, wanted))
