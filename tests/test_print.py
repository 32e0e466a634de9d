"""The briefing as an HTML file and as a PDF: whole, inert, readable by machine and by screen reader."""

from __future__ import annotations

import functools
import io
import re
from collections import Counter
from concurrent.futures import Executor, Future
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from xml.etree import ElementTree

import pypdf
import pytest

from factories import DOSSIER, example_dossier, example_result
from interbellum.api import Briefing
from interbellum.briefing import html, notebook, pdf, pictures
from interbellum.briefing.blocks import Block, Bullets, Heading, Outline, Paragraph, Table, texts
from interbellum.briefing.document import Document, Figure, Span, compose, spans
from interbellum.dossier.reader import load_text
from interbellum.errors import InternalError, UsageError
from interbellum.model.chart import Chart

LIMIT = 2_000_000  # bytes of the HTML file, by the issue
HOSTILE = (
    '<script>alert(1)</script> "><img src=x onerror=alert(2)> #read("/etc/passwd") *bold* $x$ `code`'
    " </style></svg> @cite <a href=javascript:alert(3)> https://evil.example/x.js"
)
SVG = "{http://www.w3.org/2000/svg}"


def chart(name: str = "sample", text: str = "August", **more: object) -> Chart:
    """A chart with a clipped area, a gradient and a word: what has ids and what a dossier writes."""
    area = {
        "mark": {
            "type": "area",
            "clip": True,
            "color": {
                "gradient": "linear",
                "stops": [{"offset": 0, "color": "white"}, {"offset": 1, "color": "navy"}],
            },
        },
        "encoding": {"y": {"field": "p", "type": "quantitative", "axis": None}},
    }
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": 300,
        "height": 100,
        "data": {"name": "rows"},
        "encoding": {"x": {"field": "m", "type": "quantitative", "axis": None}},
        "layer": [area, {"mark": "text", "encoding": {"text": {"field": "t"}}}],
    }
    rows = ({"m": 1, "p": 0.2, "t": ""}, {"m": 2, "p": 0.5, "t": text})
    columns = {"m": "month", "t": "what"}
    made = Chart(name, f"Chances of {name}", f"It rises in {text}.", spec, {"rows": rows}, columns)
    return replace(made, **more)  # type: ignore[arg-type]


def document(blocks: Outline, *charts: tuple[Chart, str]) -> Document:
    return compose(blocks, charts, example_result())


@functools.cache
def briefing() -> Briefing:
    return Briefing(example_result(), example_dossier())


@functools.cache
def file() -> str:
    return briefing().to_html()


@functools.cache
def printed() -> bytes:
    return briefing().to_pdf()


@functools.cache
def hostile() -> Briefing:
    """A dossier of a stranger: its title, an issue's option, a note and a party hold markup."""
    quoted = HOSTILE.replace("'", "''")
    text = DOSSIER
    for old in ("Prices of bread.", "Prisoners all for all", "North"):
        assert old in text or old != "Prices of bread."
    text = text.replace("  - Prices of bread.", f"  - '{quoted}'")
    text = re.sub(r"(?m)^(  title: ).*$", rf"\1'{quoted.replace(chr(92), '')} x'", text, count=1)
    loaded = load_text(text, "hostile.yaml")
    result = example_result(loaded)
    return Briefing(replace(result, notes=(HOSTILE, "bell \x07 and \u202e turned")), loaded)


# --- the document ------------------------------------------------------------------------------

PAGE: Outline = (
    Heading(1, "Title"),
    Paragraph("Stamp."),
    Heading(2, "First"),
    Paragraph("Opens."),
    Table(("form", "curve"), (("a", "▁▂█"), ("b", "█▁▁")), "Both."),
    Heading(2, "Second"),
    Bullets(("One.",)),
    Heading(1, "Annex"),
    Heading(2, "First"),
    Heading(3, "Part"),
)


def test_a_chart_stands_under_its_heading_after_the_paragraph_that_opens_it() -> None:
    parts = document(PAGE, (chart("b"), "Second"), (chart("a"), "First")).parts
    assert [part.chart.id for part in parts if isinstance(part, Figure)] == ["a", "b"]
    assert isinstance(parts[4], Figure)
    assert parts[3] == Paragraph("Opens.")
    assert parts[4].number == 1
    second = parts.index(Heading(2, "Second"))
    assert isinstance(parts[second + 1], Figure)
    assert parts[second + 2] == Bullets(("One.",))


