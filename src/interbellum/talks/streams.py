"""Counter-based random streams: every random quantity has its own, keyed by what it is for.

Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011, SC'11). Key: the seed. Counter: draw, path, week
and purpose. A what-if therefore differs from its baseline only by what it changes, and neither the
number of threads nor the order of work can alter a draw.
"""

from __future__ import annotations

import math
from typing import Any

from numba import njit, uint32, uint64

from interbellum.model.steps import step

# Purposes: the fourth word of the counter. Numbers are part of the format: never reuse one (0 and 6
# are spent). A block has four lanes of 32 bits, and each lane one use. The third word is the week,
# except for BATTLE, SIGN and MOVE, whose blocks serve several weeks of a span (see `word_of`).
WEEK = 1  # lots: talks held, sectoral truce, other truce, freeze
ANSWER = 2  # acceptance by the lead that sorts first, by the other, sectoral, other truce kept
QUIT = 3  # lots: capitulation by the lead that sorts first, by the other, an exchange
REGIME = 4  # lots: one a regime
BREAK = 5  # how long a silence holds
BATTLE = 7  # one word a week
SIGN = 8  # the first eight bits of the lots of WEEK and of QUIT
MOVE = 9  # the first eight bits of the lots of REGIME
TOUCH = 10  # touch of an end by the lead that sorts first, by the other
COURSE = 11  # the race alone: battle, touch of an end by the lead that sorts first, by the other
COURSE_MOVE = 12  # the race alone: one lane a regime

SPAN = 32  # weeks that share blocks of BATTLE, SIGN and MOVE; from week 0 on

_M0 = uint64(0xD2511F53)
_M1 = uint64(0xCD9E8D57)
_W0 = uint32(0x9E3779B9)
_W1 = uint32(0xBB67AE85)
_LOW = uint64(0xFFFFFFFF)
_BYTE = uint64(0xFF)
_INV32 = 2.0**-32
_INV40 = 2.0**-40


@step
def philox(c0: Any, c1: Any, c2: Any, c3: Any, k0: Any, k1: Any) -> Any:
    """Four 32-bit words from a 128-bit counter and a 64-bit key."""
    a, b, c, d = uint32(c0), uint32(c1), uint32(c2), uint32(c3)
    key0, key1 = uint32(k0), uint32(k1)
    for _ in range(10):
        first = uint64(a) * _M0
        second = uint64(c) * _M1
        a, b, c, d = (
            uint32((second >> uint64(32)) ^ uint64(b) ^ uint64(key0)),
            uint32(second & _LOW),
            uint32((first >> uint64(32)) ^ uint64(d) ^ uint64(key1)),
            uint32(first & _LOW),
        )
        key0 = uint32(key0 + _W0)
        key1 = uint32(key1 + _W1)
    return a, b, c, d


@njit(inline="always")
def _round(a: Any, b: Any, c: Any, d: Any, k0: Any, k1: Any) -> Any:
    """One round of Philox in 64-bit registers, so that the multiplications run several at a time."""
    first, second = a * _M0, c * _M1
    return (
        (second >> uint64(32)) ^ b ^ k0,
        second & _LOW,
        (first >> uint64(32)) ^ d ^ k1,
        first & _LOW,
    )


@step
def fill_words(seed: int, draw: int, path: int, block: int, purpose: int, words: Any) -> None:
    """The four lanes of successive blocks, from `block` on, into the rows of `words` (4, n) uint64.

    The rounds are written out because a loop inside the loop would keep the compiler from running
    four weeks at a time; that is eleven times as fast.
    """
    key0, key1 = uint64(seed) & _LOW, uint64(seed) >> uint64(32)
    x, y, z, start = uint64(draw), uint64(path), uint64(purpose), uint64(block)
    for i in range(words.shape[1]):
        k0, k1 = key0, key1
        a, b, c, d = _round(x, y, start + uint64(i), z, k0, k1)
        k0, k1 = (k0 + uint64(_W0)) & _LOW, (k1 + uint64(_W1)) & _LOW
        a, b, c, d = _round(a, b, c, d, k0, k1)
        k0, k1 = (k0 + uint64(_W0)) & _LOW, (k1 + uint64(_W1)) & _LOW
        a, b, c, d = _round(a, b, c, d, k0, k1)
        k0, k1 = (k0 + uint64(_W0)) & _LOW, (k1 + uint64(_W1)) & _LOW
        a, b, c, d = _round(a, b, c, d, k0, k1)
        k0, k1 = (k0 + uint64(_W0)) & _LOW, (k1 + uint64(_W1)) & _LOW
        a, b, c, d = _round(a, b, c, d, k0, k1)
        k0, k1 = (k0 + uint64(_W0)) & _LOW, (k1 + uint64(_W1)) & _LOW
        a, b, c, d = _round(a, b, c, d, k0, k1)
        k0, k1 = (k0 + uint64(_W0)) & _LOW, (k1 + uint64(_W1)) & _LOW
        a, b, c, d = _round(a, b, c, d, k0, k1)
        k0, k1 = (k0 + uint64(_W0)) & _LOW, (k1 + uint64(_W1)) & _LOW
        a, b, c, d = _round(a, b, c, d, k0, k1)
        k0, k1 = (k0 + uint64(_W0)) & _LOW, (k1 + uint64(_W1)) & _LOW
        a, b, c, d = _round(a, b, c, d, k0, k1)
        k0, k1 = (k0 + uint64(_W0)) & _LOW, (k1 + uint64(_W1)) & _LOW
        a, b, c, d = _round(a, b, c, d, k0, k1)
        words[0, i], words[1, i], words[2, i], words[3, i] = a, b, c, d


