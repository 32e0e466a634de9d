"""The Python API: the verbs of the command line as functions, for scripts and notebooks."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from interbellum import analysis, backtesting, diagnosis, endurance, room, table
from interbellum import questions as asked
from interbellum.briefing import backtest as told_backtest
from interbellum.briefing import domain as told_domain
from interbellum.briefing import (
    figures,
    html,
    jsonform,
    markdown,
    notebook,
    outline,
    pdf,
    terminal,
    why,
)
from interbellum.briefing import levers as told_levers
from interbellum.briefing import peace as told_peace
from interbellum.briefing import room as told_room
from interbellum.briefing import scores as told_scores
from interbellum.briefing import texts as told
from interbellum.briefing.blocks import Outline
from interbellum.briefing.compare import Comparison
from interbellum.briefing.compare import compare as compare_dossiers
from interbellum.briefing.document import Document, compose
from interbellum.briefing.redaction import Veil
from interbellum.briefing.seal import context_of
from interbellum.deals.domain import analyse
from interbellum.dossier.domains import read_domain, write_domain
from interbellum.dossier.edits import edit as edit_loaded
from interbellum.dossier.reader import Loaded, load, shipped
from interbellum.errors import UsageError
from interbellum.model.backtest import BackTest
from interbellum.model.chart import Chart
from interbellum.model.course import Drawn
from interbellum.model.diagnosis import Diagnosis
from interbellum.model.domain import Domain, DomainAnalysis
from interbellum.model.endurance import PeaceAnswer
from interbellum.model.ledger import Entry
from interbellum.model.result import Result
from interbellum.model.room import Room
from interbellum.model.scores import QuestionScores
from interbellum.model.table import TableResult
from interbellum.record.ledger import answers_to, append, read_ledger
from interbellum.record.track import track_record_file

__all__ = [
    "Answer",
    "BackTested",
    "Briefing",
    "Deals",
    "Levers",
    "Peace",
    "Scores",
    "SolvedDomain",
    "Texts",
    "backtest",
    "brief",
    "compare",
    "edit",
    "find_deals",
    "find_levers",
    "find_peace",
    "load",
    "read_domain",
    "score",
    "shipped",
    "solve_domain",
    "texts",
    "write_domain",
]


LEVER_DRAWS = 64
"""Draws of `find_levers` unless more are asked for: every one is worked out over and over."""


class Answer(ABC):
    """An answer made of plain blocks: as Markdown, as text, as JSON, and in a notebook."""

    __slots__ = ()

    @abstractmethod
    def outline(self) -> Outline:
        """The answer as plain blocks."""

    @abstractmethod
    def to_json(self) -> dict[str, Any]:
        """The answer as plain data; `json.dumps` takes it."""

    def to_markdown(self) -> str:
        """The answer as Markdown."""
        return markdown.render(self.outline())

    def to_text(self, width: int = 100) -> str:
        """The answer as plain text of a width in columns."""
        return terminal.render(self.outline(), width)

    def _repr_html_(self) -> str:
        return notebook.page(self.outline())


@dataclass(frozen=True, slots=True, eq=False)
class Briefing(Answer):
    """A dossier and its answer; shows itself in a notebook."""

    result: Result
    loaded: Loaded
    redact: bool = False
    past: tuple[Entry, ...] | None = None
    """Earlier answers to this dossier, where a ledger was named."""
    drawn: Drawn | None = None
    """The draws behind the answer, where it was made by `brief`."""

    def outline(self) -> Outline:
        """The briefing as plain blocks."""
        return outline.build(self.result, self.loaded, redact=self.redact, past=self.past)

    def charts(self) -> tuple[Chart, ...]:
        """The charts of the briefing, in its order; what is redacted is not in them."""
        return tuple(placed.chart for placed in self._placed())

    def to_html(self, executor: Executor | None = None) -> str:
        """The briefing with its charts as one HTML file that needs nothing else.

        An executor draws the charts in its processes.
        """
        return html.page(self._document(), executor)

    def to_pdf(self, fonts: Sequence[str | Path] = (), executor: Executor | None = None) -> bytes:
        """The briefing with its charts as a tagged PDF (PDF/UA-1).

        Parameters
        ----------
        fonts : sequence of paths
            Folders with fonts for characters that none at hand has.
        executor : Executor or None
            Whose processes draw the charts.

        Raises
        ------
        UsageError
            No font has some of the characters; they are named.
        """
        return pdf.briefing(self._document(), fonts, executor)

    def _placed(self) -> tuple[figures.Placed, ...]:
        return figures.figures(context_of(self.result, self.loaded, self.redact))

    def _document(self) -> Document:
        charts = [(placed.chart, placed.after) for placed in self._placed()]
        return compose(self.outline(), charts, self.result)

    def record(self, ledger: str | Path) -> bool:
        """Write this answer down in a ledger: one line, never changed later.

        Returns False where it stands there already, and nothing is written.

        Raises
        ------
        UsageError
            The ledger cannot be written, or is damaged.
        """
        questions = {one.id: one.text for one in self.loaded.dossier.questions}
        return append(Path(ledger), self.result, questions, dt.date.today())[1]

    def to_json(self) -> dict[str, Any]:
        """The briefing as plain data; `json.dumps` takes it."""
        return jsonform.to_json(self.result, self.loaded, redact=self.redact)

    def draws_csv(self) -> str:
        """The draws as a table, a row each: weight, every uncertain input, the engine's own chances.

        The headline rung at every horizon, and each ending at a year, as the engine alone has them.

        Raises
        ------
        UsageError
            The briefing is redacted: the draws are the dossier's numbers; or it has no draws.
        """
        if self.redact:
            raise UsageError(
                "The draws tell the dossier's own numbers; ask for them without redaction."
            )
        if self.drawn is None:
            raise UsageError("No draws were kept with this answer; make it with `brief`.")
        return self.drawn.csv()

    def records(self) -> dict[str, list[dict[str, Any]]]:
        """Rows for data frames: `pandas.DataFrame(briefing.records()["rungs"])`."""
        return notebook.records(self.result, self.loaded, self.redact)

    def why(self, figure_id: str) -> Outline:
        """Where a figure comes from.

        Raises
        ------
        UsageError
            There is no such figure.
        """
        return why.why(self.result, self.loaded, figure_id, self.redact)


def brief(
    dossier: str | Path | Loaded,
    *,
    draws: int = analysis.DEFAULT_DRAWS,
    paths: int = analysis.DEFAULT_PATHS,
    seed: int = analysis.DEFAULT_SEED,
    threads: int | None = None,
    device: str = "cpu",
    redact: bool = False,
    ledger: str | Path | None = None,
    progress: analysis.Progress | None = None,
) -> Briefing:
    """Answer a dossier: a file, the id of a shipped one, or one already loaded.

    With a ledger, the past answers that it holds stand in the briefing.

    Raises
    ------
    DossierError
        The dossier has faults; all of them are listed.
    DeviceError
        The `device`, "cpu" or "cuda", is missing or fails.
    UsageError
        There is no such dossier, an argument is out of range, or the ledger is damaged.
    """
    loaded = dossier if isinstance(dossier, Loaded) else load(dossier)
    result, drawn = analysis.run_with_draws(
        loaded,
        draws=draws,
        paths=paths,
        seed=seed,
        threads=threads,
        device=device,
        progress=progress,
    )
    past = (
        None
        if ledger is None
        else answers_to(read_ledger(Path(ledger)), loaded.dossier.conflict.id)
    )
    return Briefing(result, loaded, redact, past, drawn)


def edit(dossier: str | Path | Loaded, changes: Mapping[str, Any]) -> Loaded:
    """Change numbers and options of a dossier in place; all else stays byte for byte.

    Every verb takes the answer; `answer.tree.source()` is its text. `interbellum edit DOSSIER --list`
    names every path that can be changed.

    Parameters
    ----------
    dossier : id, path or Loaded
    changes : mapping from paths to values
        A number moves the most plausible value and the range with it; {"low", "mode", "high"} gives
        a range; the id of an option; or True or False. ``{"war.position": 0.6}``

    Raises
    ------
    DossierError
        The dossier, or the edited one, has faults; all of them are listed.
    UsageError
        There is no such dossier, a path is not one that can be changed, or it cannot take the value.
    """
    return edit_loaded(dossier if isinstance(dossier, Loaded) else load(dossier), changes)


def compare(before: Briefing, after: Briefing) -> Comparison:
    """What changed between two briefings: dossier, who moved, and how the forecast moved."""
    return compare_dossiers(
        before.loaded,
        after.loaded,
        before.result,
        after.result,
        redact=before.redact or after.redact,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Texts(Answer):
    """The drafts and promises of a dossier, scored; shows itself in a notebook."""

    result: TableResult
    loaded: Loaded
    redact: bool = False

    def outline(self) -> Outline:
        """Drafts and promises as plain blocks, the answer first."""
        return told.outline(self.result, self.loaded, redact=self.redact)

    def to_json(self) -> dict[str, Any]:
        """The same as plain data; `json.dumps` takes it."""
        return told.to_json(self.result, self.loaded, redact=self.redact)


def texts(
    dossier: str | Path | Loaded,
    *,
    draws: int = analysis.DEFAULT_DRAWS,
    seed: int = analysis.DEFAULT_SEED,
    threads: int | None = None,
    redact: bool = False,
    progress: analysis.Progress | None = None,
) -> Texts:
    """Score the drafts on the table for every actor, and audit what has been promised.

    Raises
    ------
    DossierError
        The dossier has faults; all of them are listed.
    UsageError
        There is no such dossier, or an argument is out of range.
    """
    loaded = dossier if isinstance(dossier, Loaded) else load(dossier)
    result = table.lay_out(loaded, draws=draws, seed=seed, threads=threads, progress=progress)
    return Texts(result, loaded, redact)


@dataclass(frozen=True, slots=True, eq=False)
class Deals(Answer):
    """What could be signed, what stands in the way and what would open it."""

    result: Room
    loaded: Loaded
    redact: bool = False

    def outline(self) -> Outline:
        """The room for agreement as plain blocks, the answer first."""
        return told_room.outline(self.result, self.loaded, redact=self.redact)

    def to_json(self) -> dict[str, Any]:
        """The same as plain data; `json.dumps` takes it."""
        return told_room.to_json(self.result, self.loaded, redact=self.redact)


def find_deals(
    dossier: str | Path | Loaded,
    *,
    draws: int = analysis.DEFAULT_DRAWS,
    seed: int = analysis.DEFAULT_SEED,
    race_moved: float = 0.0,
    threads: int | None = None,
    redact: bool = False,
    progress: analysis.Progress | None = None,
) -> Deals:
    """Say what could be signed today, exactly why not, and what would open the range.

    Raises
    ------
    DossierError
        The dossier has faults; all of them are listed.
    UsageError
        There is no such dossier, or an argument is out of range.
    """
    loaded = dossier if isinstance(dossier, Loaded) else load(dossier)
    result = room.look(
        loaded, draws=draws, seed=seed, race_moved=race_moved, threads=threads, progress=progress
    )
    return Deals(result, loaded, redact)


@dataclass(frozen=True, slots=True, eq=False)
class Levers(Answer):
    """What stands in the way, and what each side would have to believe or see."""

    result: Diagnosis
    loaded: Loaded
    seed: int
    redact: bool = False

    def outline(self) -> Outline:
        """The diagnosis as plain blocks, the answer first."""
        return told_levers.outline(self.result, self.loaded, redact=self.redact)

    def to_json(self) -> dict[str, Any]:
        """The same as plain data; `json.dumps` takes it."""
        return {"seed": self.seed, **told_levers.to_json(self.result, self.loaded, self.redact)}


def find_levers(
    dossier: str | Path | Loaded,
    *,
    draws: int = LEVER_DRAWS,
    seed: int = analysis.DEFAULT_SEED,
    threads: int | None = None,
    redact: bool = False,
    progress: analysis.Progress | None = None,
) -> Levers:
    """Say what stands in the way of an end, and what each side would have to believe or see.

    Raises
    ------
    DossierError
        The dossier has faults; all of them are listed.
    UsageError
        There is no such dossier, or an argument is out of range.
    """
    loaded = dossier if isinstance(dossier, Loaded) else load(dossier)
    threads = threads or analysis.usable_threads()
    table = analysis.lay_table(loaded, draws=draws, seed=seed, threads=threads, progress=progress)
    if progress is not None:
        progress("what stands in the way", 0.0)
    return Levers(diagnosis.diagnose(table, seed, threads), loaded, seed, redact)


@dataclass(frozen=True, slots=True, eq=False)
class Peace(Answer):
    """How long a silence would hold, and what would add to it."""

    result: PeaceAnswer
    loaded: Loaded
    redact: bool = False

    def outline(self) -> Outline:
        """The answer as plain blocks."""
        return told_peace.outline(self.result, self.loaded, redact=self.redact)

    def to_json(self) -> dict[str, Any]:
        """The same as plain data; `json.dumps` takes it."""
        return told_peace.to_json(self.result, self.loaded, redact=self.redact)


def find_peace(
    dossier: str | Path | Loaded,
    *,
    text: str | None = None,
    with_: Collection[str] = (),
    form: str | None = None,
    draws: int = analysis.DEFAULT_DRAWS,
    seed: int = analysis.DEFAULT_SEED,
    threads: int | None = None,
    redact: bool = False,
    progress: analysis.Progress | None = None,
) -> Peace:
    """Say how long a silence would hold, under a text or the best package of each form.

    Parameters
    ----------
    dossier : id, path or Loaded
    text : id of a text of the dossier
    with_ : names of standard provisions that are added to it
    form : ceasefire, settlement or freeze
    draws, seed, threads, redact, progress
        As elsewhere.

    Raises
    ------
    DossierError
        The dossier has faults; all of them are listed.
    UsageError
        There is no such dossier, text, provision or form, or an argument is out of range.
    """
    loaded = dossier if isinstance(dossier, Loaded) else load(dossier)
    veil = Veil(loaded, redact)
    shown = [entry.id for entry in loaded.dossier.texts if not veil.hides(f"texts.{entry.id}")]
    if redact and text is not None and text not in shown:  # whether it is there is not to be told
        raise UsageError(f"No text {text} can be told here. Those that can: {', '.join(shown)}.")
    found = endurance.look(
        loaded,
        text=text,
        with_=with_,
        form=form,
        draws=draws,
        seed=seed,
        threads=threads,
        progress=progress,
    )
    return Peace(found, loaded, redact)


@dataclass(frozen=True, slots=True, eq=False)
class SolvedDomain(Answer):
    """What can be agreed in a negotiation domain of another program."""

    result: DomainAnalysis
    domain: Domain

    def outline(self) -> Outline:
        """Frontier and solutions as plain blocks."""
        return told_domain.outline(self.domain, self.result)

    def to_json(self) -> dict[str, Any]:
        """The same as plain data; `json.dumps` takes it."""
        return told_domain.to_json(self.domain, self.result)


def solve_domain(domain: str | Path | Domain) -> SolvedDomain:
    """Frontier and bargaining solutions of a negotiation domain: a file, a folder, or one already read.

    Raises
    ------
    DossierError
        The files have faults; each with its place, rule and mend.
    UsageError
        It is none of the forms that are read, or too large.
    """
    read = domain if isinstance(domain, Domain) else read_domain(domain)
    return SolvedDomain(analyse(read), read)


@dataclass(frozen=True, slots=True, eq=False)
class Scores(Answer):
    """Forecasts that have been resolved, scored."""

    result: QuestionScores

    def outline(self) -> Outline:
        """Scores, comparisons and calibration as plain blocks."""
        return told_scores.outline(self.result)

    def to_json(self) -> dict[str, Any]:
        """The same as plain data; `json.dumps` takes it."""
        return told_scores.to_json(self.result)

    def charts(self) -> tuple[Chart, ...]:
        """Calibration of each who answered: chances that were given against what came."""
        return told_scores.charts(self.result)


def score(questions: str | Path, ledger: str | Path | None = None) -> Scores:
    """Score a file of questions; or, by a file of resolutions, the answers of a ledger.

    Raises
    ------
    DossierError
        The file has faults; all of them are listed.
    UsageError
        There is no such file, or the ledger cannot be read, is damaged, or does not fit.
    """
    named = None if ledger is None else Path(ledger)
    return Scores(asked.score(questions, named, dt.date.today()))


@dataclass(frozen=True, slots=True, eq=False)
class BackTested(Answer):
    """The historical library, scored."""

    result: BackTest

    def outline(self) -> Outline:
        """Every case and every score as plain blocks, the primary result first."""
        return told_backtest.outline(self.result)

    def to_json(self) -> dict[str, Any]:
        """The same as plain data; `json.dumps` takes it."""
        return told_backtest.to_json(self.result)

    def charts(self) -> tuple[Chart, ...]:
        """Calibration of the pooled chances against what came."""
        return told_backtest.charts(self.result)

    def weights_file(self, today: str) -> str:
        """Text of a file of variant weights, by the rule of decision 0025."""
        return told_backtest.weights_file(self.result, today)

    def track_record_file(self, today: str) -> str:
        """Text of the file that every briefing tells the back-test from."""
        return track_record_file(self.result, today)

    def durability_weights_file(self, today: str) -> str:
        """Text of a file of the weights of truce model and record, by the same rule."""
        return told_backtest.durability_weights_file(self.result, today)


def backtest(
    *, threads: int | None = None, progress: analysis.Progress | None = None
) -> BackTested:
    """Run the frozen library of past wars and score it; decision 0025 fixes everything else.

    Raises
    ------
    InternalError
        The library is not the one that was frozen before its first run.
    """
    return BackTested(backtesting.back_test(threads=threads, progress=progress))
