"""What an offer is worth to both sides, and whether any could be signed: compiled.

`reference.offer` says what these do. Levels of provisions that a bound excludes are left out.
"""

from __future__ import annotations

import math
from typing import Any

from interbellum.model.steps import best_offer, clamp_position, step, value_of_fighting
from interbellum.talks.premium import foreseen, highest, lift
from interbellum.talks.reference import NEVER

CELLS = 256  # cells of the bounds on offers, over utilities from 0 to 1
SLACK = 1e-9  # room for rounding in every bound: far above it, far below what moves an answer
# Columns of the lines of an offer, for A and four further for B.
SLOPE, FEARED, TOTAL, SHIFT = 0, 1, 2, 3


@step
def design_factor(d: Any, provisions: int) -> float:
    """See `reference.design_factor`."""
    return math.pow(d.provisions_factor, min(1.0, provisions / d.full_provisions))


@step
def acceptance(advantage: float, noise: float) -> float:
    """See `reference.acceptance`."""
    return 1.0 / (1.0 + math.exp(-min(max(advantage / noise, -700.0), 700.0)))


@step
def fill_lines(d: Any, mood: float, lines: Any) -> None:
    """What an offer with each number of provisions is judged by, before beliefs come in."""
    factor = math.exp(mood)
    for provisions in range(len(lines)):
        design = design_factor(d, provisions)
        for side in range(2):
            own, other = (d.a, d.b) if side == 0 else (d.b, d.a)
            feared = own.fear * factor * design
            total = own.discount + feared
            lines[provisions, 4 * side + SLOPE] = own.discount / total
            lines[provisions, 4 * side + FEARED] = feared
            lines[provisions, 4 * side + TOTAL] = total
            lines[provisions, 4 * side + SHIFT] = (
                other.ceiling * other.rate / (other.rate + own.discount + feared)
            )


@step
def least_accepted(lot: float, noise: float, reluctance: float) -> float:
    """A surplus below which a side with this lot does not sign, whatever the rounding."""
    return reluctance + noise * math.log(lot / (1.0 - lot)) - SLACK


@step
def fill_bounds(levels: Any, u_a: Any, u_b: Any, bounds: Any) -> None:
    """Most that B has of any package of a level that leaves A so much or more; -inf where none does.

    `bounds` is (F, L, CELLS + 1): A has at least k/CELLS in cell k, and anything in cell 0.
    """
    cells = bounds.shape[2] - 1
    for among in range(levels.shape[0]):
        for n in range(levels.shape[1] - 1):
            point, most = levels[among, n], -math.inf
            for cell in range(cells, -1, -1):
                while point < levels[among, n + 1] and (cell == 0 or u_a[point] * cells >= cell):
                    most = max(most, u_b[point])
                    point += 1
                bounds[among, n, cell] = most


@step
def cell_of(least: float, bounds: Any) -> int:
    """The cell of `bounds` for packages that leave A so much or more."""
    return int(min(max(least, 0.0), 1.0) * (bounds.shape[2] - 1))


@step
def likely_signed(
    lines: Any,
    bounds: Any,
    among: int,
    least_a: float,
    least_b: float,
    variance: float,
    y_a: float,
    y_b: float,
    drift_a: float,
    drift_b: float,
    value_a: float,
    value_b: float,
    discount_a: float,
    discount_b: float,
    cost_a: float,
    cost_b: float,
) -> int:
    """Provisions of the level with most room for both sides beyond what their lots ask for.

    NEVER only if no package of any level leaves both sides the surplus that their lots ask for.

    A breach leaves a side no better than it is where the least rearmament g puts it: V(y+g) <= W =
    max(V(y+g_0), 0), because V has no inner maximum above 0 and is 0 in defeat. So U - V is at most
    slope·(u - W) + W - V, which says what u a side must have; `fill_bounds` says what is left.
    """
    after_a = value_of_fighting(
        clamp_position(y_a - lines[0, SHIFT]), drift_a, variance, discount_a, cost_a, 0
    )
    after_b = value_of_fighting(
        clamp_position(y_b + lines[0, 4 + SHIFT]), drift_b, variance, discount_b, cost_b, 1
    )
    after_a, after_b = max(after_a, 0.0), max(after_b, 0.0)
    lacks_a = (least_a + value_a - after_a - SLACK) / discount_a
    lacks_b = (least_b + value_b - after_b - SLACK) / discount_b
    likely, most = NEVER, -SLACK
    for n in range(len(lines) - 1, -1, -1):
        asks_a = after_a + lacks_a * lines[n, TOTAL]
        asks_b = after_b + lacks_b * lines[n, 4 + TOTAL]
        room = bounds[among, n, cell_of(asks_a, bounds)] - asks_b
        if room >= most:
            likely, most = n, room
    return likely


