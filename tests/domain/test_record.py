"""The record: what comes back is exactly what was written, or nothing."""

import json
import time
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import record
from bot.domain.markers import Keyring
from bot.domain.record import Managed, Owed, PhaseRecord, Place, Record, Refused

KEYS = Keyring((b"key",))
ROOT = 901
SMALL = Record(
    launch="i900",
    process="small",
    definition="ab12",
    started=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
    inputs={"partner": "Acme"},
)

words = st.text(max_size=20) | st.sampled_from(["-->", "<!-- launchbot:record {", "@all", "\n/x"])
moments = st.datetimes(timezones=st.just(UTC))
gates = st.sampled_from(["locked", "open", "done"])
records = st.builds(
    Record,
    launch=words,
    process=words,
    definition=words,
    revision=st.integers(0, 10**9),
    state=st.sampled_from(["running", "live"]),
    started=moments,
    ready=st.none() | moments,
    live=st.none() | moments,
    inputs=st.dictionaries(words, words, max_size=3),
    parts=st.dictionaries(words, st.builds(Place), max_size=3),
    phases=st.dictionaries(words, st.builds(PhaseRecord, gate=gates, opened=moments), max_size=3),
    fields=st.dictionaries(words, st.builds(Managed, want=words, was=words), max_size=3),
    turns=st.dictionaries(words, st.integers(), max_size=3),
    corrected=st.lists(words, max_size=3).map(tuple),
    owed=st.lists(st.builds(Owed, key=words, part=words, text=words), max_size=3).map(tuple),
    refused=st.dictionaries(words, st.builds(Refused), max_size=3),
)


@given(words, records)
def test_what_is_written_is_read_back(text: str, kept: Record) -> None:
    """Whatever stands in it, and GitLab may strip the white space at the end of the note."""
    body = record.render(text, kept, KEYS, ROOT)
    for stored in (body, f"{body}\n", body.strip(), body.replace("\n", "\r\n")):
        shown, found = record.split(stored, KEYS, ROOT)
        assert found == kept
        assert shown.split() == text.split()


@given(records)
def test_a_record_is_one_invisible_line_that_does_nothing(kept: Record) -> None:
    """No value ends the HTML comment, starts a line, or mentions anybody."""
    body = record.render("Hello", kept, KEYS, ROOT).removeprefix("Hello\n\n")
    assert len(body.splitlines()) == 1
    assert (body.count("<"), body.count(">"), body.count("@")) == (1, 1, 0)
    assert body.startswith("<!-- ")
    assert body.endswith(" -->")


@given(st.text() | st.text().map(lambda text: f"<!-- launchbot:record {{{text}}} sig="))
def test_other_text_has_no_record(text: str) -> None:
    """Reading never fails."""
    assert record.split(text, KEYS, ROOT)[1] is None


def test_what_is_not_signed_for_this_root_is_no_record() -> None:
    """A copy on another issue, or one with another key, is not believed."""
    body = record.render("Hello", SMALL, KEYS, ROOT)
    assert record.split(body, KEYS, 902) == ("Hello", None)
    assert record.split(body, Keyring((b"other",)), ROOT) == ("Hello", None)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("Acme", "Acne", id="a changed value"),
        pytest.param("}} sig", "} sig", id="a lost bracket"),
        pytest.param(" -->", "", id="cut at the end"),
        pytest.param("sig=", "sig=0", id="a changed signature"),
        pytest.param(" -->", " -->\nThanks!", id="text below it"),
        pytest.param("record {", "record \n{", id="a broken line"),
    ],
)
def test_a_changed_record_is_not_believed(old: str, new: str) -> None:
    """What cannot be read is not guessed; the text above it is still found."""
    body = record.render("Hello", SMALL, KEYS, ROOT)
    assert old in body
    assert record.split(body.replace(old, new), KEYS, ROOT) == ("Hello", None)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"colour": "red"}, id="an unknown key of a newer version"),
        pytest.param({"phases": {"scope": {"gate": "ajar"}}}, id="an unknown gate"),
        pytest.param({"inputs": ["Acme"]}, id="a wrong type"),
        pytest.param({"started": "soon"}, id="no time"),
        pytest.param({"launch": None}, id="a lost value"),
    ],
)
def test_a_signed_record_that_is_not_understood_is_not_guessed(values: dict[str, object]) -> None:
    """A newer version may have written it; overwriting it would lose what that knows."""
    known = json.loads(SMALL.model_dump_json(exclude_defaults=True))
    text = json.dumps({**known, **values})
    body = f"<!-- launchbot:record {text} sig={KEYS.sign(record._signed(text, ROOT))} -->"
    assert record.split(body, KEYS, ROOT) == ("", None)


