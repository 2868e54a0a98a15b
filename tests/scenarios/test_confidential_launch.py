"""A confidential launch leaks nothing: no partner, no title, no date in any less private place.

Less private are comments on issues that are not confidential, labels, the log at its most
talkative, the metrics, and the tables of the database, except for the copy of the record.
"""

import io
import logging
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot import telemetry
from bot.store import tables
from tests.scenarios.conftest import Stage
from tests.scenarios.play import Play

PARTNER, PROVIDER, TITLE = "Quillfeather", "Zephyrmarket", "Operation Nightjar"
DATE, MOVED = "2027-08-17", "2027-09-21"
CANARIES = (PARTNER, PROVIDER, TITLE, DATE, MOVED, "2027-08", "2027-09", "August", "September")
REQUEST = f"### Partner\n\n{PARTNER}\n\n### Provider\n\n{PROVIDER}\n\n### Launch date\n\n{DATE}\n"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that is logged, by us and by libraries, at its most talkative."""
    root, heard = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers[:], root.level
    telemetry.set_up("json", "debug", stream=heard)
    yield heard
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


class Watched:
    """A play, and all the less private places that it writes to."""

    def __init__(self, play: Play, folder: Path, log: io.StringIO) -> None:
        self.play = play
        self._database = folder / "launchbot.db"
        self._log = log

    def places(self) -> dict[str, str]:
        """Each less private place with all that stands in it."""
        return {
            "log": self._log.getvalue(),
            "database": "\n".join(self._rows()),
            "metrics": self.play.bot.metrics.render().decode(),
            "labels": "\n".join(label.name for label in self._labels()),
            "comments": "\n".join(self._comments()),
            "issues": "\n".join(self._issues()),
        }

    def assert_silent(self) -> None:
        """No canary in any of them."""
        places = self.places()
        assert places["log"]
        assert "launch:" in places["database"] or "audit" in places["database"]
        assert places["metrics"]
        assert places["labels"]
        found = {name: [c for c in CANARIES if c in text] for name, text in places.items()}
        assert not any(found.values()), found

    def assert_confidential(self) -> None:
        """Every issue that the bot opened is confidential, and does speak of the partner."""
        issues = [raw for found in self.play.issues().values() for raw in found]
        assert len(issues) == 4
        assert all(raw["confidential"] for raw in issues)
        assert all(PARTNER in raw["title"] for raw in issues)

    def _rows(self) -> Iterator[str]:
        connection = sqlite3.connect(self._database)
        try:
            for table in tables.metadata.tables.values():
                if table is not tables.records:  # it holds what the confidential root holds
                    for row in connection.execute(f"SELECT * FROM {table.name}"):  # noqa: S608
                        yield f"{table.name}: {row}"
        finally:
            connection.close()

    def _labels(self) -> Iterator[Any]:
        for project in self.play.sim.state.projects.values():
            yield from project.labels.values()

    def _comments(self) -> Iterator[str]:
        for note in self.play.sim.state.notes.values():
            secret = getattr(note.noteable, "confidential", False) or note.internal
            if note.author.id == self.play.bot_id() and not secret:
                yield note.body

    def _issues(self) -> Iterator[str]:
        for issue in self.play.sim.state.issues.values():
            if issue.author.id == self.play.bot_id() and not issue.confidential:
                yield f"{issue.title}\n{issue.description}"


@pytest.fixture
def watched(stage: Stage, tmp_path: Path, log: io.StringIO) -> Watched:
    """A play that is watched from its beginning."""
    return Watched(stage(), tmp_path, log)


def live(play: Play) -> None:
    """A whole life: closed too early, dates moved, gates moved by hand, everything finished."""
    play.close_issue("scoping").finish("scoping")
    play.change("root", due_date=MOVED)
    play.change("technical", add_labels="gate::done").change("marketing", due_date="2027-09-01")
    play.reopen_issue("scoping").close_issue("scoping").close_issue("root")
    play.finish("marketing", "technical").wait(days=3).close_issue("root")
    play.resync()
    assert "**Live**" in play.overview()


def ask_again(play: Play) -> tuple[int, int]:
    """Somebody else asks for the same, in public."""
    return play.request(REQUEST.replace(DATE, "2027-12-24"))


def test_launch_of_a_confidential_request(watched: Watched) -> None:
    """Confidential from the start: so is every issue of it, and all it says stays in them."""
    play = watched.play
    play.request(REQUEST, title=TITLE, confidential=True)
    watched.assert_confidential()
    second = ask_again(play)
    (told,) = play.said(second)
    assert "a confidential launch" in told
    assert "http" not in told
    play.people["alice"].close(second)
    live(play)
    watched.assert_silent()


def test_root_made_confidential_later(watched: Watched) -> None:
    """The phases follow at once, also one that opens afterwards; the request stays public."""
    play = watched.play
    place = play.request(REQUEST, title=TITLE)
    play.change("root", confidential=True)
    watched.assert_confidential()
    assert not play.people["alice"].issue(place)["confidential"]
    play.people["alice"].close(ask_again(play))
    live(play)
    watched.assert_silent()


def test_nothing_becomes_public_by_itself(watched: Watched) -> None:
    """Opening up is for people: also when they open the root, the phases stay as they are."""
    play = watched.play
    play.request(REQUEST, title=TITLE, confidential=True)
    play.change("root", confidential=False).resync()
    phases = [raw for part, (raw,) in play.issues().items() if part != "root"]
    assert all(raw["confidential"] for raw in phases)


def test_confidential_request_that_lacks_something(watched: Watched) -> None:
    """What is asked back says nothing of what was given."""
    place = watched.play.request(f"### Partner\n\n{PARTNER}\n", title=TITLE, confidential=True)
    assert "Launch date" in watched.play.said(place)[0]
    watched.assert_silent()


def fails(play: Play, **fault: Any) -> Callable[[], None]:
    """GitLab misbehaves from now on; call what comes back to end it."""
    play.may_give_up = True
    play.sim.faults.add(times=None, **fault)
    return play.sim.faults.clear


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 403, "match": {"method": "PUT"}},
        {"kind": "status", "status": 403, "match": {"method": "POST"}},
        {"kind": "status", "status": 404, "match": {"path": "notes"}},
        {"kind": "status", "status": 500, "match": {"method": "PUT"}},
        {"kind": "status", "status": 502, "match": {"method": "GET", "path": "links"}},
        {"kind": "status", "status": 429, "match": {"path": "issues"}},
        {"kind": "status", "status": 401, "match": {"user": "launchbot"}},
        {"kind": "status", "status": 200, "body": "<html>", "match": {"user": "launchbot"}},
        {"kind": "timeout_after", "match": {"method": "PUT", "user": "launchbot"}},
    ],
    ids=str,
)
def test_errors_say_nothing_either(watched: Watched, fault: dict[str, Any]) -> None:
    """Whatever GitLab refuses or breaks, logs and tables speak of numbers only."""
    play = watched.play
    play.request(REQUEST, title=TITLE, confidential=True)
    scoping, root = play.place("scoping"), play.place("root")
    alice = play.people["alice"].client
    alice.put(f"/projects/{root[0]}/issues/{root[1]}", {"due_date": MOVED})
    alice.put(f"/projects/{scoping[0]}/issues/{scoping[1]}", {"state_event": "close"})
    fault["match"] = {**fault["match"], "user": "launchbot"}
    end = fails(play, **fault)
    play.work().wait(minutes=10)
    watched.assert_silent()
    end()
    play.wait(days=1).resync()
    watched.assert_silent()
