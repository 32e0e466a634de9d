"""Chances are told in words with their range, without decimals, and never as 0 or 100%."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interbellum.briefing import words

chances = st.floats(0.0, 1.0, allow_nan=False)


# ICD 203 (2015): 1-5, 5-20, 20-45, 45-55, 55-80, 80-95, 95-99; bands [low, high) by the design
@pytest.mark.parametrize(
    ("p", "told"),
    [
        (0.0, "less than 1 in 100"),
        (0.00999, "less than 1 in 100"),
        (0.01, "remote [1-5 in 100]"),
        (0.0499, "remote [1-5 in 100]"),
        (0.05, "very unlikely [5-20 in 100]"),
        (0.2, "unlikely [20-45 in 100]"),
        (0.31, "unlikely [20-45 in 100]"),
        (0.45, "roughly even [45-55 in 100]"),
        (0.5499, "roughly even [45-55 in 100]"),
        (0.55, "likely [55-80 in 100]"),
        (0.8, "very likely [80-95 in 100]"),
        (0.95, "almost certain [95-99 in 100]"),
        (0.9899, "almost certain [95-99 in 100]"),
        (0.99, "more than 99 in 100"),
        (1.0, "more than 99 in 100"),
    ],
)
def test_a_chance_is_told_by_its_band(p: float, told: str) -> None:
    assert words.phrase(p) == told


@given(chances)
def test_no_chance_has_decimals_or_is_nil_or_certain(p: float) -> None:
    for told in (
        words.phrase(p),
        words.percent(p),
        words.sentence(p, "it ends"),
        words.interval(p, p),
    ):
        assert not re.search(r"\d\.\d", told)
        assert not re.search(r"(?<![\d<>])(0|100)(%| in 100)", told)


@given(chances, chances)
def test_an_interval_reads_from_low_to_high(a: float, b: float) -> None:
    told = words.interval(min(a, b), max(a, b))
    ends = [int(number) for number in re.findall(r"\d+", told)]
    assert ends == sorted(ends)
    assert re.fullmatch(r"\d+-\d+%|[<>]?\d+%( to [<>]?\d+%)?", told)


@given(st.floats(0.011, 0.989))
def test_the_range_in_the_sentence_holds_the_chance(p: float) -> None:
    low, high = map(int, re.findall(r"(\d+)-(\d+) in 100", words.phrase(p))[0])
    assert low / 100 <= p < high / 100


def test_intervals_are_written_one_way() -> None:
    assert words.interval(0.18, 0.47) == "18-47%"
    assert words.interval(0.001, 0.12) == "<1% to 12%"
    assert words.interval(0.88, 0.999) == "88% to >99%"
    assert words.interval(0.0, 0.001) == "<1%"


@pytest.mark.parametrize(
    ("low", "high", "name", "told"),
    [
        (0.0215, 0.138, "reluctance", "2-14%"),
        (18.2, 51.9, "months_to_decision", "18 to 52 months"),
        (0.003, 0.016, "change_monthly", "3-16 in 1,000"),
        (26.0, 34.4, "weight", "26 to 34 points"),
        (1.36, 2.15, "talks_factor", "136-215%"),
        (2.7, 9.3, "incidents_per_week", "3 to 9"),
        (0.0, 1.0, "red_line", "not real or real"),
        (0.26, 2.6, "events", "<1 to 3 a year"),
        (1.2e-6, 3.4e-6, "stake_per_unit", "1-3 in 1,000,000"),
    ],
)
def test_a_range_of_an_input_is_told_in_its_unit(
    low: float, high: float, name: str, told: str
) -> None:
    assert words.quantity(low, high, name) == told


def test_a_stranger_s_text_cannot_steer_the_terminal() -> None:
    assert words.clean("a\x1b[31mred\x1b[0m\nline\u202e") == "a [31mred [0m line"


def test_days_are_told_without_the_reader_s_locale() -> None:
    assert words.date("2000-07-15") == "15 July 2000"
    assert words.date("soon") == "soon"
