"""YAML text becomes data with places, and nothing in it can break the reader."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.documents import MAX_CHARACTERS, MAX_LINES, Position, parse

TEXT = """\
name: party
tasks:
  - id: one
    needs: [a, b]
"""


@pytest.mark.parametrize(
    ("path", "on_key", "line", "column"),
    [
        pytest.param((), False, 1, 1, id="the whole"),
        pytest.param(("name",), False, 1, 7, id="a value"),
        pytest.param(("name",), True, 1, 1, id="a key"),
        pytest.param(("tasks", 0, "needs", 1), False, 4, 16, id="an element"),
        pytest.param(("tasks", 0, "title"), False, 3, 5, id="a missing key in a list"),
        pytest.param(("tasks", 0, "id", "x"), True, 3, 5, id="below a value"),
        pytest.param(("roles",), False, 1, 1, id="a missing key at the top"),
    ],
)
def test_every_place_has_a_line_and_a_column(
    path: tuple[str | int, ...], on_key: bool, line: int, column: int
) -> None:
    """A path leads to its value or key; where it ends early, to what it would stand in."""
    assert parse(TEXT).position(path, on_key=on_key) == Position(line, column)


def test_values_are_plain() -> None:
    """Numbers, booleans and nothing are themselves; dates stay as they are written."""
    text = "{a: 1, b: 0.5, c: true, d: null, e: 2026-12-24, f: yes, g: !!str 5}"
    assert parse(text).value == {
        "a": 1,
        "b": 0.5,
        "c": True,
        "d": None,
        "e": "2026-12-24",
        "f": "yes",
        "g": "5",
    }


def test_aliases_are_followed() -> None:
    """A value can be named once and used again."""
    assert parse("a: &x [1]\nb: *x\nc: &x [2]\n").value == {"a": [1], "b": [1], "c": [2]}


def test_empty_text_is_no_data() -> None:
    """An empty file is valid YAML, for nothing."""
    document = parse("# nothing\n")
    assert (document.value, document.broken, document.flaws) == (None, False, ())


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        pytest.param("a:\n\t- b", 2, 1, "never with tabs", id="tab"),
        pytest.param("a: b: c", 1, 5, "put text that contains a colon in quotes", id="colon"),
        pytest.param("a: @b", 1, 4, "special character", id="reserved character"),
        pytest.param("a: 'b", 1, 6, "a quote or a bracket is not closed", id="quote"),
        pytest.param("a: [b", 1, 6, "a bracket or brace is not closed", id="bracket"),
        pytest.param("a:\n  - b\n c: d", 3, 2, "not indented like its neighbours", id="indent"),
        pytest.param("  a: 1\n b: 2", 2, 2, "does not begin with a key", id="less indent"),
        pytest.param("a: 1\n---\nb: 2", 2, 1, "more than one document", id="documents"),
        pytest.param("a: *b", 1, 4, "has no anchor", id="alias"),
        pytest.param("a: 1\nb\nc: 2", 3, 1, "a key is not followed by a colon", id="no colon"),
        pytest.param("x: 1\na: \x07", 2, 4, "character that YAML forbids", id="control character"),
        pytest.param('a: "\\UFFFFFFFF"', 1, 1, "out of range", id="no such character"),
        pytest.param("a: !!x!y z", 1, 4, "this is not valid YAML", id="anything else"),
    ],
)
def test_broken_text_is_explained(text: str, line: int, column: int, words: str) -> None:
    """The complaint of the parser is said in plain words, with its place."""
    document = parse(text)
    (flaw,) = document.flaws
    assert document.broken
    assert flaw.check == "yaml-syntax"
    assert words in flaw.message
    assert flaw.position == Position(line, column)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("[" * 5000, "40 levels deep", id="depth"),
        pytest.param("#" * (MAX_CHARACTERS + 1), "131072 characters", id="size"),
        pytest.param("\n" * (MAX_LINES + 1), "20000 lines", id="lines"),
        pytest.param("a: 1\n" * 10_000, "5000 keys and values", id="keys"),
        pytest.param(f"a: &x [1]\nb: [{'*x, ' * 30}]", "20 aliases", id="aliases"),
        pytest.param("a: &x [*x]", "stands inside of what it is to repeat", id="endless alias"),
        pytest.param("a: &x {b: [{c: *x}]}", "stands inside of", id="endless alias deep inside"),
        pytest.param(
            "a: &a [x, x, x, x, x, x, x, x, x]\n"
            + "".join(
                f"{name}: &{name} [*{before}, *{before}, *{before}]\n"
                for before, name in zip("abcdefg", "bcdefgh", strict=True)
            ),
            "20 aliases",
            id="bomb",
        ),
        pytest.param(f"a: &x [{'1, ' * 3_000}]\nb: *x\nc: *x", "5000 keys and values", id="values"),
    ],
)
def test_text_that_unfolds_beyond_bounds_is_refused(text: str, words: str) -> None:
    """A small file cannot become a large one."""
    document = parse(text)
    assert document.broken
    assert [flaw.check for flaw in document.flaws] == ["yaml-limit"]
    assert words in document.flaws[0].message


def test_aliases_cannot_nest_without_end() -> None:
    """What aliases unfold to is bounded in depth too."""
    deep = "[" * 30 + "1" + "]" * 30
    (flaw,) = parse(f"a: &x {deep}\nb: [[[[[[[[[[[[*x]]]]]]]]]]]]").flaws
    assert "40 levels deep" in flaw.message


@pytest.mark.parametrize(
    ("text", "value", "words"),
    [
        pytest.param("a: 1\na: 2", {"a": 1}, "already on line 1", id="key twice"),
        pytest.param("1: a", {}, "put 1 in quotes", id="number as key"),
        pytest.param("? \n: a", {}, "this one is empty", id="no key"),
        pytest.param("? [a]\n: b", {}, "not a list", id="list as key"),
        pytest.param("<<: {a: 1}", {}, "merge key", id="merge key"),
        pytest.param("a: !foo b", {"a": None}, "write a plain value", id="tag"),
        pytest.param("a: !foo [b]", {"a": None}, "write plain values", id="tag of a list"),
        pytest.param(f"a: {'1' * 5000}", {"a": None}, "cannot be read", id="endless number"),
        pytest.param("a: !!bool x", {"a": None}, "cannot be read", id="false tag"),
        pytest.param('a: "\\ud800"', {"a": None}, "half of a character", id="half a character"),
        pytest.param('"\\ud800": 1', {}, "half of a character", id="half a character as key"),
    ],
)
def test_what_we_do_not_support_is_named_and_passed_over(
    text: str, value: object, words: str
) -> None:
    """The rest of the document can still be looked at."""
    document = parse(text)
    (flaw,) = document.flaws
    assert document.value == value
    assert not document.broken
    assert words in flaw.message


@given(st.text())
@example("%YAML 3.0\n---\na")
@example("%TAG ! tag:x\n---\n!a b")
@example("a: !!timestamp x")
@example("? a\n? b")
@example("&a &b c")
@example("\ufeffa: 1")
def test_no_text_breaks_the_reader(text: str) -> None:
    """Whatever the text, there is a document or a flaw, and never an exception."""
    document = parse(text)
    assert not document.broken or document.flaws


@given(st.text(alphabet="ab:-[]{}&*!?|>'\"%@#\n\t ,1.~<"))
def test_no_punctuation_breaks_the_reader(text: str) -> None:
    """The same, with text that looks like YAML."""
    parse(text)
