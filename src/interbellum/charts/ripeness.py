"""How ripe the moment looks from each capital: three shares of the draws for each side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from interbellum.charts import palette, theme
from interbellum.model import words
from interbellum.model.chart import Chart
from interbellum.model.diagnosis import View

LEFT, RIGHT, LANE = 300, 64, 20
PLOT = theme.WIDTH - LEFT - RIGHT
GROUP = 2 * LANE + 18
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
    stems, signs, told, heads = [], [], [], []
    for rank, (field, question) in enumerate(QUESTIONS.items()):
        top = 8 + GROUP * rank
        lines = theme.wrap(question, LEFT - 36, most=3)
        heads.append(theme.text_row(16 - LEFT, top + LANE - 7 * (len(lines) - 1), "\n".join(lines)))
        for place, view in enumerate(views):
            y, share = top + LANE * (place + 0.5), getattr(view, field)
            colour = palette.SIDES[view.side]
            stems.append(theme.rule_row(0, y, PLOT * share, y, colour))
            signs.append(theme.sign_row(PLOT * share, y, SHAPES[view.side], colour))
            told.append(
                theme.text_row(
                    PLOT * share + 9,
                    y,
                    f"{theme.cut(names[view.side], 150)} {words.percent(share)}"
                    if share < 0.6
                    else words.percent(share),
                )
            )
            if share >= 0.6:
                told.append(theme.text_row(6, y - 9, theme.cut(names[view.side], 200)))
    return Chart(
        id="ripeness",
        title=TITLE,
        alt=_alt(views, names),
        spec=_spec(8 + GROUP * len(QUESTIONS)),
        data={
            "table": tuple(
                {
                    "question": question,
                    **{view.side: words.percent(getattr(view, field)) for view in views},
                }
                for field, question in QUESTIONS.items()
            ),
            "heads": tuple(heads),
            "stems": tuple(stems),
            "signs": tuple(signs),
            "told": tuple(told),
            "axis": ({"p": 0.0}, {"p": 1.0}),
        },
        columns={"question": "in what share of the draws", "A": names["A"], "B": names["B"]},
        note="Shares of weighted draws, in the engine and as coded; nobody's mind is known.",
    )


def _spec(height: float) -> dict[str, Any]:
    return theme.framed(
        TITLE,
        "Share of the draws in which each holds.",
        [
            theme.layer(
                "axis",
                {"type": "tick", "opacity": 0},
                x=theme.chance("p", title="share of the draws"),
            ),
            theme.texts("heads"),
            theme.rules("stems", strokeWidth=2),
            theme.signs("signs", size=80),
            theme.texts("told"),
        ],
        height=height,
        left=LEFT,
        right=RIGHT,
    )


def _alt(views: Sequence[View], names: Mapping[str, str]) -> str:
    told = [
        f"{names[view.side]}: some package beats war for both {words.percent(view.sees_range)}, a "
        f"way out {words.percent(view.way_out)}, a quiet line beats fighting on "
        f"{words.percent(view.hurting)}"
        for view in views
    ]
    return f"Dots, share of the draws. {'; '.join(told)}."
