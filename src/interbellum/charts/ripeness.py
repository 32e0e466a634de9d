"""How ripe the moment looks from each capital: three shares of the draws for each side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from interbellum.charts import palette, theme
from interbellum.model import words
from interbellum.model.chart import Chart, Row
from interbellum.model.diagnosis import View

LEFT, RIGHT, LANE, LINE = 356, 50, 20, 14
NAMES = 156
"""Room for the names of the sides."""
PLOT = theme.WIDTH - LEFT - RIGHT
GROUP = 2 * LANE + 20
TITLE = "How ripe the moment looks from each capital"
QUESTIONS: dict[str, str] = {
    "sees_range": "Some package beats war for both, by this side's own lights",
    "way_out": "The best offer beats fighting on and what signing costs its leader",
    "hurting": "A quiet line that held would beat fighting on",
}
SHAPES = {"A": "circle", "B": "square"}


def ripeness(views: Sequence[View], names: Mapping[str, str]) -> Chart:
    """Shares of the draws in which each condition of ripeness holds, for each side.

    Parameters
    ----------
    views : sequence of View
    names : mapping
        Of the sides, by letter.
    """
    data: dict[str, list[Row]] = {n: [] for n in ("heads", "names", "stems", "signs", "told")}
    for rank, (field, question) in enumerate(QUESTIONS.items()):
        top = 4 + GROUP * rank
        lines = theme.wrap(question, LEFT - NAMES - 24, most=4)
        middle = top + LANE - LINE / 2 * (len(lines) - 1)
        data["heads"].append(theme.text_row(theme.EDGE - LEFT, middle, "\n".join(lines)))
        for place, view in enumerate(views):
            y, share = top + LANE * (place + 0.5), getattr(view, field)
            colour, name = palette.SIDES[view.side], theme.cut(names[view.side], NAMES - 16)
            data["names"].append(theme.text_row(-12, y, name, palette.SIDES_TEXT[view.side]))
            data["stems"].append(theme.rule_row(0, y, PLOT * share, y, colour))
            data["signs"].append(theme.sign_row(PLOT * share, y, SHAPES[view.side], colour))
            data["told"].append(theme.text_row(PLOT * share + 9, y, words.percent(share)))
    return theme.drawn(
        "ripeness",
        TITLE,
        "Share of the draws in which each holds, as coded.",
        theme.Frame(GROUP * len(QUESTIONS), LEFT, RIGHT),
        [
            theme.layer(
                "axis",
                {"type": "tick", "opacity": 0},
                x=theme.chance("p", title="share of the draws"),
            ),
            theme.texts("heads", lineHeight=LINE),
            theme.texts("names", align="right"),
            theme.rules("stems", strokeWidth=2.5),
            theme.signs("signs", size=80),
            theme.texts("told"),
        ],
        data={
            "table": tuple(
                {
                    "question": question,
                    **{view.side: words.percent(getattr(view, field)) for view in views},
                }
                for field, question in QUESTIONS.items()
            ),
            **{name: tuple(rows) for name, rows in data.items()},
            "axis": ({"p": 0.0}, {"p": 1.0}),
        },
        columns={"question": "in what share of the draws", "A": names["A"], "B": names["B"]},
        alt=_alt(views, names),
        note="Shares of weighted draws, in the engine and as coded; nobody's mind is known.",
    )


def _alt(views: Sequence[View], names: Mapping[str, str]) -> str:
    told = [
        f"{names[view.side]}: some package beats war for both {words.percent(view.sees_range)}, a "
        f"way out {words.percent(view.way_out)}, a quiet line beats fighting on "
        f"{words.percent(view.hurting)}"
        for view in views
    ]
    return f"Dots, share of the draws. {'; '.join(told)}."
