"""Labels give inputs, also when they are put on a launch that runs; due dates follow."""

from datetime import date, timedelta
from typing import Any

import pytest

from bot.domain.process import ROOT, Process
from bot.domain.record import Managed
from tests.domain.world import ALICE, World, definition

SOON, LATE = "2026-03-02", "2026-03-16"


def process(**inputs: Any) -> Process:
    """The small process, due in ten business days, or at once where a label raises an alarm."""
    raw = definition()
    raw["inputs"] = {
        "partner": {"title": "Partner", "example": "Acme"},
        "mood": {
            "title": "Mood",
            "example": "calm",
            "choices": ["calm", "alarm", "panic"],
            "default": "calm",
            "labels": {"fire": "alarm", "flood": "panic"},
        },
        "out": {"title": "Out", "example": SOON, "type": "date", "default": "today"},
        "launch_date": {
            "title": "Launch date",
            "example": LATE,
            "type": "date",
            "counts": [
                {"business_days": 30, "after": "out", "when": 'mood == "panic"'},
                {"business_days": 0, "after": "out", "when": 'mood != "calm"'},
                {"business_days": 10, "after": "out"},
            ],
        },
        **inputs,
    }
    return Process.model_validate(raw)


def started(*labels: str, text: str = "partner: Acme\n", **inputs: Any) -> World:
    """A launch of it; these labels were on the request."""
    world = World(process(**inputs)).request(text)
    return world.edit("request", labels=frozenset({"ask", *labels})).settle()


def put(world: World, part: str, *labels: str) -> World:
    """Somebody puts labels on an issue."""
    return world.edit(part, labels=world.issues[part].labels | {*labels}).settle()


def take(world: World, part: str, *labels: str) -> World:
    """Somebody takes labels off an issue."""
    return world.edit(part, labels=world.issues[part].labels - {*labels}).settle()


def due(world: World, part: str = ROOT) -> str:
    """When an issue is due."""
    return str(world.issues[part].due)


def said(world: World) -> list[str]:
    """What the bot said about labels."""
    return [note.text for (_, key), note in world.notes.items() if key.startswith("labelled")]


@pytest.mark.parametrize("part", [ROOT, "request"])
def test_label_that_is_put_on_later_gives_its_value(part: str) -> None:
    """And what follows from it follows; a comment says so, once."""
    world = started()
    assert due(world) == LATE
    put(world, part, "fire")
    assert (world.record().inputs["mood"], due(world)) == ("alarm", SOON)
    (text,) = said(world)
    assert "@alice" in text
    assert '~"fire" is on this launch, so **Mood** is `alarm`' in text
    assert f"**Launch date** is `{SOON}`" in text
    assert not world.plan().actions


def test_label_that_is_taken_off_takes_its_value_back() -> None:
    """With the dates that had followed."""
    world = take(put(started(), ROOT, "fire"), ROOT, "fire")
    assert (world.record().inputs["mood"], due(world)) == ("calm", LATE)
    assert "is off this launch again" in said(world)[1]
    assert world.record().labelled == {}


def test_label_at_the_start_is_taken_off_in_the_same_way() -> None:
    """Nothing is said of it while it stays."""
    world = started("fire")
    assert (due(world), said(world)) == (SOON, [])
    assert due(take(world, "request", "fire")) == LATE


def test_label_may_change_for_another_one() -> None:
    """The first that stands in the definition counts."""
    world = put(started(), ROOT, "flood")
    assert due(world) == "2026-04-13"
    put(world, ROOT, "fire")
    assert (world.record().inputs["mood"], due(world)) == ("alarm", SOON)
    take(world, ROOT, "fire")
    assert (world.record().inputs["mood"], due(world)) == ("panic", "2026-04-13")


def test_what_is_to_be_sooner_is_not_due_in_the_past() -> None:
    """It is due on the day on which the label was seen, or the next business day."""
    world = started()
    world.now += timedelta(days=5)
    assert due(put(world, ROOT, "fire")) == "2026-03-09"


def test_what_is_late_already_stays_late() -> None:
    """An alarm makes nothing later."""
    world = started()
    world.now += timedelta(days=30)
    assert due(put(world, ROOT, "fire")) == LATE


def test_date_that_a_person_set_stays() -> None:
    """Whether on the issue, by a command or in the request."""
    world = started().edit(ROOT, due=date(2026, 5, 4)).settle()
    assert due(put(world, ROOT, "fire")) == "2026-05-04"
    commanded = started().say(ROOT, ALICE, "/launch date 2026-05-04 because it rains").settle()
    assert due(put(commanded, ROOT, "fire")) == "2026-05-04"
    given = started(text="partner: Acme\nlaunch_date: 2026-05-04\n")
    assert due(put(given, ROOT, "fire")) == "2026-05-04"


def test_command_after_the_label_counts_more() -> None:
    """The label stays without effect until it is put on anew; taking it off changes nothing."""
    world = put(started(), ROOT, "fire").say(ROOT, ALICE, "/launch set mood=calm").settle()
    assert (world.record().inputs["mood"], due(world)) == ("calm", LATE)
    take(world, ROOT, "fire")
    assert (world.record().inputs["mood"], due(world)) == ("calm", LATE)
    assert len(said(world)) == 1


def test_label_without_anything_to_change_is_not_spoken_of() -> None:
    """The value is there already."""
    world = put(started(text="partner: Acme\nmood: alarm\n"), ROOT, "fire")
    assert said(world) == []


def test_value_that_was_not_there_before_the_label_stays() -> None:
    """There is nothing to go back to."""
    mood = {"title": "Mood", "example": "calm", "required": False, "labels": {"fire": "alarm"}}
    world = take(put(started(mood=mood), ROOT, "fire"), ROOT, "fire")
    assert world.record().inputs["mood"] == "alarm"


def test_what_tells_launches_apart_does_not_change() -> None:
    """Nor does a paused launch."""
    raw = process().model_dump(exclude_defaults=True)
    world = World(Process.model_validate({**raw, "identity": ["partner", "mood"]}))
    world.request("partner: Acme\n").settle()
    assert put(world, ROOT, "fire").record().inputs["mood"] == "calm"
    paused = started().say(ROOT, ALICE, "/launch pause because it rains").settle()
    assert put(paused, ROOT, "fire").record().inputs["mood"] == "calm"
    paused.say(ROOT, ALICE, "/launch resume").settle()
    assert paused.record().fields["root.due"] == Managed(want=SOON, was=SOON)
