"""Commands on tasks: `done`, `undo`, `skip`."""

import pytest
from inline_snapshot import snapshot

from tests.domain.steering.launches import changed, running, shown, tell
from tests.domain.world import ALICE, BOB, CAROL, DAVE, World, definition, process, task


def _proving(evidence: str) -> World:
    phases = definition()["phases"]
    phases["scope"]["tasks"] = [task("talk", evidence=evidence)]
    return running(changed(phases=phases))


def _box(world: World, name: str) -> str:
    text = world.issues[world.process.tasks()[name].phase].description
    return text[text.index(f"] `{name}`") - 1]


def test_done_ticks_the_box() -> None:
    """As people do by hand; there is nothing to say."""
    world = running()
    assert tell(world, ALICE, "done talk") == "done"
    assert _box(world, "talk") == "x"
    assert world.record().deeds["scope.box.talk"].by == "alice"


def test_undo_takes_the_tick_off_and_forgets_what_shows_it() -> None:
    """Also one that was set by hand."""
    world = running().tick("talk").settle()
    assert tell(world, ALICE, "done talk https://example.com/1", "undo talk") == "done"
    assert _box(world, "talk") == " "
    assert not world.record().evidence


def test_done_keeps_what_shows_it() -> None:
    """And does not ask for it again."""
    world = _proving("link")
    assert tell(world, ALICE, "done talk https://example.com/1") == "done"
    assert world.record().evidence == {"talk": "https://example.com/1"}
    assert tell(world, ALICE, "undo talk") == "done"
    assert not world.record().evidence


def test_done_asks_for_what_shows_it() -> None:
    """The box is ticked all the same; what was shown before counts."""
    world = _proving("link")
    assert tell(world, ALICE, "done talk") == snapshot("""\
done
`talk` asks for a link that shows it: `/launch done talk https://...` adds it.\
""")
    assert _box(world, "talk") == "x"
    tell(world, ALICE, "done talk https://example.com/1")
    assert tell(world, ALICE, "done talk") == "done"
    assert tell(_proving("text"), ALICE, "done talk") == snapshot("""\
done
`talk` asks for a text that shows it: `/launch done talk ...` adds it.\
""")


def test_done_says_what_a_task_needs_first() -> None:
    """It is ticked, and counts later."""
    world = running()
    assert tell(world, ALICE, "done upload") == snapshot("""\
done
`upload` counts once this is done, too: `words` (Tell).\
""")
    assert _box(world, "upload") == "x"


def test_skip_crosses_out_an_optional_task() -> None:
    """With the right of the phase's owner."""
    world = running()
    assert tell(world, CAROL, "skip call because nobody asked for it") == "done"
    assert _box(world, "call") == "~"


def test_a_required_task_is_skipped_by_right_of_close() -> None:
    """Then the phase is complete without it."""
    world = running()
    assert tell(world, CAROL, "skip papers because they are late") == snapshot("""\
refused
`carol` may not do that: `skip` of a required task is for Sales (`alice`).\
""")
    assert _box(world, "papers") == " "
    assert tell(world, ALICE, "skip papers because they are late") == "done"
    world.tick("talk").edit("scope", closed=True).settle()
    assert world.gates()["scope"] == "done"


def test_a_required_task_crossed_out_by_hand_is_missing() -> None:
    """The right to leave it out was used up when somebody took the cross off again."""
    world = running()
    tell(world, ALICE, "skip papers because they are late")
    world.tick("papers", box=" ").settle().tick("papers", box="~").settle()
    world.tick("talk").edit("scope", closed=True).settle()
    assert world.gates()["scope"] == "open"


@pytest.mark.parametrize("command", ["done papers", "undo papers"])
def test_another_command_takes_a_skip_back(command: str) -> None:
    """The last one counts."""
    world = running()
    tell(world, ALICE, "skip papers because they are late", command)
    assert "skip.papers" not in world.record().deeds
    assert _box(world, "papers") == ("x" if command.startswith("done") else " ")


@pytest.mark.parametrize("command", ["done talk", "undo talk", "skip talk because x"])
def test_a_line_that_is_gone_has_no_box(command: str) -> None:
    """Nothing else in the description is touched."""
    world = running().edit("scope", description="Mine.").settle()
    assert tell(world, ALICE, command) == snapshot("""\
refused
The line of `talk` is gone: add it back as `- [ ] 'talk'`.\
""")
    assert world.issues["scope"].description == "Mine."


def test_a_phase_without_issue_has_no_box() -> None:
    """It is opened later."""
    world = running(process(tell={"opens": "when-unlocked"}))
    assert tell(world, ALICE, "done words") == snapshot("""\
refused
**Tell** has no issue yet, so that there is no box to tick.\
""")


def test_the_box_is_written_once_and_then_it_is_the_peoples() -> None:
    """Whoever takes the tick off by hand is not argued with."""
    world = running()
    tell(world, ALICE, "done talk")
    world.tick("talk", box=" ").settle()
    assert _box(world, "talk") == " "
    assert "scope.box.talk" not in world.record().deeds


def test_a_member_who_may_not_is_told_who_may() -> None:
    """The level of access decides for those without role."""
    world = running()
    world.members[DAVE.id] = world.members[DAVE.id].__class__(20)
    assert tell(world, DAVE, "done talk") == snapshot("""\
refused
`dave` may not do that: `done` is for Sales (`alice`), whoever is assigned to it or members
with at least the Developer role in GitLab.\
""")
    assert _box(world, "talk") == " "


def test_evidence_from_an_internal_comment_is_not_repeated() -> None:
    """Whoever may read the launch may not read that comment."""
    world = running()
    world.say("build", BOB, "/launch done bake the vault says 4711", internal=True)
    tell(world, BOB, "why bake")
    assert world.record().evidence["bake"] == "said in an internal comment"
    assert not [text for text in shown(world) if "4711" in text]
