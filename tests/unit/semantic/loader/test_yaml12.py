"""YAML 1.2 as models use it, and everything else as an issue with its line."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.semantic.loader import load
from leadline.semantic.loader.yaml12 import MAX_BYTES, UNREADABLE, parse, read


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on: off", {"on": "off"}),
        ("yes: no", {"yes": "no"}),
        ("d: 2017-12-31", {"d": "2017-12-31"}),
        ("t: 12:30:00", {"t": "12:30:00"}),
        ("n: 010", {"n": 10}),
        ("n: 1_000", {"n": "1_000"}),
        ("n: 0x1f", {"n": "0x1f"}),
        ("p: 0.9", {"p": Decimal("0.9")}),
        ("p: 1e3", {"p": Decimal("1e3")}),
        ("p: .nan", {"p": ".nan"}),
        ("b: true", {"b": True}),
        ("b: 'true'", {"b": "true"}),
        ('b: "1"', {"b": "1"}),
        ("n: ~", {"n": None}),
        ("n:", {"n": None}),
        ("1: 2", {"1": 2}),
        ("null: 1", {"null": 1}),
        ("a: |\n  x\n  y\n", {"a": "x\ny\n"}),
        ("a: [1, {b: c}]", {"a": [1, {"b": "c"}]}),
        ("<<: {a: 1}", {"<<": {"a": 1}}),
        ("\ufeffa: 1", {"a": 1}),
        ("%YAML 1.2\n---\na: 1", {"a": 1}),
        ("- 1\n- x", [1, "x"]),
        ("", None),
        ("# only a comment", None),
    ],
)
def test_values(text: str, value: Any) -> None:
    document = parse(text, "m.yaml")
    assert document.value == value
    assert not document.issues


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("a: 1\nb:\n\t- 1", 3, "\\t"),
        ("a: &x 1\nb: *x", 1, "anchors"),
        ("b: *x", 1, "anchors"),
        ("a: 1\nb: !!python/object:os.system x", 2, "tag"),
        ("a: !include secrets.yaml", 1, "tag"),
        ("%YAML 1.1\n---\na: yes", 2, "directives"),
        ("%TAG ! tag:x\n---\na: !b 1", 2, "directives"),
        ("a: 1\n---\nb: 2", 2, "one document"),
        ("a: 1\n? [b, c]\n: 2", 2, "a key"),
        ("a: 1\n? {b: c}\n: 2", 2, "a key"),
        ("a: {b: 1", 1, "no YAML"),
        ("a:\n  b: 1\n c: 2", 3, "no YAML"),
        ("a: b: c", 1, "no YAML"),
        ("@a", 1, "no YAML"),
        ("a: \x01", 1, "no YAML"),
        ('a: "\\ud800"', 1, "half a character"),
        ("[" * 60, 1, "deep"),
        ("a:\n" + "".join(" " * i + "b:\n" for i in range(1, 40)), 22, "deep"),
        ("a: 1\nb: 2\na: 3", 3, "line 1"),
    ],
)
def test_what_models_do_not_have_is_told_with_its_line(text: str, line: int, why: str) -> None:
    (issue,) = parse(text, "m.yaml").issues
    assert issue.place.line == line
    assert why in issue.why
    assert issue.fix


def test_each_key_and_item_knows_its_line() -> None:
    document = parse("a:\n  b: 1\n  c:\n    - x\n    - y: 2\n", "m.yaml")
    assert document.lines[("a", "b")] == 2
    assert document.lines[("a", "c", 1, "y")] == 5
    assert document.place(("a", "c", 1, "z")).line == 5
    assert str(document.place(("a", "q"))) == "m.yaml:1"


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes("a: 1\nb: f\xfcr".encode("latin-1"))
    (tmp_path / "big.yaml").write_bytes(b"a: 1\n" + b"#" * MAX_BYTES)
    (tmp_path / "binary.yaml").write_bytes(bytes(range(256)))
    (tmp_path / "zero.yaml").write_bytes(b"\0" * 100)
    assert read(tmp_path / "latin.yaml").issues[0].place.line == 2
    assert "bytes" in read(tmp_path / "big.yaml").issues[0].why
    assert "UTF-8" in read(tmp_path / "binary.yaml").issues[0].why
    assert read(tmp_path / "zero.yaml").issues
    assert read(tmp_path / "none.yaml").issues[0].code == UNREADABLE
    assert read(tmp_path).issues[0].code == UNREADABLE


def test_an_alias_bomb_is_refused_at_its_first_anchor() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{c}: &{c} [*{p}, *{p}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert "anchors" in parse(bomb, "m.yaml").issues[0].why


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60) | st.text(alphabet="ab:-[]{},&*!|>'\"%@`#? \n\t\\", max_size=60))
def test_no_text_whatever_ends_in_anything_but_a_value_or_an_issue(text: str) -> None:
    document = parse(text, "m.yaml")
    assert document.value is None or not any(issue.code == "bad_yaml" for issue in document.issues)


KEYS = """
leadline source datasets deals table key joins on dimensions measures sum count metrics measure ratio derived
snapshot valid rollups columns time refresh row_rules when rows targets calendar x
"""
LEAVES = st.sampled_from(["", "x", "deals.a", "rows", "status = 'won'", None, True, False, 0, -1, 1.5])
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS.split()), inner, max_size=4)
    ),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(VALUES)
def test_values_of_wrong_types_anywhere_are_issues(
    tmp_path_factory: pytest.TempPathFactory, value: Any
) -> None:
    from ruamel.yaml import YAML

    file = tmp_path_factory.mktemp("m") / "model.yaml"
    with file.open("w", encoding="utf-8") as stream:
        YAML(typ="safe", pure=True).dump(value, stream)
    loaded = load(file)
    assert (loaded.model is None) == bool(loaded.issues)
    for issue in loaded.issues:
        assert issue.why and issue.fix and issue.place.line > 0
