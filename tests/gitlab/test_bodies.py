"""Our texts as GitLab stores them, and what is recognised in them again."""

import pytest

from bot.domain import markers
from bot.domain.errors import PermanentError
from bot.domain.markers import Marker
from bot.domain.record import Record, hide
from bot.gitlab import bodies
from tests.domain.world import MONDAY, process
from tests.gitlab.world import KEYS

ROOT, OTHER = 901, 902
RECORD = Record(launch="i1", process="small", definition="d", started=MONDAY, inputs={}, revision=3)
BODY = bodies.status_body("All is well.", RECORD, KEYS, ROOT)


def note(number: int, key: str, *, on: int = ROOT, launch: str = "i1") -> dict[str, object]:
    """A comment of ours."""
    text = bodies.body(f"Text {number}.", bodies.note_marker(launch, key, on), KEYS)
    return {"id": number, "body": text}


def test_status_note_is_read_as_it_was_written() -> None:
    """The overview, and the record behind it."""
    status = bodies.status({"id": 5, "body": BODY}, "i1", KEYS, ROOT)
    assert status is not None
    assert (status.note, status.text, status.record) == (5, "All is well.", RECORD)


@pytest.mark.parametrize(("launch", "root"), [("i2", ROOT), ("i1", OTHER)])
def test_status_note_elsewhere_is_none(launch: str, root: int) -> None:
    """A copy on another issue, or of another launch, is somebody's quotation."""
    assert bodies.status({"id": 5, "body": BODY}, launch, KEYS, root) is None


def test_record_that_was_touched_does_not_count() -> None:
    """The note is still ours, so that nobody takes the launch for a new one."""
    broken = bodies.status({"id": 5, "body": BODY.replace("small", "smart")}, "i1", KEYS, ROOT)
    assert broken is not None
    assert broken.record is None


def test_record_of_another_launch_does_not_count() -> None:
    """Marker and record of two notes in one: the signatures hold, the whole does not."""
    other = bodies.status_body("Else.", RECORD.model_copy(update={"launch": "i2"}), KEYS, ROOT)
    mixed = BODY.partition("\n\n<!-- launchbot:record")[0] + other[other.index("\n\n<!-- l") :]
    status = bodies.status({"id": 5, "body": mixed}, "i1", KEYS, ROOT)
    assert status is not None
    assert status.record is None


def test_comments_are_known_by_key_and_the_last_counts() -> None:
    """A former bot user's comment has a successor, which is the one to edit."""
    raw = [note(1, "inputs"), note(2, "cannot"), note(3, "inputs")]
    said = bodies.said(raw, "i1", KEYS, ROOT)
    assert {key: entry.id for key, entry in said.items()} == {"inputs": 3, "cannot": 2}
    assert said["inputs"].text == "Text 3."


def test_comments_of_other_launches_and_issues_do_not_count() -> None:
    """A cloned issue brings its notes along; they name the issue that they were written on."""
    raw = [note(1, "inputs", on=OTHER), note(2, "inputs", launch="i2"), {"id": 3, "body": "Hello"}]
    assert bodies.said(raw, "i1", KEYS, ROOT) == {}


@pytest.mark.parametrize("text", ["/close", "Look:\n/assign @bob", "a\r/label x", "  /close"])
def test_text_that_gitlab_could_run_is_refused(text: str) -> None:
    """It would run as the bot; better nothing is said at all."""
    with pytest.raises(PermanentError, match="was not sent"):
        bodies.body(text, Marker("i1", "root"), KEYS)
    with pytest.raises(PermanentError, match="was not sent"):
        bodies.status_body(text, RECORD, KEYS, ROOT)


def test_people_see_no_marker() -> None:
    """Hidden is what comes after the text."""
    text = bodies.body("Hello.\n\nYou.", Marker("i1", "root"), KEYS)
    assert bodies.visible(text) == "Hello.\n\nYou."
    assert markers.first(text, KEYS) == Marker("i1", "root")


def test_definition_is_kept_whole() -> None:
    """What a launch started with is what it goes on with."""
    small = process()
    text = bodies.definition_body(small.canonical(), "i1", KEYS, ROOT)
    assert hide(small.canonical()) in text
    assert bodies.definition(small.canonical(), small.digest()) == small


@pytest.mark.parametrize("text", ["", "{", "{}", process(tell={"title": "Else"}).canonical()])
def test_other_definition_is_none(text: str) -> None:
    """Only the one with the digest that the record names."""
    assert bodies.definition(text, process().digest()) is None


def test_issue_without_text_or_date_is_read() -> None:
    """GitLab gives null for what is not there."""
    raw = {
        "id": 1,
        "project_id": 2,
        "iid": 3,
        "title": "T",
        "description": None,
        "state": "closed",
        "labels": [],
        "assignees": [],
        "due_date": None,
        "confidential": False,
        "author": {"id": 4},
        "created_at": "2026-03-02T09:00:00.123Z",
        "web_url": "https://gitlab.test/x",
    }
    issue = bodies.issue(raw)
    assert (issue.description, issue.due, issue.closed) == ("", None, True)
    assert issue.created_at.isoformat() == "2026-03-02T09:00:00.123000+00:00"
