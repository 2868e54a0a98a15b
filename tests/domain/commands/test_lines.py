"""Only plain text at the top level of a comment is a command."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.commands.lines import LONGEST, MOST, Line, read


def texts(body: str, head: str = "launch") -> list[str]:
    """The command lines of a comment."""
    return [line.text for line in read(body, head)]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        pytest.param("/launch status", ["status"], id="alone"),
        pytest.param("/launch", [""], id="head word only"),
        pytest.param("Hello\n/launch status\nand thanks", ["status"], id="in a paragraph"),
        pytest.param("/launch go\n\nSo it is.\n\n/launch live", ["go", "live"], id="several"),
        pytest.param("/launch go\r\n/launch live\r\n", ["go", "live"], id="lines of Windows"),
        pytest.param("/launch go\r/launch live", ["go", "live"], id="lines of old Macs"),
        pytest.param("/LaunCH Status", ["Status"], id="upper case"),
        pytest.param("/launch\tdone\u00a0 cake ", ["done cake"], id="other white space"),
        pytest.param("/launch do\u200bne\x07 cake", ["done cake"], id="invisible characters"),
        pytest.param("/launch go\n/launch go", ["go"], id="the same twice"),
        pytest.param("**Bold**\n/launch go", ["go"], id="below bold text"),
        pytest.param("`code`\\\n/launch go", ["go"], id="below a hard break"),
        pytest.param("# Heading\n/launch go", ["go"], id="below a heading"),
        pytest.param("<!-- hint -->\n/launch go", ["go"], id="below an HTML comment"),
        pytest.param("<div>x</div>\n\n/launch go", ["go"], id="below closed HTML"),
        pytest.param("<br>\n\n<b/>\n\n/launch go", ["go"], id="below HTML that needs no end"),
        pytest.param("</div>\n\n/launch go", ["go"], id="below an end without beginning"),
        pytest.param("<div><p><b>\n</div>\n\n/launch go", ["go"], id="below what ended with it"),
        pytest.param("<div><div>\n</div>\n\n/launch go", [], id="within the outer of two"),
        pytest.param("<div><p></div></p>\n\n/launch go", ["go"], id="below ends out of order"),
        pytest.param("<p><i>x</p>\n\n/launch go", ["go"], id="below HTML with a slip"),
        pytest.param("a <kbd>b</kbd>\n/launch go", ["go"], id="below HTML in a line"),
        pytest.param(">>>\nquoted\n>>>\n\n/launch go", ["go"], id="below a long quote"),
        pytest.param("> quoted\n\n/launch go", ["go"], id="below a quote"),
        pytest.param("```\ncode\n```\n/launch go", ["go"], id="below a fence"),
        pytest.param("On Monday Ada wrote:\n/launch go", ["go"], id="prose like a mail"),
        pytest.param("----\n/launch go", ["go"], id="below a ruler"),
        pytest.param("/launch go *now\nor* never", ["go *now"], id="with open emphasis"),
        pytest.param("\ue0000\ue000 x\n/launch go", ["go"], id="characters that we use ourselves"),
    ],
)
def test_command_is_found(body: str, found: list[str]) -> None:
    """Plain text from column one."""
    assert texts(body) == found


def test_too_many_commands_are_one_line_that_says_so() -> None:
    """It is another one once there are others, and none at all once there are few enough."""
    many = [f"/launch go {number}" for number in range(MOST + 1)]
    (line,) = read("\n".join(many), "launch")
    assert (line.text, line.stands_for) == ("", MOST + 1)
    (other,) = read("\n".join([*many, "/launch live"]), "launch")
    assert other.digest != line.digest
    assert len(texts("\n".join(many[1:] + many[1:]))) == MOST


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("", id="empty"),
        pytest.param("please /launch go", id="in a sentence"),
        pytest.param(" /launch go", id="indented by one"),
        pytest.param("text\n   /launch go", id="indented by three"),
        pytest.param("/launcher go", id="longer word"),
        pytest.param("/launch-go", id="joined word"),
        pytest.param("/launch: go", id="colon"),
        pytest.param("/lauch go", id="misspelled"),
        pytest.param("\\/launch go", id="escaped"),
        pytest.param("\u200b/launch go", id="behind an invisible character"),
        pytest.param("a\u2028/launch go", id="behind a separator that is no line break"),
        pytest.param("# /launch go", id="heading"),
        pytest.param("/launch go\n---", id="underlined heading"),
        pytest.param("- /launch go", id="list"),
        pytest.param("1. a\n/launch go", id="going on with a list"),
        pytest.param("| a |\n|---|\n/launch go | b", id="table"),
        pytest.param("[a]: b '\n/launch go\n'", id="definition of a link"),
        pytest.param("**a\n/launch go\nb**", id="emphasis"),
        pytest.param("a\n\n>>>\n\n/launch go", id="long quote without end"),
        pytest.param(">>>\n\n> a\n\n/launch go\n\n>>>", id="quote in a long quote"),
        pytest.param("<details>\n\n<b>x</b>\n\n/launch go\n\n</details>", id="details"),
        pytest.param("![a\n/launch go\n](b)", id="picture"),
        pytest.param("x\nOn 3 May 2026 Ada <a@b.c>\nwrote:\n/launch go", id="mail over two lines"),
        pytest.param("On 3 May Ada wrote:\n/launch go\n\n/launch go", id="mail"),
        pytest.param("-----Original Message-----\n/launch go", id="Outlook"),
        pytest.param("-------- Forwarded Message --------\n/launch go", id="Thunderbird"),
        pytest.param("Yes\n________________________________\n/launch go", id="Outlook's ruler"),
        pytest.param("/launch go\n" + "x" * LONGEST, id="very long comment"),
    ],
)
def test_no_command_is_found(body: str) -> None:
    """Everything else was written for show, or by somebody else."""
    assert texts(body) == []


def test_what_stands_above_a_quoted_mail_counts() -> None:
    """People answer above the mail that they answer."""
    body = "/launch go\n\nOn 3 May 2026 Ada wrote:\n> /launch live\n\n/launch cancel"
    assert texts(body) == ["go"]


def test_mail_in_a_quote_ends_nothing() -> None:
    """A person may show a mail and then say something."""
    body = ">>>\nOn 3 May 2026 Ada wrote:\n>>>\n\n/launch go"
    assert texts(body) == ["go"]


def test_head_word_is_any_word() -> None:
    """It is a setting, and no pattern."""
    assert texts("/a.b go\n/axb live", "a.b") == ["go"]


def test_digest_depends_on_the_words_alone() -> None:
    """Neither on white space nor on the head word, which may be changed one day."""
    (first,) = read("/launch  done\tcake", "launch")
    (second,) = read("Hi!\n/party done cake  ", "party")
    (other,) = read("/launch done cakes", "launch")
    assert first == second
    assert first.digest != other.digest
    assert len(first.digest) == 16


def test_digest_keeps_what_a_later_unicode_may_show() -> None:
    """Nothing that ran looks new because the tables of characters have grown."""
    (plain,) = read("/launch go", "launch")
    (unknown,) = read("/launch go\U0003fffd", "launch")
    assert unknown.text == plain.text
    assert unknown.digest != plain.digest


def test_half_a_surrogate_pair_is_read() -> None:
    """JSON can hold what no encoding can."""
    assert texts("/launch go because \ud800x") == ["go because x"]


# --- Anything -----------------------------------------------------------------------------------

WORDS = st.text(st.characters(exclude_characters="\r\n"), max_size=20)
PLACES = {
    "fence": "```\n/launch {}\n```",
    "fence of tildes": "~~~~ text\n\n/launch {}\n\n~~~~",
    "open fence": "a\n```\n/launch {}",
    "indented code": "a\n\n    /launch {}",
    "span": "a `b\n/launch {}\nc`",
    "quote": "> /launch {}",
    "lazy quote": "> a\n/launch {}",
    "long quote": ">>>\na\n\n/launch {}\n>>>",
    "comment": "<!--\n/launch {}\n-->",
    "comment in a line": "a <!-- b\n/launch c\nd{} -->",
    "element": "<div>\n/launch {}\n</div>",
    "element with empty lines": "<div>\n\n/launch {}\n\n</div>",
    "element in a line": "a <kbd>\n/launch {}\n</kbd>",
    "attribute": 'a <b title="\n/launch c"> {}',
    "script": "<script>\n/launch {}\n</script>",
    "list": "* a\n* b\n\n  /launch {}",
    "mail": "ok\n\nOn 3 May 2026 Ada wrote:\n\n/launch {}",
    "link": "[a\n/launch b\nc](https://example.com) {}",
    "link in brackets": "a <https://example.com>/launch {}",
}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@given(WORDS)
def test_what_is_shown_is_never_run(place: str, words: str) -> None:
    """Whatever the words are."""
    assert read(place.replace("{}", words), "launch") == ()


PIECES = st.sampled_from(
    [
        "/launch go",
        "/launch",
        "\n",
        "\n\n",
        "\r",
        "> ",
        ">>>",
        "```",
        "`",
        "<!--",
        "-->",
        "<b>",
        "</b>",
        "- ",
        "    ",
        "[",
        "](",
        ")",
        "**",
        "On 1 a wrote:",
        "\\",
        "___",
        "|",
        "---",
        "&",
    ]
)


@given(st.lists(PIECES | st.text(max_size=5)).map("".join))
def test_any_comment_can_be_read(body: str) -> None:
    """Nothing raises, no line is made up, and no line comes twice."""
    lines = read(body, "launch")
    assert len(set(lines)) == len(lines)
    assert not lines or "/launch" in body.casefold()
    assert all("\n" not in line.text for line in lines)


@given(st.lists(WORDS, max_size=4))
def test_every_line_of_a_paragraph_can_be_a_command(words: list[str]) -> None:
    """Unless one of them makes code or the like of those below it."""
    harmless = ["".join(filter(str.isalnum, text)) for text in words]
    body = "\n".join(f"/launch x{text}" for text in harmless)
    assert texts(body) == list(dict.fromkeys(line.text for line in _plain(harmless)))


def _plain(words: list[str]) -> list[Line]:
    return [line for text in words for line in read(f"/launch x{text}", "launch")]