@step
def as_lot(signs: Any, lane: int, word: Any) -> float:
    """A uniform number of 40 bits: the first eight are a byte of `signs`, the others a word."""
    first = (uint64(signs) >> uint64(8 * lane)) & _BYTE
    return (float(first) * 4294967296.0 + float(uint32(word)) + 0.5) * _INV40


@step
def fill_normals(words: Any, normal: Any) -> None:
    """Standard normal numbers as `battle` makes them, one a word.

    First every number as if it lay in the centre, four at a time, then the 15% that do not.
    """
    for i in range(normal.shape[0]):
        q = (float(uint32(words[i])) + 0.5) * _INV32 - 0.5
        r = 0.180625 - q * q
        normal[i] = q * (_horner(_CENTRE[0], r) / _horner(_CENTRE[1], r))
    for i in range(normal.shape[0]):
        p = (float(uint32(words[i])) + 0.5) * _INV32
        if abs(p - 0.5) > 0.425:
            normal[i] = normal_quantile(p)


@njit(inline="always")
def _horner(c: Any, r: float) -> Any:
    """A polynomial of degree 7, highest power first, in the order in which `_ratio` sums it."""
    return (
        (((((c[0] * r + c[1]) * r + c[2]) * r + c[3]) * r + c[4]) * r + c[5]) * r + c[6]
    ) * r + c[7]


@step
def uniforms(
    seed: int, draw: int, path: int, week: int, purpose: int
) -> tuple[float, float, float, float]:
    """Four uniform numbers inside (0, 1) for one purpose in one week of one path."""
    low = uint64(seed) & _LOW
    high = uint64(seed) >> uint64(32)
    a, b, c, d = philox(draw, path, week, purpose, low, high)
    return (
        (float(a) + 0.5) * _INV32,
        (float(b) + 0.5) * _INV32,
        (float(c) + 0.5) * _INV32,
        (float(d) + 0.5) * _INV32,
    )


@step
def word_of(seed: int, draw: int, path: int, week: int, purpose: int, rows: int, row: int) -> Any:
    """A week's word in a row of words that a span of weeks has for a purpose.

    The four lanes of the span's blocks, one lane after another, are cut into `rows` rows of `SPAN`
    words: so a processor that makes several blocks at a time writes them as they will be read.
    """
    blocks = SPAN * rows // 4
    at = row * SPAN + week % SPAN
    lanes = philox(
        draw,
        path,
        week // SPAN * blocks + at % blocks,
        purpose,
        uint64(seed) & _LOW,
        uint64(seed) >> uint64(32),
    )
    return lanes[at // blocks]


@step
def lots(
    seed: int, draw: int, path: int, week: int, purpose: int
) -> tuple[float, float, float, float]:
    """Four uniform numbers inside (0, 1) for `WEEK`, `QUIT` or `REGIME`.

    Their first eight bits come from a block that several weeks share: most often these say already
    that nothing happens, and the rest need not be drawn.
    """
    if purpose == REGIME:
        signs = word_of(seed, draw, path, week, MOVE, 1, 0)
    else:
        signs = word_of(seed, draw, path, week, SIGN, 2, 0 if purpose == WEEK else 1)
    return rest_of_lots(seed, draw, path, week, purpose, signs)


@step
def rest_of_lots(
    seed: int, draw: int, path: int, week: int, purpose: int, signs: Any
) -> tuple[float, float, float, float]:
    """The numbers of `lots` once the word with their first bits is there."""
    low = uint64(seed) & _LOW
    high = uint64(seed) >> uint64(32)
    a, b, c, d = philox(draw, path, week, purpose, low, high)
    return as_lot(signs, 0, a), as_lot(signs, 1, b), as_lot(signs, 2, c), as_lot(signs, 3, d)


@step
def battle(seed: int, draw: int, path: int, week: int) -> float:
    """The standard normal number of a week's battle."""
    word = word_of(seed, draw, path, week, BATTLE, 1, 0)
    return float(normal_quantile((float(word) + 0.5) * _INV32))


# Coefficients of AS 241 (PPND16), highest power first: numerator and denominator for the centre,
# the near tail and the far tail.
_CENTRE = (
    (2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
     13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608),
    (5226.495278852545925, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
     5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1.0),
)  # fmt: skip
_NEAR = (
    (7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177,
     1.27045825245236838258, 3.64784832476320460504, 5.7694972214606914055,
     4.6303378461565452959, 1.42343711074968357734),
    (1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966,
     0.14810397642748007459, 0.68976733498510000455, 1.6763848301838038494,
     2.05319162663775882187, 1.0),
)  # fmt: skip
_FAR = (
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386,
     0.026532189526576123093, 0.29656057182850489123, 1.7848265399172913358,
     5.4637849111641143699, 6.6579046435011037772),
    (2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5,
     7.868691311456132591e-4, 0.0148753612908506148525, 0.13692988092273580531,
     0.59983220655588793769, 1.0),
)  # fmt: skip


@step
def _ratio(coefficients: Any, r: float) -> Any:
    above, below = coefficients
    top, bottom = 0.0, 0.0
    for i in range(8):
        top = top * r + above[i]
        bottom = bottom * r + below[i]
    return top / bottom


@step
def normal_quantile(p: float) -> Any:
    """Quantile of the standard normal, relative error about 1e-16.

    Source
    ------
    Wichura (1988), Applied Statistics 37(3), algorithm AS 241 (PPND16).
    """
    q = p - 0.5
    if abs(q) <= 0.425:
        return q * _ratio(_CENTRE, 0.180625 - q * q)
    r = math.sqrt(-math.log(p if q < 0.0 else 1.0 - p))
    value = _ratio(_NEAR, r - 1.6) if r <= 5.0 else _ratio(_FAR, r - 5.0)
    return -value if q < 0.0 else value