def test_a_chart_without_its_section_is_not_lost() -> None:
    parts = document(PAGE, (chart("a"), "Nowhere")).parts
    place = parts.index(Heading(2, "Further charts"))
    assert isinstance(parts[place + 1], Figure)
    assert parts[place + 2] == Heading(2, "Annex")
    assert isinstance(document(PAGE[:5], (chart("a"), "Nowhere")).parts[-1], Figure)


def test_the_title_alone_has_the_first_level_and_none_is_skipped() -> None:
    heads = [part for part in document(PAGE).parts if isinstance(part, Heading)]
    assert [head.level for head in heads] == [1, 2, 2, 2, 3, 4]


def test_bars_made_of_letters_are_left_to_the_terminal() -> None:
    tables = [part for part in document(PAGE).parts if isinstance(part, Table)]
    assert tables == [Table(("form",), (("a",), ("b",)), "Both.")]


def test_nothing_of_the_outline_is_lost() -> None:
    outline = briefing().outline()
    parts = compose(outline, (), example_result()).parts

    def kept(blocks: Outline) -> list[str]:
        return [text for text in texts(blocks) if not re.search("[▁-█]|over 5 years", text)]

    blocks: list[Block] = [part for part in parts if not isinstance(part, Figure)]
    assert kept(tuple(blocks)) == kept(outline)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("plain", [Span("text", "plain")]),
        (
            "29% [rungs.a_b.335]. See `why`",
            [
                Span("text", "29% "),
                Span("name", "rungs.a_b.335", True),
                Span("text", ". See "),
                Span("code", "why"),
            ],
        ),
        ("rungs.freeze.DAYS", [Span("name", "rungs.freeze.DAYS")]),
        ("causes.FORM.expiry", [Span("name", "causes.FORM.expiry")]),
        ("[redacted] and [5-20 in 100]", [Span("text", "[redacted] and [5-20 in 100]")]),
        ("", []),
    ],
)
def test_names_of_figures_are_told_from_text(text: str, found: list[Span]) -> None:
    assert list(spans(text)) == found


# --- pictures ----------------------------------------------------------------------------------


def test_a_picture_is_paths_and_text_and_nothing_else() -> None:
    drawn = pictures.svg(chart(text=HOSTILE))
    root = ElementTree.fromstring(drawn)
    kinds = {element.tag for element in root.iter()}
    assert kinds <= {SVG + name for name in pictures._ELEMENTS}
    assert SVG + "path" in kinds
    assert SVG + "clipPath" in kinds  # else the next test has no ids to look at
    for element in root.iter():
        for name, value in element.attrib.items():
            assert not name.startswith("on"), name
            assert "href" not in name
            assert "url(" not in value or value.startswith("url(#sample-"), value
    told = "".join(root.itertext())
    assert HOSTILE.split("`")[0].strip() in re.sub(r"\s+", " ", told)


def test_ids_of_two_pictures_in_one_page_differ() -> None:
    ids = [
        element.attrib["id"]
        for name in ("one", "two")
        for element in ElementTree.fromstring(pictures.svg(chart(name))).iter()
        if "id" in element.attrib
    ]
    assert ids
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    "more",
    [
        {"data": {"url": "https://example.org/rows.csv"}},
        {"data": {"url": "file:///etc/hostname"}},
        {"mark": {"type": "image", "url": "x.png"}},
        {"layer": [{"mark": {"type": "text", "href": "https://example.org"}}]},
    ],
)
def test_a_chart_that_would_load_something_is_refused(more: dict[str, object]) -> None:
    with pytest.raises(InternalError, match="the chart sample loads something"):
        pictures.svg(chart(spec={**chart().spec, **more}))


def test_a_chart_that_cannot_be_drawn_says_which() -> None:
    with pytest.raises(InternalError, match="the chart sample cannot be drawn"):
        pictures.svg(chart(spec={"layer": [{"mark": "nonsense"}]}))


def test_png_is_twice_as_wide_as_the_chart() -> None:
    drawn = pictures.png(chart())
    assert drawn[:8] == b"\x89PNG\r\n\x1a\n"
    wide = float(ElementTree.fromstring(pictures.svg(chart())).attrib["width"])
    assert wide > 300  # the plot's
    assert int.from_bytes(drawn[16:20], "big") == pytest.approx(2 * wide, abs=1)


def test_pictures_are_the_same_each_time() -> None:
    assert pictures.svg(chart()) == pictures.svg(chart())
    assert pictures.png(chart()) == pictures.png(chart())
    assert pdf.picture(chart()) == pdf.picture(chart())


