"""What a newer launch takes over from an older one that it supersedes."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.domain.observed import Kin
from bot.domain.process import ROOT, Process
from tests.domain.test_superseding import TEXT, Among, process, said
from tests.domain.world import ALICE, BOB, CAROL, DAVE, World, definition

MOOD = {
    "title": "Mood",
    "example": "calm",
    "choices": ["calm", "alarm"],
    "default": "calm",
    "labels": {"fire": "alarm"},
}


def moody(identity: tuple[str, ...] = ("partner", "version")) -> Process:
    """The small process, in which a label raises an alarm."""
    inputs = {**definition()["inputs"], "mood": MOOD}
    inputs["version"] = {"title": "Version", "example": "1.2", "type": "version"}
    return process(inputs=inputs, identity=identity)


def older(*said_: str, of: Process | None = None, labels: tuple[str, ...] = ()) -> World:
    """A launch for an older version, on whose root Alice gave commands."""
    world = World(of or process()).request(TEXT.replace("1.2", "1.1"))
    world.settle()
    world.edit(ROOT, labels=world.issues[ROOT].labels | {*labels}).settle()
    for line in said_:
        world.say(ROOT, ALICE, f"/launch {line}").settle()
    return world


def kin(world: World, **more: Any) -> Kin:
    """That launch, as the reader sees it beside another one."""
    issues = {part: issue for part, issue in world.issues.items() if part != "request"}
    version = world.record().inputs["version"]
    return Kin("i800", version, "https://gitlab.test/older", world.record(), issues, **more)


def after(*worlds: World) -> Among:
    """A launch for a newer version, begun beside these."""
    world = Among(worlds[0].process)
    world.kin = tuple(kin(other) for other in worlds)
    world.request(TEXT).settle()
    return world


def told(world: World) -> str:
    """What the newer says about the older."""
    (text,) = said(world, "supersedes")
    return text


def test_open_tasks_are_named_and_nothing_is_ticked() -> None:
    """Every version needs its own; what shows that something was done stays where it is."""
    world = after(older().tick("talk"))
    assert "https://gitlab.test/older" in told(world)
    assert "These tasks were open there, and go on here: `papers`" in told(world)
    assert "`talk`" not in told(world)
    assert "holds on" not in told(world)
    assert "[x]" not in world.issues["scope"].description


def test_all_done_leaves_no_task_open() -> None:
    """It is said without a list, and what is optional is not in it."""
    done = older().tick("talk", "papers", "bake", "oven", "upload", "words", "blog")
    assert "were open there" not in told(after(done))


def test_whom_people_put_in_charge_is_in_charge() -> None:
    """Of the launch, of phases and of tasks; what the bot had set follows the roles anew."""
    before = older("assign build @dave", "assign talk @carol")
    before.edit(ROOT, assignees=(BOB,))
    before.edit("tell", assignees=())
    world = after(before)
    assert world.issues["build"].assignees == (DAVE,)
    assert world.issues[ROOT].assignees == (BOB,)
    assert world.issues["scope"].assignees == (ALICE,)
    assert world.issues["tell"].assignees == (CAROL,)
    record = world.record()
    assert record.task_owners["talk"].username == "carol"
    assert record.deeds["assign.talk"].by == record.deeds["build.assignee"].by == "alice"
    for line in ("The launch is with `bob`", "**Build** is with `dave`", "`talk` is with `carol`"):
        assert line in told(world)


def test_change_that_was_not_noticed_yet_is_taken_over_too() -> None:
    """By a person that nothing else knows."""
    stranger = replace(DAVE, id=77, username="eve")
    before = older().edit("scope", assignees=(stranger,))
    assert "**Scope** is with `eve`" in told(after(before))


def test_stand_in_stands_in() -> None:
    """Until the same day."""
    before = older().say(ROOT, BOB, "/launch delegate makers @dave until 2026-05-05").settle()
    world = after(before)
    assert world.record().stand_ins["makers"].until == date(2026, 5, 5)
    assert world.issues["build"].assignees == (DAVE,)
    assert "`dave` stands in for **Makers**" in told(world)


def test_partner_is_waited_for_since_then() -> None:
    """Who said so and when holds on; one command ends it."""
    before = older("waiting partner because they test")
    world = after(before)
    assert world.record().deeds["waiting.partner"] == before.record().deeds["waiting.partner"]
    assert "waits for the partner, says `alice`: they test; `/launch partner replied`" in told(
        world
    )
    silent = after(older("waiting partner"))
    assert "says `alice`; " in told(silent)


def test_pause_does_not_hold_on() -> None:
    """It was for that version; the note says that there was one."""
    world = after(older("pause because it rains"))
    assert world.record().state == "running"
    assert "was paused there, by `alice`: it rains; here it goes on" in told(world)


def test_alarm_holds_on() -> None:
    """The newer version is the one that has to put it out."""
    world = after(older(of=moody(), labels=("fire",)))
    assert world.record().inputs["mood"] == "alarm"
    assert "**Mood** is `alarm`" in told(world)
    apart = after(older(of=moody(("partner", "version", "mood")), labels=("fire",)))
    assert apart.record().inputs["mood"] == "calm"


def test_newest_of_several_counts() -> None:
    """Each is named."""
    first, second = older("assign build @carol"), older("assign build @dave")
    text = TEXT.replace("1.2", "1.1.5")
    newer = World(process()).request(text).settle()
    newer.say(ROOT, ALICE, "/launch assign build @dave").settle()
    for order in ((first, newer), (newer, first)):
        world = after(*order)
        assert world.issues["build"].assignees == (DAVE,)
        assert len(said(world, "supersedes")) == 2
    assert second.record().task_owners == {}


def test_names_that_the_newer_does_not_have_are_left_behind() -> None:
    """A definition may have changed since."""
    before = older("assign upload @dave")
    before.say(ROOT, CAROL, "/launch delegate writers @dave").settle()
    assert before.record().stand_ins
    raw = process().model_dump(exclude_defaults=True)
    raw["phases"]["build"]["tasks"] = raw["phases"]["build"]["tasks"][:1]
    del raw["phases"]["tell"], raw["roles"]["writers"]
    world = Among(Process.model_validate(raw))
    world.kin = (kin(before),)
    world.request(TEXT).settle()
    assert (world.record().task_owners, world.record().stand_ins) == ({}, {})
    assert "holds on" not in told(world)


@pytest.mark.parametrize("private", [True, False])
def test_launch_that_follows_a_confidential_one_is_confidential(*, private: bool) -> None:
    """What holds on may say what nobody else shall read."""
    world = Among(process())
    world.kin = (kin(older(), private=private),)
    world.request(TEXT).settle()
    issues = [issue for part, issue in world.issues.items() if part != "request"]
    assert {issue.confidential for issue in issues} == {private}
