"""Rendering: no text of a user does anything in a text of ours but stand there."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jinja2 import UndefinedError
from markdown_it import MarkdownIt

from bot.domain import markers, messages, rendering
from bot.domain.markers import Keyring, Marker
from bot.domain.rendering import WORD_JOINER, has_quick_action, inline, plain, resolve, title, token

KEYS = Keyring((b"key",))
LINES = ("{}", "- {}", "1. {}", "**Partner:** {} and more", "### {}", "> {}", "a ({})")
MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])

spiteful = st.lists(
    st.sampled_from(
        [
            *("/close", "/assign @bob", "@all", "@", "alice", "#1", "!2", "~bug", '~"a b"', "%1.0"),
            *("&3", "$4", "^alert#5", "group/project#6", "GL-7", "gl-8", "[issue:9]", ":tada:"),
            *(
                "https://a.test/-/issues/1",
                "www.a.test",
                "[a](https://b.test)",
                "![a](b)",
                "mailto:",
            ),
            *(
                "<b>",
                "</td>",
                "<!--",
                "-->",
                "&lt;",
                "&#64;all",
                "\\",
                "`",
                "``",
                "```",
                "~~~",
                "|",
            ),
            *("\n", "\r", "\r\n", "\t", " ", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"),
            *("\u200b", "\u202e", "\u2066", "\ufeff", "\u2060", "\x00", "\ue000root\ue001"),
            *(
                "*",
                "_",
                "**",
                "# ",
                "- ",
                "1. ",
                "> ",
                ">>>",
                "---",
                "+++",
                "===",
                "{{",
                "{%",
                "[[_TOC_]]",
            ),
            *("- [x] `talk`", "[ ]", "{+ a +}", "$`a`$", "[^1]", "::include{file=a}"),
            Marker("i1", "root").render(KEYS),
        ]
    )
    | st.text(max_size=5)
).map("".join)


def _shown(text: str) -> str:
    return text.replace(WORD_JOINER, "")


@given(spiteful, st.sampled_from(LINES))
@example("a\\", "**Partner:** {} and more")
def test_user_text_is_shown_and_does_nothing(text: str, line: str) -> None:
    """Rendered as Markdown it is nothing but its own words: no tag, link, emphasis or code."""
    expected = line.format("X")
    tokens = MARKDOWN.parse(line.format(f"X{inline(text)}X"))
    assert [item.type for item in tokens] == [item.type for item in MARKDOWN.parse(expected)]
    (words,) = [item for item in tokens if item.type == "inline"]
    (model,) = [item for item in MARKDOWN.parse(expected) if item.type == "inline"]
    kinds = [item.type for item in words.children or ()]
    assert kinds == [item.type for item in model.children or ()]
    content = "".join(item.content for item in words.children or ())
    assert f"X{plain(text)}X" in _shown(content)


@given(spiteful, st.sampled_from(LINES))
def test_user_text_stays_harmless_at_the_front(text: str, line: str) -> None:
    """Also where nothing stands before it: it opens no list, heading, quote or block."""
    tokens = MARKDOWN.parse(line.format(inline(text) or "X"))
    assert [item.type for item in tokens] == [
        item.type for item in MARKDOWN.parse(line.format("X"))
    ]
    assert not any(item.type == "html_block" for item in tokens)


@given(spiteful, st.sampled_from(LINES))
def test_user_text_never_acts_in_gitlab(text: str, line: str) -> None:
    """It runs no quick action, mentions nobody, forges no marker, and opens no HTML comment."""
    body = line.format(inline(text))
    assert len(body.splitlines()) <= 1
    assert not has_quick_action(body)
    assert not messages.mentions(body)
    assert markers.first(body, KEYS) is None
    assert "<" not in body
    assert "://" not in body
    assert resolve(body, {"root": "there"}) == body


@pytest.mark.parametrize(
    "text",
    [
        *("@alice", "#1", "group/project#1", "!1", "group/project!1", "~label", '~"two words"'),
        *("%milestone", '%"mile stone"', "&1", "$1", "^alert#1", "GL-1", "gl-1", ":tada:"),
        *("[issue:group/project/1]", "https://a.test", "HTTPS://a.test", "www.a.test", "a@b.test"),
    ],
)
def test_a_reference_is_broken_up(text: str) -> None:
    """An invisible character keeps GitLab from seeing it, in texts and in titles alike."""
    for made in (inline(text), title(text)):
        assert WORD_JOINER in made
        assert plain(made).replace("\\", "").replace("&amp;", "&") == text


@pytest.mark.parametrize(
    ("text", "made"),
    [
        pytest.param("Acme Cloud", "Acme Cloud", id="a name stays as it is"),
        pytest.param("Acme: Cloud & Co", "Acme: Cloud \\& Co", id="marks among spaces"),
        pytest.param("AT&T", f"AT\\&{WORD_JOINER}T", id="an epic is not meant"),
        pytest.param("&lt;", f"\\&{WORD_JOINER}lt;", id="an entity is shown as typed"),
        pytest.param("<b>", "&lt;b&gt;", id="a tag"),
        pytest.param("a_b*c", "a\\_b\\*c", id="emphasis"),
        pytest.param("a|b", "a\\|b", id="a table's bar"),
        pytest.param("/close", f"{WORD_JOINER}/close", id="a quick action"),
        pytest.param("1. Acme", f"{WORD_JOINER}1. Acme", id="a list"),
        pytest.param("1&1", f"1\\&{WORD_JOINER}1", id="a number and more"),
        pytest.param("\u202eevil\u202c", "evil", id="turned direction"),
        pytest.param("a\u200b b\r\n\tc", "a b c", id="invisible characters and lines"),
        pytest.param("\ue000root\ue001", "root", id="a token of ours"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_inline(text: str, made: str) -> None:
    """User text reads as it was typed, and every character that could act is defused."""
    assert inline(text) == made


@given(spiteful)
def test_plain_text_is_one_visible_line(text: str) -> None:
    """No line break, nothing invisible, no space at the ends; doing it twice changes nothing."""
    made = plain(text)
    assert plain(made) == made == made.strip()
    assert len(made.splitlines()) <= 1
    assert not {unicodedata.category(char) for char in made} & {"Cc", "Cf", "Co", "Zl", "Zp"}


@given(spiteful)
def test_a_title_mentions_nobody(text: str) -> None:
    """GitLab notifies whoever a title mentions, and reads references in it."""
    assert not messages.mentions(title(text))
    assert "://" not in title(text)


@given(spiteful | st.text(min_size=200), st.text("abc", max_size=300))
def test_a_title_fits_and_keeps_its_ending(text: str, ending: str) -> None:
    """GitLab takes 255 characters; the ending tells the issues of one launch apart."""
    made = title(text, ending)
    assert len(made) <= 255
    assert made.endswith(ending[:250]) or len(ending) > 250
    assert title(title(text)) == title(text)


def test_a_long_title_is_cut_with_a_sign() -> None:
    """Whoever reads it sees that something is missing."""
    assert title("a" * 255) == "a" * 255
    assert title("a" * 256) == "a" * 254 + "…"
    assert title("a" * 300, ": Build") == "a" * 247 + "…: Build"


def test_text_names_the_issues_that_it_links_to() -> None:
    """So that it waits for them."""
    text = f"{rendering.link('the launch', 'root')} {token('other')} {token('root')}"
    assert rendering.linked(text) == {"root", "other"}
    assert rendering.linked("Hello.") == frozenset()


def test_a_token_becomes_an_address_once_it_is_known() -> None:
    """Texts speak of issues that do not exist yet; an unknown one has an empty address."""
    text = f"{rendering.link('the launch', 'root')} {token('other')}"
    assert (
        resolve(text, {"root": "https://gitlab.test/1"}) == "[the launch](https://gitlab.test/1) "
    )


def test_a_template_is_filled_in() -> None:
    """Tags on lines of their own leave no empty lines, and the ends are trimmed."""
    source = "\n{% for a in names %}\n- {{ a }}\n{% endfor %}\n"
    assert rendering.render(source, {"names": ["a", "b"]}) == "- a\n- b"


def test_a_template_with_an_unknown_variable_is_refused() -> None:
    """An empty gap in a text would be found by its readers; `check` finds it first."""
    with pytest.raises(UndefinedError):
        rendering.render("{{ nobody }}", {})


def test_values_are_not_templates() -> None:
    """What a user typed is put in and not looked into."""
    assert rendering.render("{{ a }}", {"a": "{{ 7 * 7 }}"}) == "{{ 7 * 7 }}"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
@pytest.mark.parametrize("line", ["/close", "  /Close now", "\t/assign @bob"])
def test_a_quick_action_is_seen_behind_any_line_end(line: str, end: str) -> None:
    """The writer refuses a text with a line that GitLab could run."""
    assert has_quick_action(f"Hello{end}{line}{end}")


@pytest.mark.parametrize("line", ["/\rclose", "\r/clo\rse", "/close\r"])
def test_a_quick_action_is_seen_through_carriage_returns(line: str) -> None:
    """GitLab drops them before it looks for commands."""
    assert has_quick_action(f"Hello\n{line}")
    assert has_quick_action(line)


@pytest.mark.parametrize(
    "text", ["a /close", "> /close", "//", "/ close", "/1", f"{WORD_JOINER}/close"]
)
def test_other_slashes_are_no_quick_actions(text: str) -> None:
    """Only a line that starts with a slash and a word counts."""
    assert not has_quick_action(text)