# --- HTML --------------------------------------------------------------------------------------

VOID = {"meta", "br", "img", "input", "link", "hr", "wbr"}


class Reader(HTMLParser):
    """Reads a file as a browser does, and fails on what does not close."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.inside: list[tuple[str, ...]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        assert len(named) == len(attrs), f"{tag} has an attribute twice"
        self.tags.append((tag, named))
        self.inside.append(tuple(self.open))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1] == tag, f"</{tag}> closes <{self.open[-1]}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if not {"style", "title"} & set(self.open):
            self.words.append(data)

    def all(self, *tags: str) -> list[dict[str, str]]:
        return [named for tag, named in self.tags if tag in tags]

    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))


@functools.cache
def read(which: str = "example") -> Reader:
    return Reader(file() if which == "example" else hostile().to_html())


@pytest.mark.parametrize("which", ["example", "hostile"])
def test_the_file_runs_nothing_and_loads_nothing(which: str) -> None:
    page = read(which)
    assert not page.all("script", "iframe", "object", "embed", "link", "base", "form", "img", "use")
    for tag, named in page.tags:
        assert not [name for name in named if name.startswith("on")], tag
        assert not {"src", "srcset", "action", "data", "xlink:href"} & set(named), tag
        assert re.fullmatch(r"#\S+", named.get("href", "#x")), tag
    policy = next(one["content"] for one in page.all("meta") if "http-equiv" in one)
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    style = (file() if which == "example" else hostile().to_html()).split("<style>")[1]
    assert not re.search(r"url\(|@import|expression", style.split("</style>")[0])


def test_what_a_stranger_writes_stays_text() -> None:
    told = read("hostile").text()
    assert told.count(HOSTILE.split("`")[0].strip()) >= 3  # title, what was left out, notes
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", hostile().to_html())


def test_headings_go_down_a_level_at_a_time_from_one_title() -> None:
    levels = [int(tag[1]) for tag, _ in read().tags if re.fullmatch(r"h\d", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_landmarks_language_and_skip_link() -> None:
    page = read()
    assert page.all("html") == [{"lang": "en"}]
    counts = Counter(tag for tag, _ in page.tags)
    assert [counts[tag] for tag in ("header", "nav", "main", "footer", "title")] == [1] * 5
    assert page.all("a")[0] == {"class": "skip", "href": "#briefing"}
    assert page.all("main") == [{"id": "briefing"}]


def test_every_anchor_is_there_once() -> None:
    page = read()
    ids = Counter(named["id"] for _, named in page.tags if "id" in named)
    assert [name for name, count in ids.items() if count > 1] == []
    links = {named["href"][1:] for named in page.all("a")}
    assert links <= set(ids)
    assert "rungs.general_truce_30_days_kept.335" in ids


def test_sections_of_one_heading_have_anchors_of_their_own() -> None:
    said = (
        Paragraph("See [range.open_share]."),
        Heading(2, "Last"),
        Paragraph("[range.open_share]"),
    )
    page = Reader(html.page(document((*PAGE[:4], *PAGE[7:], *said))))
    ids = [named["id"] for _, named in page.tags if "id" in named]
    assert len(ids) == len(set(ids))
    assert {"first", "first-2", "range.open_share"} <= set(ids)
    # the last mention is the anchor, to which the earlier one leads
    assert page.all("a")[-1] == {"class": "name", "href": "#range.open_share"}


def test_a_heading_does_not_take_the_anchor_of_the_whole() -> None:
    page = Reader(html.page(document((Heading(1, "Briefing"), *PAGE[1:]))))
    ids = [named["id"] for _, named in page.tags if "id" in named]
    assert len(ids) == len(set(ids))
    assert {"briefing", "briefing-2"} <= set(ids)


def test_contents_name_every_section() -> None:
    page = read()
    heads = {named["id"] for tag, named in page.tags if tag in ("h2", "h3") and "id" in named}
    inside = zip(page.tags, page.inside, strict=True)
    linked = [tag[1]["href"][1:] for tag, around in inside if tag[0] == "a" and "nav" in around]
    assert set(linked) == heads
    assert len(linked) == len(heads)


def test_every_drawing_is_named_and_has_its_data_beside_it() -> None:
    page = read()
    charts = briefing().charts()
    drawings = page.all("svg")
    assert len(charts) > 5
    assert Counter(one["aria-label"] for one in drawings) == Counter(map(pictures.label, charts))
    assert {one["role"] for one in drawings} == {"img"}
    assert len(page.all("figure")) == len(page.all("figcaption")) == len(charts)
    labels = [named.get("aria-label") for named in page.all("table")]
    assert [one for one in labels if one] == [
        f"Data of figure {number}" for number in range(1, len(charts) + 1)
    ]


def test_heads_of_tables_say_what_they_head() -> None:
    page = read()
    assert {named["scope"] for named in page.all("th")} == {"col", "row"}
    assert len(page.all("thead")) == len(page.all("table"))


def test_data_of_a_chart_reads_as_a_person_does() -> None:
    rows = ({"day": "2020-06-20", "p": "<1%", "n": 1234.0, "k": None, "x": "hidden"},)
    columns = {"day": "day", "p": "chance", "n": "number", "k": "none"}
    table = html.data_table(chart(data={"rows": rows}, columns=columns))
    assert table == Table(
        ("day", "chance", "number", "none"), (("20 June 2020", "<1%", "1,234", ""),)
    )


def test_the_file_is_small_and_the_same_each_time() -> None:
    assert len(file().encode()) < LIMIT
    small = document(PAGE, (chart(), "First"))
    assert html.page(small) == html.page(small)


def test_the_stamp_says_what_the_file_was_made_from() -> None:
    result = example_result()
    told = (
        f"Dossier {result.dossier.hash}, seed {result.run.seed}, Interbellum {result.run.version}"
    )
    assert told in read().text()


def test_notebook_and_file_draw_blocks_alike() -> None:
    blocks: Outline = (Paragraph("A <b>."), Bullets(("x & y",)), Table(("a", "b"), (("c", "1"),)))
    page = html.page(document((Heading(1, "T"), Heading(2, "S"), *blocks)))
    for line in notebook.html(blocks).splitlines()[1:-1]:
        assert line in page


# --- PDF ---------------------------------------------------------------------------------------


def described(drawn: pypdf.PdfReader) -> list[str]:
    """Alternative texts of the tags, in order."""
    found: list[str] = []

    def walk(node: object) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for kid in node:
                walk(kid)
        elif isinstance(node, dict):
            if "/Alt" in node:
                found.append(str(node["/Alt"]))
            if "/K" in node:
                walk(node["/K"])

    walk(drawn.trailer["/Root"]["/StructTreeRoot"])  # type: ignore[index]
    return found


def kinds(drawn: pypdf.PdfReader) -> Counter[str]:
    """Tags of the structure."""
    found: Counter[str] = Counter()

    def walk(node: object) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for kid in node:
                walk(kid)
        elif isinstance(node, dict) and "/K" in node:
            found[str(node.get("/S"))] += 1
            walk(node["/K"])

    walk(drawn.trailer["/Root"]["/StructTreeRoot"])  # type: ignore[index]
    return found


def flat(drawn: pypdf.PdfReader) -> str:
    told = " ".join(page.extract_text() for page in drawn.pages)
    return re.sub(r"\s+", " ", told)


@functools.cache
def pages() -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(printed()))


def test_the_pdf_is_tagged_titled_and_in_a_language() -> None:
    root = pages().trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"].value  # type: ignore[index]
    assert root["/Lang"] == "en"  # type: ignore[index]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value  # type: ignore[index]
    assert pages().metadata is not None
    assert pages().metadata.title == example_result().dossier.title
    assert b"pdfuaid:part" in root["/Metadata"].get_data()  # type: ignore[index]
    found = kinds(pages())
    assert found["/H1"] == 1
    assert found["/H2"] > 5
    assert found["/Table"] > 5
    assert found["/TH"] > found["/Table"]


def test_every_picture_of_the_pdf_is_described() -> None:
    alts = Counter(described(pages()))
    for one in briefing().charts():
        assert alts[pictures.label(one)] == 1, one.id


def test_the_pdf_says_what_it_was_made_from_on_every_page() -> None:
    run = example_result().run
    total = len(pages().pages)
    for number, page in enumerate(pages().pages, start=1):
        told = re.sub(r"\s+", " ", page.extract_text())
        assert f"Dossier {example_result().dossier.hash}, seed {run.seed}" in told
        assert f"Page {number} of {total}" in told


def test_the_pdf_tells_all_that_the_outline_tells() -> None:
    # without what stands at the head and the foot of each page
    head, foot = (
        f"{example_result().dossier.title} As of 30 June 2020",
        r"Dossier \w+, seed .* of \d+$",
    )
    bodies = [re.sub(r"\s+", " ", page.extract_text()) for page in pages().pages]
    bodies[1:] = [body.removeprefix(head) for body in bodies[1:]]
    told = re.sub(r"\W+", "", "".join(re.sub(foot, "", body) for body in bodies))
    for text in texts(briefing().outline()):
        bare = re.sub(r"\W+", "", text)
        assert re.search("[▁-█]", text) or text == "over 5 years" or bare in told, text


def test_a_name_of_a_figure_is_copied_as_it_is_typed() -> None:
    name = "rungs.general_truce_30_days_kept.335"
    told = "".join(page.extract_text() for page in pages().pages)
    assert f"[{name}]" in told.replace("\n", "")
    assert not re.search("[\u200b\u2060]", told)
    assert f"[{name}]" in "".join(read().words)


def test_what_a_stranger_writes_stays_text_in_the_pdf() -> None:
    charts = ((chart(text=HOSTILE, alt=HOSTILE, title=HOSTILE), "Bottom line"),)
    told = compose(hostile().outline(), charts, hostile().result)
    drawn = pypdf.PdfReader(io.BytesIO(pdf.briefing(told)))
    assert any(HOSTILE in text for text in described(drawn))
    text = flat(drawn)
    for piece in ("<script>alert(1)</script>", '#read("/etc/passwd")', "*bold* $x$", "@cite"):
        assert piece in text, piece
    assert "root:" not in text
    raw = drawn.trailer["/Root"]
    assert not {"/OpenAction", "/AA", "/AcroForm"} & set(raw)  # type: ignore[arg-type]
    links = [
        note.get_object()["/A"]
        for page in drawn.pages
        for note in page.get("/Annots", [])
        if "/A" in note.get_object()
    ]
    assert [one for one in links if one["/S"] != "/GoTo"] == []


def test_the_pdf_is_the_same_each_time_and_holds_no_date() -> None:
    small = document(PAGE, (chart(), "First"))
    assert pdf.briefing(small) == pdf.briefing(small)
    assert b"/CreationDate" not in printed()
    assert b"CreateDate" not in printed()


def test_characters_that_no_font_has_are_named() -> None:
    # private use: no font of any machine has them
    blocks: Outline = (
        Heading(1, "T"),
        Heading(2, "S"),
        Paragraph("Odd \U00100abc and \U00100abd."),
    )
    with pytest.raises(UsageError, match=r"U\+100ABC.*U\+100ABD.*--fonts FOLDER"):
        pdf.briefing(document(blocks))


def test_characters_in_a_chart_that_no_font_has_are_named() -> None:
    with pytest.raises(UsageError, match=r"U\+100ABC"):
        pdf.briefing(document(PAGE, (chart(text="odd \U00100abc", alt="Odd."), "First")))


def test_scripts_of_typst_s_own_fonts_are_shown() -> None:
    blocks: Outline = (Heading(1, "Київ"), Heading(2, "Αθήνα"), Paragraph("دمشق, Zürich, Łódź"))
    told = flat(pypdf.PdfReader(io.BytesIO(pdf.briefing(document(blocks)))))
    assert "Київ" in told
    assert "Αθήνα" in told


def test_a_chart_as_pdf_is_one_tagged_page_of_its_own_size() -> None:
    drawn = pypdf.PdfReader(io.BytesIO(pdf.picture(chart())))
    assert len(drawn.pages) == 1
    assert described(drawn) == ["Chances of sample. It rises in August."]
    assert drawn.metadata is not None
    assert drawn.metadata.title == "Chances of sample"
    assert float(drawn.pages[0].mediabox.width) < 400


# --- drawn ahead -----------------------------------------------------------------------------------


class Counting(Executor):
    """Does at once what it is given, and counts it."""

    def __init__(self) -> None:
        self.done: list[object] = []

    def submit(self, fn, /, *args, **kwargs):
        self.done.append(args)
        future: Future = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def test_a_chart_drawn_ahead_is_not_drawn_again() -> None:
    early, late = chart("early"), chart("late")
    counting = Counting()
    ahead = pictures.Ahead(counting, [early])
    assert counting.done == [(early,)]
    assert pictures.svgs([early, late], ahead) == pictures.svgs([early, late])
    assert counting.done == [(early,), (late,)]
    changed = chart("early", text="September")  # of one name, and another chart
    assert pictures.svgs([changed], ahead) == pictures.svgs([changed])
    assert counting.done[-1] == (changed,)
