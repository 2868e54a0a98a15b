"""A newer launch ends an unfinished older one that is the same otherwise."""

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.actions import PostNote
from bot.domain.observed import Cause, Kin
from bot.domain.process import ROOT, Process
from bot.domain.record import Record
from bot.domain.superseding import is_kin
from tests.domain.world import MONDAY, World, definition

KEPT = Record(launch="x", process="small", definition="", started=MONDAY, inputs={})
NEWER = Kin("i901", "1.10", "https://gitlab.test/newer", KEPT)
NEWEST = Kin("i902", "1.11", "https://gitlab.test/newest", KEPT)
OLDER = Kin("i800", "1.1.9", "https://gitlab.test/older", KEPT)
SAME = Kin("i903", "1.2.0", "https://gitlab.test/same", KEPT)
TEXT = "partner: Acme\nlaunch_date: 2026-06-01\nversion: 1.2\n"


def process(**more: Any) -> Process:
    """The small process, one for each partner, of which the newest version counts."""
    raw = definition()
    raw["inputs"]["version"] = {"title": "Version", "example": "1.2", "type": "version"}
    raw["identity"] = ["partner", "version"]
    return Process.model_validate({**raw, "supersedes": "version", **more})


class Among(World):
    """A launch beside others of its kind."""

    kin: tuple[Kin, ...] = ()
    cause: Cause | None = None

    def observe(self) -> Any:
        """What the reader would see."""
        return replace(super().observe(), kin=self.kin, cause=self.cause)


def started(*kin: Kin) -> Among:
    """A launch that has begun beside these."""
    world = Among(process())
    world.kin = kin
    world.request(TEXT).settle()
    return world


def said(world: World, news: str) -> list[str]:
    """What the bot said about something."""
    return [note.text for (_, key), note in world.notes.items() if key.startswith(news)]


def test_older_launch_ends_when_a_newer_one_has_begun() -> None:
    """Its issues close, its request asks no more, and a note says where it goes on."""
    world = started()
    world.tick("talk").settle()
    world.kin = (OLDER, NEWER, NEWEST)
    world.settle()
    assert world.record().state == "cancelled"
    assert all(issue.closed for part, issue in world.issues.items() if part != "request")
    assert "ask" not in world.issues["request"].labels
    (text,) = said(world, "superseded")
    assert "https://gitlab.test/newest" in text
    assert "`papers`" in text
    assert "`talk`" not in text
    assert "superseded by" in (world.status.text if world.status else "")
    assert not world.plan().actions


def test_issue_that_is_closed_already_stays_so() -> None:
    """A launch without a request to free and with all tasks done ends too."""
    world = started()
    for part in ("scope", "tell", "build"):
        world.finish(part).settle()
    world.edit("request", labels=frozenset()).settle()
    world.kin = (NEWER,)
    world.settle()
    assert world.record().state == "cancelled"
    assert "were open here" not in said(world, "superseded")[0]


def test_newer_launch_says_what_it_supersedes() -> None:
    """And has the older one look at itself."""
    world = started(OLDER)
    assert "https://gitlab.test/older" in said(world, "supersedes")[0]
    assert world.plan().overtakes == ("i800",)
    assert world.record().state == "running"


@pytest.mark.parametrize(
    "kin", [NEWER, SAME, replace(NEWER, live=True)], ids=["newer", "same", "live"]
)
def test_older_version_is_not_started_beside_a_newer_one(kin: Kin) -> None:
    """Nor the same, written in another way."""
    world = Among(process())
    world.kin = (kin,)
    (note,) = world.request(TEXT).plan().actions
    assert isinstance(note, PostNote)
    assert kin.url in note.text
    late = _released(kin)
    assert late.plan().actions == ()
    assert kin.url in late.plan().why_not


def _released(kin: Kin) -> Among:
    """A release of the version beside another launch."""
    world = Among(process())
    world.kin = (kin,)
    inputs = {"partner": "Acme", "version": "1.2", "launch_date": "2026-06-01"}
    world.cause = Cause("small", inputs, "v1.2")
    return world


def test_confidential_launch_is_not_named_to_others() -> None:
    """A request that everybody can read learns neither its version nor its place."""
    world = Among(process())
    world.kin = (replace(NEWER, private=True),)
    (note,) = world.request(TEXT).plan().actions
    assert isinstance(note, PostNote)
    assert "in a confidential launch" in note.text
    assert not {"1.10", "https://gitlab.test/newer"} & set(note.text.split())
    (told,) = world.request(TEXT, confidential=True).plan().actions
    assert isinstance(told, PostNote)
    assert "https://gitlab.test/newer" in told.text
    assert _released(replace(NEWER, private=True)).plan().why_not == (
        "the same version or a newer one is under way in a confidential launch"
    )


def test_live_launch_supersedes_nothing_and_is_not_superseded_by_a_newer_one() -> None:
    """Only what is under way has anything to hand over."""
    assert said(started(replace(OLDER, live=True)), "supersedes") == []


def test_live_launch_is_not_superseded() -> None:
    """What is finished stays finished."""
    world = started()
    for part in ("scope", "tell", "build"):
        world.finish(part).settle()
    world.edit(ROOT, closed=True).settle()
    world.kin = (NEWER,)
    world.settle()
    assert world.record().state == "live"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"inputs": {"partner": "ACME", "version": "2.0"}}, True),
        ({"inputs": {"partner": "Bolt", "version": "2.0"}}, False),
        ({"process": "other"}, False),
        ({"state": "cancelled"}, False),
    ],
)
def test_kin_differs_in_its_version_alone(changes: dict[str, Any], *, expected: bool) -> None:
    """And is unfinished."""
    other = started().record().model_copy(update=changes)
    assert is_kin(process(), {"partner": "Acme", "version": "1.2"}, other) is expected
    live = other.model_copy(update={"state": "live"})
    same = changes.get("inputs", {}).get("partner") != "Bolt" and "process" not in changes
    assert is_kin(process(), {"partner": "Acme", "version": "1.2"}, live, live=True) is same
    assert not is_kin(process(), {"partner": "Acme", "version": "1.2"}, live)