def test_signed_nonsense_is_no_record() -> None:
    """Not even JSON."""
    text = "{nonsense}"
    body = f"<!-- launchbot:record {text} sig={KEYS.sign(record._signed(text, ROOT))} -->"
    assert record.split(body, KEYS, ROOT) == ("", None)


def test_the_last_record_of_a_note_counts() -> None:
    """Text that looks like a record and stands above it is only text."""
    fake = "<!-- launchbot:record {} sig=00 -->"
    body = record.render(f"Hello\n\n{fake}", SMALL, KEYS, ROOT)
    assert record.split(body, KEYS, ROOT) == (f"Hello\n\n{fake}", SMALL)


@pytest.mark.parametrize("text", ["\n" * 10**6, "<!-- launchbot:record {" * 40_000, "}" * 10**6])
def test_a_long_note_is_read_in_reasonable_time(text: str) -> None:
    """A maintainer may edit the bot's notes; nobody may keep it busy with them."""
    began = time.process_time()
    assert record.split(f"{text}x", KEYS, ROOT)[1] is None
    assert record.split(f"<!-- launchbot:record {{{text}", KEYS, ROOT)[1] is None
    assert time.process_time() - began < 10


values = st.recursive(
    st.none() | st.booleans() | st.integers() | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
)


@given(values)
def test_hidden_json_is_revealed(value: object) -> None:
    """JSON in an HTML comment comes back, and nothing in it ends the comment."""
    hidden = record.hide(json.dumps(value))
    assert json.loads(record.reveal(f"Hello\n\n{hidden}")) == value
    assert (hidden.count(">"), len(hidden.splitlines())) == (1, 1)


def test_where_nothing_is_hidden_nothing_is_revealed() -> None:
    """Other comments hide nothing of ours."""
    assert record.reveal("Hello <!-- you -->") == ""


def test_comments_owed_have_keys_of_their_own() -> None:
    """The same news twice are two comments, each posted once."""
    kept = SMALL.owing("scope", "reopened", "Oh.").owing("scope", "reopened", "Oh no.")
    assert [owed.key for owed in kept.owed] == ["reopened.scope.1", "reopened.scope.2"]
    later = kept.model_copy(update={"owed": ()}).owing("scope", "reopened", "Again.")
    assert [owed.key for owed in later.owed] == ["reopened.scope.3"]


def test_a_phase_that_was_never_touched_is_locked() -> None:
    """Nothing is remembered of it."""
    assert SMALL.phase("scope") == PhaseRecord(gate="locked")


def test_a_settled_field_replaced_nothing() -> None:
    """Once the write is there, what was before does not matter."""
    assert Managed(want="2", was="1").settled() == Managed(want="2", was="2")


def test_a_refusal_has_a_day() -> None:
    """It is kept through the record."""
    kept = SMALL.model_copy(
        update={"refused": {"scope.due": Refused(want="x", why="No.", on=date(2026, 3, 2))}}
    )
    assert record.split(record.render("", kept, KEYS, ROOT), KEYS, ROOT) == ("", kept)
