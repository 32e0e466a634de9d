"""Sobol' points, scrambled or plain, equal to those of `scipy.stats.qmc.Sobol` to the last bit.

Written out here because importing `scipy.stats` takes about a second of every run, and because the
draws of a dossier should not move when scipy's do.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

from interbellum.model.units import Array

BITS = 30

# Primitive polynomial, then the first direction numbers, of dimensions 2 to 64: Joe and Kuo (2008), SIAM
# Journal on Scientific Computing 30(5), the set new-joe-kuo-6 (BSD licence).
DIRECTIONS: tuple[tuple[int, ...], ...] = (
    (3, 1), (7, 1, 3), (11, 1, 3, 1), (13, 1, 1, 1), (19, 1, 1, 3, 3), (25, 1, 3, 5, 13),
    (37, 1, 1, 5, 5, 17), (41, 1, 1, 5, 5, 5), (47, 1, 1, 7, 11, 19), (55, 1, 1, 5, 1, 1),
    (59, 1, 1, 1, 3, 11), (61, 1, 3, 5, 5, 31), (67, 1, 3, 3, 9, 7, 49),
    (91, 1, 1, 1, 15, 21, 21), (97, 1, 3, 1, 13, 27, 49), (103, 1, 1, 1, 15, 7, 5),
    (109, 1, 3, 1, 15, 13, 25), (115, 1, 1, 5, 5, 19, 61), (131, 1, 3, 7, 11, 23, 15, 103),
    (137, 1, 3, 7, 13, 13, 15, 69), (143, 1, 1, 3, 13, 7, 35, 63), (145, 1, 3, 5, 9, 1, 25, 53),
    (157, 1, 3, 1, 13, 9, 35, 107), (167, 1, 3, 1, 5, 27, 61, 31), (171, 1, 1, 5, 11, 19, 41, 61),
    (185, 1, 3, 5, 3, 3, 13, 69), (191, 1, 1, 7, 13, 1, 19, 1), (193, 1, 3, 7, 5, 13, 19, 59),
    (203, 1, 1, 3, 9, 25, 29, 41), (211, 1, 3, 5, 13, 23, 1, 55), (213, 1, 3, 7, 3, 13, 59, 17),
    (229, 1, 3, 1, 3, 5, 53, 69), (239, 1, 1, 5, 5, 23, 33, 13), (241, 1, 1, 7, 7, 1, 61, 123),
    (247, 1, 1, 7, 9, 13, 61, 49), (253, 1, 3, 3, 5, 3, 55, 33),
    (285, 1, 3, 1, 15, 31, 13, 49, 245), (299, 1, 3, 5, 15, 31, 59, 63, 97),
    (301, 1, 3, 1, 11, 11, 11, 77, 249), (333, 1, 3, 1, 11, 27, 43, 71, 9),
    (351, 1, 1, 7, 15, 21, 11, 81, 45), (355, 1, 3, 7, 3, 25, 31, 65, 79),
    (357, 1, 3, 1, 1, 19, 11, 3, 205), (361, 1, 1, 5, 9, 19, 21, 29, 157),
    (369, 1, 3, 7, 11, 1, 33, 89, 185), (391, 1, 3, 3, 3, 15, 9, 79, 71),
    (397, 1, 3, 7, 11, 15, 39, 119, 27), (425, 1, 1, 3, 1, 11, 31, 97, 225),
    (451, 1, 1, 1, 3, 23, 43, 57, 177), (463, 1, 3, 7, 7, 17, 17, 37, 71),
    (487, 1, 3, 1, 5, 27, 63, 123, 213), (501, 1, 1, 3, 5, 11, 43, 53, 133),
    (529, 1, 3, 5, 5, 29, 17, 47, 173, 479), (539, 1, 3, 3, 11, 3, 1, 109, 9, 69),
    (545, 1, 1, 1, 5, 17, 39, 23, 5, 343), (557, 1, 3, 1, 5, 25, 15, 31, 103, 499),
    (563, 1, 1, 1, 11, 11, 17, 63, 105, 183), (601, 1, 1, 5, 11, 9, 29, 97, 231, 363),
    (607, 1, 1, 5, 15, 19, 45, 41, 7, 383), (617, 1, 3, 7, 7, 31, 19, 83, 137, 221),
    (623, 1, 1, 1, 3, 23, 15, 111, 223, 83), (631, 1, 1, 5, 13, 31, 15, 55, 25, 161),
    (637, 1, 1, 3, 13, 25, 47, 39, 87, 257),
)  # fmt: skip


def scrambled_sobol(count: int, width: int, rng: np.random.Generator) -> Array:
    """The first points of a Sobol' sequence, scrambled by matrices and a shift.

    Parameters
    ----------
    count, width : int
        Points, and coordinates of each, at most 64.
    rng : numpy.random.Generator
        Its first child chooses the scrambling.

    Returns
    -------
    (count, width) float in [0, 1)

    Source
    ------
    Matousek (1998), Journal of Complexity 14(4), for the scrambling; Bratley and Fox (1988), ACM
    Transactions on Mathematical Software 14(1), for the order of the points (Gray code).
    """
    (rng,) = rng.spawn(1)  # as scipy's engine does
    powers = np.uint32(1) << np.arange(BITS, dtype=np.uint32)
    shift = np.dot(rng.integers(2, size=(width, BITS), dtype=np.uint32), powers)
    lower = np.tril(rng.integers(2, size=(width, BITS, BITS), dtype=np.uint32))
    lower[:, np.arange(BITS), np.arange(BITS)] = 1
    # Bit by bit, highest first, a direction is multiplied by the matrix over the field of two elements.
    highest_first = np.arange(BITS - 1, -1, -1, dtype=np.uint32)
    bits = (directions(width)[:, :, None] >> highest_first) & 1  # (width, directions, bits)
    mixed = (bits @ lower.transpose(0, 2, 1)) & 1
    scrambled = np.asarray(mixed @ powers[::-1], np.uint32)  # (width, directions)
    return _points(count, shift, scrambled)


def sobol(count: int, width: int) -> Array:
    """The first points of the Sobol' sequence, as it is; the very first is the origin.

    Parameters
    ----------
    count, width : int
        Points, and coordinates of each, at most 64.

    Returns
    -------
    (count, width) float in [0, 1)

    Source
    ------
    As for `scrambled_sobol`.
    """
    return _points(count, np.zeros(width, np.uint32), directions(width))


def _points(count: int, first: NDArray[np.uint32], along: NDArray[np.uint32]) -> Array:
    # Point k differs from the one before in the direction of the lowest zero bit of k - 1.
    before = np.arange(count - 1, dtype=np.uint32)
    lowest_zero = np.log2((~before & (before + 1)).astype(float)).astype(int)
    steps = np.concatenate([first[None, :], along[:, lowest_zero].T])
    return np.asarray(np.bitwise_xor.accumulate(steps, axis=0) / 2.0**BITS)


@functools.cache
def directions(width: int) -> NDArray[np.uint32]:
    """Direction numbers (width, BITS) uint32 before scrambling; not to be written on."""
    out = np.ones((width, BITS), np.uint32)
    for row, (polynomial, *first) in enumerate(DIRECTIONS[: width - 1], start=1):
        degree = len(first)
        number = list(first)
        for j in range(degree, BITS):
            new = number[j - degree]
            for k in range(degree):
                if polynomial >> (degree - 1 - k) & 1:
                    new ^= number[j - k - 1] << (k + 1)
            number.append(new)
        out[row] = number
    numbers = np.asarray(out << np.arange(BITS - 1, -1, -1, dtype=np.uint32), np.uint32)
    numbers.flags.writeable = False
    return numbers
