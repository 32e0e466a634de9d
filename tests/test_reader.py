"""The reader reports every fault at once, each with its place, and no file makes it crash."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from factories_dossier import as_yaml, minimal_data, minimal_dossier
from interbellum.cli.main import main
from interbellum.dossier import tree
from interbellum.dossier.reader import check, findings, load, load_found, load_text, shipped
from interbellum.dossier.template import template
from interbellum.errors import DossierError, Fault, UsageError

# Ten faults, one a line: what stands in the minimal dossier, what is planted, the field at fault, and
# a word of the message. Five break the schema's rules, three the rules across fields, two a number.
PLANTED = [
    ("  coded_from: nothing", "  coded_from: nothing\n  notte: hello", "conflict.notte", "`note`"),
    ("  coded_by: a test\n", "", "conflict.coded_by", "missing"),
    ("  began: '2030-01-01'", "  began: 2030-13-01", "conflict.began", "YYYY-MM-DD"),
    ("  role: mediator", "  role: referee", "actors.2.role", "mediator"),
    ("  block: ceasefire", "  block: ''", "issues.1.block", "empty"),
    ("  standing: as_it_stands", "  standing: occupied", "issues.0.standing", "annexed"),
    ("      ideal: general", "      ideal: partial", "positions.south.truce.ideal", "general"),
    ("  name: League", "  name: League\n  consents: [fish]", "actors.2.consents.0", "truce"),
    ("    low: 0.4", "    low: 0.9", "war.position", "rise"),
    ("    low: 12", "    low: twelve", "war.months_to_decision.low", "number"),
]


def _planted() -> str:
    text = minimal_dossier()
    for right, wrong, _, _ in PLANTED:
        assert right in text, right
        text = text.replace(right, wrong, 1)
    return text


def test_ten_planted_faults_get_ten_located_messages() -> None:
    with pytest.raises(DossierError) as caught:
        load_text(_planted())
    faults = {fault.path: fault for fault in caught.value.faults}
    assert len(caught.value.faults) == len(PLANTED) == 10
    lines = _planted().splitlines()
    for _, wrong, path, word in PLANTED:
        fault = faults[path]
        assert word in str(fault)
        assert fault.source_line == lines[fault.line - 1]
        if wrong and not path.startswith("war.position"):  # a range is at fault as a whole
            assert fault.source_line == wrong.rpartition("\n")[2]
            assert fault.source_line[fault.column - 1 :].startswith(
                ("notte", "2030", "referee", "''", "occupied", "partial", "fish", "twelve")
            )


def test_planted_faults_come_out_of_the_command_line_in_file_order(tmp_path: Path) -> None:
    file = tmp_path / "war.yaml"
    file.write_text(_planted(), encoding="utf-8")
    done = CliRunner().invoke(main, ["check", str(file)])
    assert done.exit_code == 1
    assert "Traceback" not in done.output
    places = [line for line in done.stdout.splitlines() if line.startswith(str(file))]
    numbers = [int(line.split(":")[1]) for line in places]
    assert len(numbers) == 10
    assert numbers == sorted(numbers)
    assert done.stdout.count("Mend: ") == 10


def _bomb() -> bytes:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    return "\n".join(lines).encode()


def _circle() -> bytes:
    data = minimal_data()
    data["issues"][0]["options"][0]["requires"] = ["truce.general"]
    data["issues"][1]["options"][1]["requires"] = ["line.back"]
    return as_yaml(data).encode()


HOSTILE: dict[str, tuple[bytes, str]] = {
    "binary": (bytes(range(256)) * 40, "is not text"),
    "empty": (b"", "is empty"),
    "blank": (b"\n \n\t\n", "is empty"),
    "comments only": (b"# nothing here\n", "holds no fields"),
    "50 MB": (b"# padding\n" * 5_000_000, "is 50 MB"),
    "YAML bomb": (_bomb(), "anchor"),
    "alias": (b"a: [1]\nb: *a\n", "alias"),
    "nesting 5,000 deep, flow": (b"a: " + b"[" * 5000 + b"]" * 5000, "nesting deeper than"),
    "nesting 5,000 deep, block": (
        "\n".join(f"{' ' * n}a:" for n in range(5000)).encode()[:4_900_000],
        "nesting deeper than",
    ),
    "cyclic requires": (_circle(), "closes a circle"),
    "zero byte": (minimal_dossier().encode() + b"\x00", "zero byte"),
    "UTF-16": (minimal_dossier().encode("utf-16"), "is not text"),
    "Latin-1": ("title: Köln\n".encode("latin-1"), "is not text"),
    "terminal codes": (b'conflict:\n  title: "\\e[2J"\n', "control character"),
    "terminal codes in a key": (b'"\\e[2J": 1\n', "control character"),
    "raw terminal codes": (b"title: \x1b[2J\n", "cannot be parsed"),
    "a list": (b"- a\n- b\n", "holds no fields"),
    "a word": (b"war", "holds no fields"),
    "two documents": (minimal_dossier().encode() + b"---\na: 1\n", "cannot be parsed"),
    "a tag": (minimal_dossier().encode() + b"left_out: [!!python/name:os.system x]\n", "tag"),
    "a key twice": (minimal_dossier().encode() + b"war: 1\n", "stands twice"),
    "a key that is a list": (b"? [a, b]\n: 1\n", "not a word"),
    "a quote left open": (b'title: "war\n', "cannot be parsed"),
    "tabs": (b"conflict:\n\tid: x\n", "cannot be parsed"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_file_gets_one_clear_message(kind: str, tmp_path: Path) -> None:
    raw, words = HOSTILE[kind]
    file = tmp_path / "war.yaml"
    file.write_bytes(raw)
    began = time.process_time()
    done = CliRunner().invoke(main, ["show", str(file)])
    assert done.exit_code == 1, done.output
    assert done.stdout == ""
    assert words in done.stderr
    assert done.stderr.startswith(str(file))
    assert done.stderr.count("Mend: ") == 1
    assert "\n1 fault to mend." in done.stderr
    assert "Traceback" not in done.stderr
    assert "\x1b" not in str(check(file).faults[0])  # click strips such codes only from pipes
    assert time.process_time() - began < 5  # a bomb that goes off takes minutes


ONE_PASS = {
    **{kind: raw for kind, (raw, _) in HOSTILE.items() if kind != "50 MB" and b"&" not in raw},
    **{f"{name} in full": load(name).tree.source().encode() for name in shipped()},
    "an alias before a quote left open": b"a: *b\nc: 'd\n",
    "a quote left open before an alias": b'c: "d\na: *b\n',
    "two faults": b"a: 1\na: 2\nb: !!x:y z\n",
}
"""Texts without an anchor: with one, all is walked first."""


@pytest.mark.parametrize("kind", ONE_PASS)
def test_one_pass_says_what_the_careful_reading_says(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def said() -> tuple[object, object]:
        try:
            read = tree.parse_tree("war.yaml", ONE_PASS[kind])
        except DossierError as error:
            return error.faults, None
        return read.data, yaml.serialize(read.root)

    once = said()
    monkeypatch.setattr(tree, "MAX_COMPOSED", 0)  # too much for one pass, so all is walked first
    assert said() == once


@pytest.mark.parametrize("leaf", ["1", "[]", "{}"])
@pytest.mark.parametrize("levels", [tree.MAX_DEPTH - 1, tree.MAX_DEPTH, tree.MAX_DEPTH + 1])
def test_nesting_ends_where_it_is_said_to_end(levels: int, leaf: str) -> None:
    """The mapping around it is a level too, and an empty list or block is one."""
    raw = f"a: {'[' * (levels - 1)}{leaf}{']' * (levels - 1)}\n".encode()
    if levels + (leaf != "1") <= tree.MAX_DEPTH:
        assert tree.parse_tree("war.yaml", raw).data["a"]
    else:
        with pytest.raises(DossierError, match="nesting deeper than 40"):
            tree.parse_tree("war.yaml", raw)


@pytest.mark.parametrize("mark", ["", "# &\n"])
def test_values_are_counted(mark: str, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = f"{mark}a: [1, 2, 3, 4, 5, 6]\n".encode()  # 15 events, 9 nodes
    for most, composed in ((15, 5), (15, 100)):
        monkeypatch.setattr(tree, "MAX_NODES", most)
        monkeypatch.setattr(tree, "MAX_COMPOSED", composed)
        assert tree.parse_tree("war.yaml", raw).data == {"a": [1, 2, 3, 4, 5, 6]}
    monkeypatch.setattr(tree, "MAX_NODES", 14)
    monkeypatch.setattr(tree, "MAX_COMPOSED", 5)
    with pytest.raises(DossierError, match="more than 14 values"):
        tree.parse_tree("war.yaml", raw)


def test_so_many_nodes_make_no_more_events_than_are_allowed() -> None:
    assert 2 * tree.MAX_COMPOSED + 4 == tree.MAX_NODES


@pytest.mark.parametrize("kind", [yaml.ScalarNode, yaml.SequenceNode, yaml.MappingNode])
@pytest.mark.parametrize("implicit", [(True, False), (False, True)])
def test_tags_are_the_parsers_own(kind: type[yaml.Node], implicit: tuple[bool, bool]) -> None:
    loader = tree._Core("")
    words = [
        "~",
        "null",
        "NO",
        "no",
        "true",
        "True",
        "TRUE",
        "0",
        "-1",
        "01",
        "1.5",
        ".5",
        "1e3",
        "+.5",
        "-.",
        "12:30",
        "0x1f",
        "1_0",
        "words",
        "&",
        "*",
        "n",
        "t",
    ]
    for word in ("", *words):
        value = word if kind is yaml.ScalarNode else None
        usual = yaml.resolver.BaseResolver.resolve(loader, kind, value, implicit)
        assert loader.resolve(kind, value, implicit) == usual, word


@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("key", [*shipped(), "toy"])
def test_a_dossier_that_was_read_before_is_the_same(
    key: str, start: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = start + (minimal_dossier() if key == "toy" else load(key).tree.source())
    first = load_text(source, "war.yaml")
    composed = tree._composed
    monkeypatch.setattr(tree, "_composed", None)  # nothing is parsed
    again = load_found(source, findings(first), "war.yaml")
    assert again.dossier == first.dossier
    assert (again.hash, again.warnings) == (first.hash, first.warnings)
    assert (again.tree.data, again.tree.source()) == (first.tree.data, source)
    monkeypatch.setattr(tree, "_composed", composed)  # until a place is asked for
    assert again.tree.key_place(("war", "position")) == first.tree.key_place(("war", "position"))


@pytest.mark.parametrize(
    "found", [b"", b"{}", b"[1]", b'{"hash": "HASH", "data": {"a": 1}}', b"other"]
)
def test_what_was_read_of_another_text_or_is_damaged_is_read_anew(found: bytes) -> None:
    source = minimal_dossier()
    right = load_text(source, "war.yaml")
    other = load_text(source.replace("title: ", "title: Other ", 1), "war.yaml")
    assert other.dossier != right.dossier
    if found == b"other":
        found = findings(other)
    again = load_found(source, found.replace(b"HASH", right.hash.encode()), "war.yaml")
    assert (again.dossier, again.hash) == (right.dossier, right.hash)
    assert again.tree.data == right.tree.data


def test_directory_instead_of_a_file_gets_one_message(tmp_path: Path) -> None:
    report = check(tmp_path)
    assert [fault.found for fault in report.faults] == ["cannot be read (Is a directory)"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_file_without_reading_rights_gets_one_message(tmp_path: Path) -> None:
    file = tmp_path / "war.yaml"
    file.write_text(minimal_dossier(), encoding="utf-8")
    file.chmod(stat.S_IWUSR)
    assert [fault.found for fault in check(file).faults] == ["cannot be read (Permission denied)"]


def test_unreadable_file_gets_one_message(tmp_path: Path) -> None:
    """A link to itself is a file that nobody can read, not even root."""
    file = tmp_path / "war.yaml"
    file.symlink_to(file)
    (fault,) = check(file).faults
    assert fault.found.startswith("cannot be read")


def test_endless_device_is_not_read_to_the_end() -> None:
    (fault,) = check("/dev/zero").faults
    assert "MB" in fault.found


def test_missing_file_is_misuse_and_a_near_name_is_offered() -> None:
    near = shipped()[0]
    with pytest.raises(UsageError, match=f"Did you mean {near}"):
        load(f"{near}x")


@pytest.mark.parametrize(
    "raw",
    [
        minimal_dossier().replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + minimal_dossier().encode(),
        minimal_dossier().encode().rstrip(b"\n"),
    ],
    ids=["CRLF", "BOM", "no last line feed"],
)
def test_harmless_differences_of_editors_are_read(raw: bytes, tmp_path: Path) -> None:
    file = tmp_path / "war.yaml"
    file.write_bytes(raw)
    assert load(file).dossier == load_text(minimal_dossier()).dossier


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("NO", "NO"),
        ("on", "on"),
        ("12:30", "12:30"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("2031-01-01", "2031-01-01"),
        ("'5'", "5"),
    ],
)
def test_words_stay_words(written: str, read: str) -> None:
    text = minimal_dossier().replace("title: A toy war", f"title: {written}")
    assert load_text(text).dossier.conflict.title == read


def test_faults_under_one_key_twice_are_all_reported() -> None:
    text = "war: 1\nwar: 2\nsides: 1\nsides: 2\n"
    with pytest.raises(DossierError) as caught:
        load_text(text)
    assert [fault.line for fault in caught.value.faults] == [2, 4]


@pytest.mark.parametrize("name", shipped())
def test_shipped_dossier_has_no_faults(name: str) -> None:
    assert check(name).faults == ()


def test_hash_is_that_of_the_bytes(tmp_path: Path) -> None:
    file = tmp_path / "war.yaml"
    file.write_bytes(b"abc")
    with pytest.raises(DossierError):
        load(file)
    file.write_text(minimal_dossier(), encoding="utf-8")
    first = load(file).hash
    file.write_text(minimal_dossier() + "# a comment\n", encoding="utf-8")
    assert len(first) == 16
    assert load(file).hash != first


TEMPLATE = template()
SCALARS = [
    number
    for number, line in enumerate(TEMPLATE.splitlines())
    if ": " in line and not line.lstrip().startswith("#")
]
NASTY = [
    "[]", "{}", "null", "true", "-1", "0", "1" * 350, "1e309", "-1e309", "x", "''", "{a: 1}", "[1]",
    "2031-02-30", "9999-12-31", "0001-01-01", "0000-00", "9999-12", "100%", "x%", "left_open", "line.back",
    "{low: 1, mode: 0, high: 2}", "{value: 1, low: 1}", "{coders: []}", "[[], {}]", "likely",
]  # fmt: skip


@given(line=st.sampled_from(SCALARS), value=st.sampled_from(NASTY))
@settings(max_examples=120, deadline=None, derandomize=True)
def test_no_value_anywhere_makes_the_reader_crash(line: int, value: str) -> None:
    lines = TEMPLATE.splitlines()
    lines[line] = f"{lines[line].partition(': ')[0]}: {value}"
    try:
        load_text("\n".join(lines))
    except DossierError as error:
        assert all(isinstance(fault, Fault) and fault.line > 0 for fault in error.faults)  # noqa: PT017


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_no_bytes_make_the_reader_crash(raw: bytes) -> None:
    from interbellum.dossier.tree import parse_tree

    try:
        parse_tree("noise", raw)
    except DossierError as error:
        assert len(error.faults) >= 1  # noqa: PT017
