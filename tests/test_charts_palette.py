"""Colours that tell things apart stay apart for the colour-blind, in grey, and as text on white."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest

from interbellum.charts import palette
from interbellum.charts.beliefs import BANDS
from interbellum.charts.durability import COLOUR

# Severity 1.0 of Machado, Oliveira and Fernandes (2009), "A physiologically-based model for
# simulation of color vision deficiency", IEEE TVCG 15(6), table of the paper; for linear RGB.
DEFICIENCY = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
TO_XYZ = np.array(  # sRGB, D65: IEC 61966-2-1
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
WHITE = np.array([0.95047, 1.0, 1.08883])
TOGETHER = {
    "outcomes": tuple(palette.ENDINGS.values()),
    "sides": (*palette.SIDES.values(), palette.ANALYST),
    "fan": tuple(palette.FAN.values()),
    "kept": (palette.GOOD, palette.INK, palette.WARNING),
}
"""Colours that tell things apart within one chart."""
APART = 20.0  # CIE76; 2.3 is just noticeable


def linear(colour: str) -> np.ndarray:
    values = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255.0
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIE 1976 L*a*b* of linear RGB."""
    ratio = TO_XYZ @ np.clip(rgb, 0.0, 1.0) / WHITE
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(colour: str, ground: str = palette.PAPER) -> float:
    """Ratio of luminances, WCAG 2.1."""
    one, other = sorted(float(TO_XYZ[1] @ linear(c)) + 0.05 for c in (colour, ground))
    return other / one


def test_measures_agree_with_known_values() -> None:
    """Black on white is 21 to 1 (WCAG); pure sRGB red has L* 53.24, a* 80.09, b* 67.20 (Lindbloom)."""
    assert contrast("#000000") == pytest.approx(21.0)
    np.testing.assert_allclose(lab(linear("#ff0000")), [53.24, 80.09, 67.20], atol=0.02)
    for matrix in DEFICIENCY.values():  # greys look the same to everybody
        np.testing.assert_allclose(matrix.sum(axis=1), 1.0, atol=2e-6)


@pytest.mark.parametrize("eye", DEFICIENCY)
@pytest.mark.parametrize("chart", TOGETHER)
def test_colours_used_together_are_told_apart(chart: str, eye: str) -> None:
    seen = {c: lab(DEFICIENCY[eye] @ linear(c)) for c in TOGETHER[chart]}
    near = {
        (one, other): round(float(np.linalg.norm(seen[one] - seen[other])), 1)
        for one, other in combinations(seen, 2)
    }
    assert min(near.values()) >= APART, near


def test_neighbours_in_the_stack_differ_in_grey_or_are_parted_by_a_white_line() -> None:
    """The two victories are nearly one grey: a white line and their names part them."""
    light = [float(lab(linear(c))[0]) for c in palette.ENDINGS.values()]
    steps = [abs(one - other) for one, other in pairwise(light)]
    names = list(palette.ENDINGS)
    for step, below, above in zip(steps, names, names[1:], strict=False):
        assert step >= 10.0 or {below, above} == {"victory_A", "victory_B"}, (below, above, step)


def test_small_type_reads_on_white() -> None:
    """WCAG 2.1 asks for 4.5 to 1."""
    for colour in (
        palette.INK,
        palette.MUTED,
        palette.ANALYST,
        *palette.SIDES_TEXT.values(),
        *COLOUR.values(),
    ):
        assert contrast(colour) >= 4.5, colour


def test_bands_lie_apart_from_their_lines_and_from_paper() -> None:
    for outer, inner in BANDS.values():
        light = [float(lab(linear(c))[0]) for c in (palette.PAPER, outer, inner)]
        assert light[0] - light[1] >= 8.0
        assert light[1] - light[2] >= 8.0
