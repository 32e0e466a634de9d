"""Requests and responses of the REST API: what the OpenAPI description is made of."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

KindName = Literal["brief", "texts", "deals", "peace", "levers"]
StateName = Literal["queued", "running", "done", "failed", "cancelled"]

MOST_CHANGES = 500
LONGEST_WORD = 200

Word = Annotated[str, Field(max_length=LONGEST_WORD)]
Number = Annotated[float, Field(allow_inf_nan=False)]


class _Told(BaseModel):
    """A response; its fields are explained under their names."""

    model_config = ConfigDict(use_attribute_docstrings=True, frozen=True)


class _Asked(BaseModel):
    """A request; unknown fields are refused."""

    model_config = ConfigDict(use_attribute_docstrings=True, frozen=True, extra="forbid")


class FaultInfo(_Told):
    """One thing to mend: where, what was found, the rule, and the mend."""

    file: str
    """File name; `request` where the request itself is at fault."""
    line: int
    """1-based; 0 where there is no line."""
    column: int
    """1-based; 0 where there is no line."""
    path: str
    """Dotted path of the field; empty for the whole file."""
    found: str
    """What stands there, or what is missing."""
    rule: str
    """What is expected."""
    mend: str
    """How to mend it."""
    text: str
    """The line of the file; empty where there is none."""


class Problem(_Told):
    """What went wrong, and how to mend it."""

    message: str
    """For people."""
    faults: list[FaultInfo] | None = None
    """Each fault with its place, where there are several."""


class Size(_Told):
    """Draws of the uncertain inputs, and futures of each draw."""

    draws: int
    """Draws of the uncertain inputs."""
    paths: int
    """Futures of each draw."""


class Limits(_Told):
    """The most that one run may ask for here."""

    draws: int
    """Draws."""
    paths: int
    """Paths a draw."""
    body_bytes: int
    """Bytes of a request's body."""
    queued: int
    """Runs that may wait at once."""


class ProvisionInfo(_Told):
    """A standard ceasefire provision, as `options.with` of a run of kind `peace` names it."""

    id: str
    """Its name."""
    title: str
    """In words."""


class Service(_Told):
    """What answers here."""

    version: str
    """Version of Interbellum."""
    quick: Size
    """Size of a first answer, which takes about a second."""
    full: Size
    """Size of a full answer, that of `interbellum brief`."""
    limits: Limits
    """The most that may be asked for."""
    provisions: list[ProvisionInfo]
    """What can be added to a text, in the order of the standard list."""


class DossierInfo(_Told):
    """A dossier, without its text."""

    key: str
    """Name to ask for it by: the id of a shipped dossier, the fingerprint of a brought one."""
    id: str
    """Id of its conflict."""
    title: str
    """Its title."""
    as_of: str
    """Its cut-off, as YYYY-MM-DD."""
    hash: str
    """Fingerprint: the first 16 hexadecimal digits of the SHA-256 of its bytes."""
    shipped: bool
    """Whether it came with Interbellum; others can be deleted."""


class Spread(_Asked):
    """A range in place of a number: least, most plausible, greatest."""

    low: Number
    """Least."""
    mode: Number
    """Most plausible."""
    high: Number
    """Greatest."""


Changes = Annotated[
    dict[Word, bool | Number | Word | Spread],
    Field(
        max_length=MOST_CHANGES,
        description="New values by dotted path of the dossier, as `GET /dossiers/{key}/controls` names "
        "them. A number moves the middle of a range and takes the range along.",
        examples=[{"trust.A": 0.3}],
    ),
]


class EditRequest(_Asked):
    """Changes to make to a dossier."""

    changes: Changes = Field(default_factory=dict)


class Edited(_Told):
    """A dossier with changes made; comments and layout stay."""

    yaml: str
    """Its text."""
    hash: str
    """Its fingerprint."""
    faults: list[FaultInfo]
    """Always empty: changes that break a rule are answered with 422 and their faults."""


class Options(_Asked):
    """What a question of one kind takes besides; only `peace` takes any."""

    text: Word | None = None
    """Id of a text of the dossier."""
    with_: list[Word] = Field(default_factory=list, alias="with", max_length=50)
    """Standard provisions to add."""
    form: Literal["ceasefire", "settlement", "freeze"] | None = None
    """Form of the silence."""


class RunRequest(_Asked):
    """A question: which dossier, with which changes, and what is asked."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"dossier": "eritrea-ethiopia-1999", "draws": 32, "paths": 32}]
        }
    )

    dossier: Word
    """Key of a dossier."""
    changes: Changes = Field(default_factory=dict)
    kind: KindName = "brief"
    """What is asked: the briefing, or what the verb of that name tells."""
    draws: int | None = Field(default=None, ge=8)
    """Draws of the uncertain inputs; that of the verb unless given."""
    paths: int | None = Field(default=None, ge=8)
    """Futures of each draw, for a briefing; 256 unless given."""
    seed: int = Field(default=1, ge=0, lt=2**64)
    """Seed of every random draw."""
    options: Options = Field(default_factory=Options)
    """What the kind takes besides."""


class RunError(_Told):
    """Why a run failed."""

    message: str
    """For people."""
    faults: list[FaultInfo]
    """Faults of the dossier, if those are the reason."""


class RunInfo(_Told):
    """A run: its question, how far it is, and how it ended."""

    id: str
    """Name of the question: the same question is the same run."""
    kind: KindName
    """What is asked."""
    dossier: str
    """Key of the dossier before the changes."""
    changes: dict[str, Any]
    """The changes made to it."""
    draws: int
    """Draws."""
    paths: int
    """Paths a draw; 0 where the kind follows none."""
    seed: int
    """Seed."""
    options: dict[str, Any]
    """What the kind takes besides."""
    state: StateName
    """Where it is; it ends as done, failed or cancelled."""
    stage: str
    """What is being worked out."""
    progress: float
    """Share done, from 0 to 1."""
    created: str
    """When it was asked (UTC)."""
    started: str | None
    """When it was begun (UTC)."""
    finished: str | None
    """When it ended (UTC)."""
    error: RunError | None
    """Why it failed."""
    quick: bool
    """Whether it is small enough to be answered before full runs."""


class Moved(_Told):
    """A rung's chance in two runs."""

    rung: str
    """Name of the rung."""
    by_days: int
    """Days after the cut-off."""
    before: float
    """Chance in the one."""
    after: float
    """Chance in the other."""


class ComparisonInfo(_Told):
    """Two briefings side by side."""

    outline: list[dict[str, Any]]
    """What changed, as blocks."""
    rungs: list[Moved]
    """Rungs and days that both have."""
