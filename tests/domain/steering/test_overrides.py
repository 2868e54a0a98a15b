"""Commands that override a gate: `unlock` and `close`."""

from inline_snapshot import snapshot

from tests.domain.steering.launches import changed, running, tell
from tests.domain.world import ALICE, BOB, folded, process


def test_unlock_opens_a_phase_before_its_time() -> None:
    """Its owner is told by whom, and why."""
    world = running()
    assert tell(world, ALICE, "unlock build because the partner needs the time") == "done"
    assert world.gates() == {"scope": "open", "build": "open", "tell": "locked"}
    assert world.labels("build") == {"g::open"}
    assert folded(world.said("build")[-1]) == snapshot("""\
@bob: **Build** is unlocked, by `alice`: the partner needs the time. It is due on
**2026-05-25**.

Start with `bake`: Do bake. Tick the boxes in the description as you go, and close this issue
when the required ones are ticked. You may change the assignee and the due date; I keep to
what you set.\
""")


def test_an_unlocked_phase_stays_open_when_another_is_reopened() -> None:
    """It was decided that it does not wait."""
    world = running()
    tell(world, ALICE, "unlock build because x")
    world.finish("scope").settle().edit("scope", closed=False).settle()
    assert world.gates() == {"scope": "open", "build": "open", "tell": "locked"}


def test_unlock_of_what_is_open_does_nothing() -> None:
    """And says so."""
    assert tell(running(), ALICE, "unlock scope because x") == snapshot("""\
refused
**Scope** is open already.\
""")


def test_close_counts_a_phase_as_done() -> None:
    """Although tasks are missing; what waits for it goes on."""
    world = running()
    assert tell(world, ALICE, "close scope because the rest is done elsewhere") == "done"
    assert world.issues["scope"].closed
    assert world.gates() == {"scope": "done", "build": "open", "tell": "open"}
    assert not world.keys("scope")


def test_close_counts_for_what_is_closed_already() -> None:
    """Somebody closed it too early, and insisted."""
    world = running().edit("scope", closed=True).settle().edit("scope", closed=True).settle()
    assert world.gates()["scope"] == "open"
    assert tell(world, ALICE, "close scope because x") == "done"
    assert world.gates()["scope"] == "done"


def test_close_lapses_when_the_phase_is_reopened() -> None:
    """Whoever reopens it wants the rest done: closing it again is a claim like any other."""
    world = running()
    tell(world, ALICE, "close scope because x")
    world.edit("scope", closed=False).settle()
    assert world.gates()["scope"] == "open"
    assert "close.scope" not in world.record().deeds
    world.edit("scope", closed=True).settle()
    assert not world.issues["scope"].closed


def test_close_says_why_it_cannot() -> None:
    """Done, locked, or not opened yet."""
    world = running(process(tell={"opens": "on-label", "label": "press::ask"}))
    assert tell(world, ALICE, "close build because x") == snapshot("""\
refused
**Build** is locked; `/launch unlock build because ...` opens it first.\
""")
    tell(world, ALICE, "close scope because x")
    assert tell(world, ALICE, "close scope because x") == snapshot("""\
refused
**Scope** is done already.\
""")
    assert tell(world, ALICE, "close tell because x") == snapshot("""\
refused
**Tell** has no issue yet.\
""")


def test_a_command_counts_for_the_next_one_in_the_same_comment() -> None:
    """They run in order."""
    world = running()
    assert tell(world, ALICE, "unlock build because x", "close build because y") == "done"
    assert world.gates() == {"scope": "open", "build": "done", "tell": "locked"}


def test_whoever_may_not_override_is_told_who_may() -> None:
    """The owner of a phase may not open it before its time."""
    assert tell(running(), BOB, "unlock build because x") == snapshot("""\
refused
`bob` may not do that: `unlock` is for Sales (`alice`).\
""")


def test_a_process_gives_the_right_to_others() -> None:
    """In place of those of the table."""
    world = running(changed(rights={"unlock": {"roles": ["makers"]}}))
    assert tell(world, BOB, "unlock build because x") == "done"
    assert "refused" in tell(world, ALICE, "unlock tell because x")
