"""Words in charts: how wide they are, how they are broken, and how names are kept apart."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interbellum.charts import theme

LINES = st.text(alphabet="abcdefgh ijWMi.Жщ漢", max_size=60)


def test_widths_are_the_published_ones() -> None:
    """Adobe's metrics of Helvetica, which Arial and Liberation Sans share: H 722, i 222, space 278."""
    assert theme.text_width("Hi i", 1000) == 722 + 222 + 278 + 222
    assert theme.text_width("", 11) == 0.0


@given(text=LINES, width=st.floats(30, 300))
def test_lines_fit_and_lose_no_word_that_fits(text: str, width: float) -> None:
    lines = theme.wrap(text, width)
    assert all(theme.text_width(line) <= width + 1e-6 or line == "…" for line in lines)
    if all(theme.text_width(word) <= width for word in text.split()):
        assert " ".join(lines).split() == text.split()


def test_a_text_that_is_too_long_ends_with_an_ellipsis() -> None:
    assert theme.wrap("one two three four five six seven", 60, most=2) == ["one two", "three four…"]
    assert theme.cut("abc", theme.text_width("abc")) == "abc"
    assert theme.cut("abcdefgh", theme.text_width("abcde…")) == "abcde…"


@given(st.lists(st.floats(0, 300), max_size=8))
def test_places_keep_their_order_and_stand_apart(places: list[float]) -> None:
    moved = theme.apart(places, 16.0, 0.0, 300.0)
    order = sorted(range(len(places)), key=lambda n: places[n])
    ranked = [moved[n] for n in order]
    assert all(b - a >= 16.0 - 1e-9 for a, b in itertools.pairwise(ranked))
    assert all(-1e-9 <= place <= 300.0 + 1e-9 for place in moved)
    wide = all(b - a >= 16.0 for a, b in zip(sorted(places), sorted(places)[1:], strict=False))
    if wide:
        assert moved == pytest.approx(places)


def test_two_places_at_one_spot_share_it_evenly() -> None:
    assert theme.apart([100.0, 100.0], 16.0, 0.0, 300.0) == [92.0, 108.0]


def test_ticks_are_few_and_tell_months_only_where_they_matter() -> None:
    assert theme.ticks(1826) == {"format": "%Y", "tickCount": {"interval": "year", "step": 1}}
    assert theme.ticks(200)["format"] == "%b %Y"
    assert theme.ticks(36500)["tickCount"]["step"] == 10
