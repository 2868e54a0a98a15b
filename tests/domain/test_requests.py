"""Requests: what people type into a description, and what the bot takes from it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.process import Process
from bot.domain.rendering import plain
from bot.domain.requests import read, template
from tests.domain.world import definition, process

SMALL = process()
GOOD = {"partner": "Acme Cloud", "launch_date": "2026-06-01"}


def _process(**inputs: dict[str, object]) -> Process:
    base = definition()
    base["inputs"] = {
        name: {"title": name.capitalize(), "example": "x", **more} for name, more in inputs.items()
    }
    base["identity"], base["root"]["due"] = [next(iter(inputs))], None
    return Process.model_validate(base)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("### Partner\n\nAcme Cloud\n\n### Launch date\n\n2026-06-01\n", id="headings"),
        pytest.param("### Partner\r\nAcme Cloud\r\n### Launch date\r\n2026-06-01", id="CRLF"),
        pytest.param(
            "# partner\nAcme Cloud\n###### LAUNCH DATE ######\n2026-06-01", id="any level"
        ),
        pytest.param("### **Partner**\nAcme Cloud\n### _Launch date_:\n2026-06-01", id="emphasis"),
        pytest.param("### Partner\n\nAcme\nCloud\n\n### launch_date\n2026-06-01", id="two lines"),
        pytest.param(
            "### Partner\n\nAcme Cloud\n\nThey are important, be quick.\n### Launch date\n"
            "2026-06-01\n\nThank you!",
            id="remarks below",
        ),
        pytest.param(
            "### Partner\n<!-- the company,\n### Launch date -->\nAcme Cloud <!-- or so -->\n"
            "### Launch date\n2026-06-01\n<!-- never closed",
            id="HTML comments",
        ),
        pytest.param("### Partner\n```\nAcme Cloud\n```\n### Launch date\n`2026-06-01`", id="code"),
        pytest.param("partner: Acme Cloud\nlaunch_date: 2026-06-01", id="pairs"),
        pytest.param("Partner:Acme Cloud\n  LAUNCH-DATE :   2026-06-01  ", id="pairs, loosely"),
        pytest.param("- Partner: Acme Cloud\n* Launch date: 2026-06-01", id="pairs in a list"),
        pytest.param("1. Partner: Acme Cloud\n2) Launch date: 2026-06-01", id="pairs, numbered"),
        pytest.param("**Partner:** Acme Cloud\n- *Launch date:* 2026-06-01", id="bold with colon"),
        pytest.param("**Partner**: Acme Cloud\n`launch_date`: `2026-06-01`", id="bold, then colon"),
        pytest.param("Partner: **Acme Cloud**\nLaunch date: _2026-06-01_", id="bold values"),
        pytest.param("Hi,\n\npartner: Acme Cloud\n\n### Launch date\n2026-06-01", id="mixed"),
        pytest.param(
            "### Partner\n\nAcme Cloud\n\n### Launch date\n\n2026-06-01\n\n### Partner\n\nOther\n",
            id="the first of two counts",
        ),
        pytest.param(
            "partner: Other\n### Partner\nAcme Cloud\n### Launch date\n2026-06-01",
            id="headings before pairs",
        ),
        pytest.param(
            "### Partner\n_No response_\n### Launch date\nTBD\n\n"
            "### Details\npartner: Acme Cloud\nlaunch date: 2026-06-01",
            id="an empty heading gives nothing",
        ),
        pytest.param(
            "### Partner\u200b\nAcme\u00a0Cloud\u202e\n### Launch date\n\u20662026-06-01\u2069",
            id="invisible characters",
        ),
    ],
)
def test_a_request_is_understood(text: str) -> None:
    """People write headings or pairs, in whatever style they are used to."""
    given = read(SMALL, text)
    assert (dict(given.inputs), dict(given.problems)) == (GOOD, {})


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("### Partner\n\n### Launch date\n", id="empty headings"),
        pytest.param("partner:\nlaunch date:   ", id="empty pairs"),
        pytest.param("###Partner\nAcme\n#######  Partner\nAcme", id="no headings in Markdown"),
        pytest.param("    ### Partner\n    Acme", id="a heading in indented code"),
        pytest.param("```markdown\n### Partner\nAcme\npartner: Acme\n```", id="a form in code"),
        pytest.param("~~~\n```\n### Partner\nAcme", id="code that is never closed"),
        pytest.param("````\n```\n~~~~\n### Partner\nAcme\n`````", id="code in longer fences"),
        pytest.param("<!--\n### Partner\nAcme\n-->", id="a form in a comment"),
        pytest.param("> partner: Acme", id="a quote"),
        pytest.param("https://partner: Acme\nsee https://gitlab.test/partner:8080", id="addresses"),
        pytest.param("### Partner\n \u200b \n\n### Launch date\n-", id="nothing that can be seen"),
        pytest.param("### Partner\n?\n### Launch date\nN/A", id="words for nothing"),
    ],
)
def test_a_request_without_inputs_says_so(text: str) -> None:
    """Each missing input is named, so that a comment can ask for it."""
    given = read(SMALL, text)
    assert dict(given.inputs) == {}
    assert dict(given.problems) == {"partner": "is missing", "launch_date": "is missing"}


@pytest.mark.parametrize(
    "day",
    [
        *("2026-02-30", "2026-13-01", "2026-6-1", "20260601", "2026-W23-1", "01.06.2026"),
        *("2026-06-01T00:00", "next week", "2026-06-01 or later", "\u0662\u0660\u0662\u0666-06-01"),
        *("0000-01-01", "10000-01-01"),
    ],
)
def test_what_is_no_date_is_not_guessed(day: str) -> None:
    """Only a day that exists, as YYYY-MM-DD; two spellings of a date would look like a change."""
    given = read(SMALL, f"partner: Acme\nlaunch date: {day}")
    assert dict(given.inputs) == {"partner": "Acme"}
    assert dict(given.problems) == {"launch_date": "is not a date of the form YYYY-MM-DD"}


def test_a_day_of_a_leap_year_is_a_date() -> None:
    """2028-02-29 exists."""
    assert not read(SMALL, "partner: Acme\nlaunch date: 2028-02-29").problems


def test_a_value_of_more_than_200_characters_is_refused() -> None:
    """It goes into titles; somebody pasted too much."""
    assert not read(SMALL, f"partner: {'a' * 200}\nlaunch date: 2026-06-01").problems
    given = read(SMALL, f"partner: {'a' * 201}\nlaunch date: 2026-06-01")
    assert dict(given.problems) == {"partner": "is longer than 200 characters"}


def test_an_address_is_a_value() -> None:
    """Only the first colon divides."""
    given = read(SMALL, "partner: https://acme.test:80/a\nlaunch date: 2026-06-01")
    assert given.inputs["partner"] == "https://acme.test:80/a"


@pytest.mark.parametrize("value", ["C#", "a_b", "*", "**Acme** Cloud", "Acme: Cloud", "`a` or `b`"])
def test_marks_inside_a_value_stay(value: str) -> None:
    """Only emphasis around the whole value is taken off."""
    assert read(SMALL, f"### Partner\n{value}").inputs["partner"] == value


@pytest.mark.parametrize("form", ["### {}\nx", "{}: x", "- **{}:** x"])
@pytest.mark.parametrize(
    "title", ["Région", "Übersicht", "2nd partner", "Price (EUR)", "C#", "名前"]
)
def test_titles_are_found_in_every_language(title: str, form: str) -> None:
    """Authors name inputs as they like; composed and decomposed letters are the same."""
    wanted = _process(a={"title": title})
    assert dict(read(wanted, form.format(title)).inputs) == {"a": "x"}


def test_an_optional_input_may_be_missing_but_not_wrong() -> None:
    """A launch starts without it; a wrong value is still said."""
    wanted = _process(a={}, b={"required": False, "type": "date"})
    assert not read(wanted, "a: x").problems
    assert list(read(wanted, "a: x\nb: soon").problems) == ["b"]


def test_what_the_bot_asks_for_is_what_it_understands() -> None:
    """The template pasted back as it is gives the examples."""
    given = read(SMALL, template(SMALL, SMALL.inputs))
    assert dict(given.inputs) == {"partner": "Acme", "launch_date": "2026-06-01"}
    assert template(SMALL, ["partner"]) == "### Partner\n\nAcme"


lines = st.lists(
    st.sampled_from(
        ["### Partner", "partner:", "Launch date: ", "2026-06-01", "```", "~~~~", "<!--"]
    )
    | st.text(),
).map("\n".join)


@given(lines)
def test_reading_never_fails(text: str) -> None:
    """Any text is read; each input is there or has a problem, and values are plain lines."""
    given = read(SMALL, text)
    assert {*given.inputs, *given.problems} == {*SMALL.inputs}
    assert not {*given.inputs} & {*given.problems}
    for value in given.inputs.values():
        assert value
        assert value == plain(value)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("# " + "#" * 250_000 + "x", id="a heading of marks"),
        pytest.param("# a" + " # " * 80_000 + "x", id="a heading of marks and spaces"),
        pytest.param("a" + " " * 250_000, id="spaces"),
        pytest.param("*" * 250_000 + ":", id="stars"),
        pytest.param("`" * 250_000, id="backticks"),
        pytest.param("<!--" * 60_000, id="comments"),
        pytest.param("### Partner\n" * 20_000, id="headings"),
        pytest.param("a:\n" * 80_000, id="pairs"),
        pytest.param("partner: " + "\u00e9" * 120_000, id="a long value"),
    ],
)
def test_a_long_text_is_read_in_reasonable_time(text: str) -> None:
    """GitLab allows a million characters; nobody may keep the bot busy with a quarter of them."""
    began = time.process_time()
    read(SMALL, text)
    assert time.process_time() - began < 10


@pytest.mark.parametrize("text", ["aws-ami", "AWS AMI", "`AWS_ami`", "aws ami"])
def test_choice_is_taken_as_it_is_written_in_the_definition(text: str) -> None:
    """Case and joints are no matter to people."""
    process = _process(provider={"choices": ["aws-ami", "azure"], "example": "azure"})
    assert dict(read(process, f"provider: {text}").inputs) == {"provider": "aws-ami"}


def test_value_that_is_no_choice_is_refused() -> None:
    """With those that there are."""
    process = _process(provider={"choices": ["aws-ami", "azure"], "example": "azure"})
    given = read(process, "provider: aws")
    assert given.problems == {"provider": "is none of aws-ami, azure"}
    assert given.inputs == {}


def test_input_with_a_default_need_not_be_given() -> None:
    """What is given counts before it."""
    process = _process(edition={"default": "both"})
    assert dict(read(process, "").inputs) == {"edition": "both"}
    assert dict(read(process, "edition: ce").inputs) == {"edition": "ce"}
    assert read(process, "").problems == {}


@pytest.mark.parametrize(
    ("value", "version"),
    [
        ("19.1", "19.1"),
        ("v19.1.2", "19.1.2"),
        ("19.1.2-ee.0", "19.1.2-ee.0"),
        ("19.1.2+ce.0", "19.1.2"),
    ],
)
def test_version_is_a_version(value: str, version: str) -> None:
    """As tags and packages are called; the same one is the same, however it is written."""
    process = _process(version={"type": "version"})
    assert read(process, f"version: {value}").inputs == {"version": version}


@pytest.mark.parametrize("value", ["19", "latest", "19.1 or so", "19..1", "19.1.2.3.4.5.6 x"])
def test_other_text_is_no_version(value: str) -> None:
    """Nothing is opened for it."""
    process = _process(version={"type": "version"})
    assert "is not a version" in read(process, f"version: {value}").problems["version"]


def test_label_gives_a_value() -> None:
    """Whatever the text says."""
    process = _process(partner={}, reason={"labels": {"adv": "hole"}, "default": "new"})
    text = "partner: Acme\nreason: other"
    assert read(process, text, {"ask", "adv"}).inputs["reason"] == "hole"
    assert read(process, text, {"ask"}).inputs["reason"] == "other"
    assert read(process, "partner: Acme").inputs["reason"] == "new"


def test_date_that_follows_need_not_be_given() -> None:
    """It is known when the launch starts."""
    count = {"business_days": 1, "after": "out"}
    process = _process(
        partner={}, out={"type": "date", "default": "today"}, up={"type": "date", "counts": [count]}
    )
    given = read(process, "partner: Acme")
    assert (dict(given.inputs), given.problems) == ({"partner": "Acme"}, {})