@step
def offer(
    lines: Any,
    levels: Any,
    among: int,
    u_a: Any,
    u_b: Any,
    variance: float,
    y_a: float,
    y_b: float,
    drift_a: float,
    drift_b: float,
    value_a: float,
    value_b: float,
    discount_a: float,
    discount_b: float,
    cost_a: float,
    cost_b: float,
    settled: Any,
    bounds: Any,
    position: float,
    rows: Any,
    likely: int,
) -> tuple[float, float, int, float]:
    """Surplus of A and of B, provisions and share decided of the package on offer.

    Levels are tried from a `likely` one on, and left out where `bounds` show that they lose, as in
    `likely_signed`; of equals the one with the fewest provisions is taken, whatever the order.
    Where values have a premium (it is in `value_a` and `value_b` already), its `rows` are of today and
    stand over `position`; after a breach it is at most the highest of its row.
    """
    best = -math.inf
    surplus_a = surplus_b = decides = 0.0
    found = NEVER
    after_a = clamp_position(y_a - lines[0, SHIFT])
    after_b = clamp_position(y_b + lines[0, 4 + SHIFT])
    room_a = max(value_of_fighting(after_a, drift_a, variance, discount_a, cost_a, 0), 0.0)
    room_b = max(value_of_fighting(after_b, drift_b, variance, discount_b, cost_b, 1), 0.0)
    premium = foreseen(rows)
    if premium:
        room_a += highest(rows[0])
        room_b += highest(rows[1])
    for turn in range(levels.shape[1]):
        provisions = likely if turn == 0 else levels.shape[1] - 1 - turn
        if turn > 0 and provisions == likely:
            continue
        start, stop = levels[among, provisions], levels[among, provisions + 1]
        if start == stop:
            continue
        slope_a, slope_b = lines[provisions, SLOPE], lines[provisions, 4 + SLOPE]
        if found != NEVER:
            least_a = (best + value_a - (1.0 - slope_a) * room_a - SLACK) / slope_a
            least_b = (best + value_b - (1.0 - slope_b) * room_b - SLACK) / slope_b
            if bounds[among, provisions, cell_of(least_a, bounds)] + SLACK < least_b:
                continue
        broken_a = value_of_fighting(
            clamp_position(y_a - lines[provisions, SHIFT]),
            drift_a,
            variance,
            discount_a,
            cost_a,
            0,
        )
        broken_b = value_of_fighting(
            clamp_position(y_b + lines[provisions, 4 + SHIFT]),
            drift_b,
            variance,
            discount_b,
            cost_b,
            1,
        )
        if premium:
            broken_a += lift(rows[0], clamp_position(position - lines[provisions, SHIFT]))
            broken_b += lift(rows[1], clamp_position(position + lines[provisions, 4 + SHIFT]))
        base_a = lines[provisions, FEARED] * broken_a / lines[provisions, TOTAL] - value_a
        base_b = lines[provisions, 4 + FEARED] * broken_b / lines[provisions, 4 + TOTAL] - value_b
        worst, at = best_offer(u_a, u_b, start, stop, slope_a, base_a, slope_b, base_b)
        if worst > best or (worst == best and provisions < found):
            best, found = worst, provisions
            surplus_a = slope_a * u_a[at] + base_a
            surplus_b = slope_b * u_b[at] + base_b
            decides = settled[at]
    return surplus_a, surplus_b, found, decides
