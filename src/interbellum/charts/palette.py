"""Colours of the charts: told apart by the colour-blind, on white, and never the only sign.

Whatever a colour tells, a shape, a dash or a label beside it tells too.

Source
------
Okabe and Ito (2008), "Color Universal Design": blue, vermilion and yellow; its green and sky blue
are made lighter here, for tritanopia. Greys, and the darker shades for text, are ours.
`tests/test_charts_palette.py` measures them.
"""

from __future__ import annotations

INK = "#222222"
MUTED = "#5a5f66"
FAINT = "#9aa0a6"
GRID = "#e4e6e8"
PAPER = "#ffffff"

SIDES: dict[str, str] = {"A": "#0072b2", "B": "#d55e00"}
SIDES_TEXT: dict[str, str] = {"A": "#005a8c", "B": "#a34700"}
"""The same, dark enough to read as small text on white."""
ANALYST = "#404040"

ENDINGS: dict[str, str] = {
    "settlement_in_force": "#12a86f",
    "ceasefire_in_force": "#8ccbf2",
    "freeze": "#f0e442",
    "victory_A": SIDES["A"],
    "victory_B": SIDES["B"],
    "war": "#d3d6da",
}
"""From the bottom of the stack to its top: neighbours differ most."""

FAN = {"80": "#dbe3ee", "50": "#98afcc", "median": "#2c4a75"}
"""A fan whose middle is no side's: the outer band, the inner band, the line."""

GOOD = "#009e73"
WARNING = "#d55e00"
ACCENT = "#2c4a75"
