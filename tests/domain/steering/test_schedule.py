"""Commands on days: `effort`, `due`, `date`."""

from datetime import date

from inline_snapshot import snapshot

from tests.domain.steering.launches import changed, ready, running, tell
from tests.domain.world import ALICE, BOB, World, definition


def _due(world: World, part: str) -> str:
    return str(world.issues[part].due)


def test_effort_gives_a_phase_its_date() -> None:
    """Counted from when it opened, whatever the rule of the process."""
    world = running()
    assert tell(world, ALICE, "effort scope 3d") == snapshot("""\
done
**Scope**: 3 business days of work, due on Thursday, 2026-03-05.\
""")
    assert _due(world, "scope") == "2026-03-05"
    assert tell(world, ALICE, "effort scope 1w") == snapshot("""\
done
**Scope**: 5 business days of work, due on Monday, 2026-03-09.\
""")
    assert _due(world, "scope") == "2026-03-09"


def test_effort_of_a_locked_phase_counts_when_it_opens() -> None:
    """The date is not known before."""
    world = running()
    assert tell(world, BOB, "effort build 1d") == snapshot("""\
done
**Build**: 1 business day of work, due that long after it unlocks.\
""")
    assert world.issues["build"].due is None
    world.wait(7).finish("scope").settle()
    assert _due(world, "build") == "2026-03-10"


def test_the_later_of_effort_and_date_counts() -> None:
    """Whether it was set by command or by hand, before or after it opened."""
    world = running().edit("build", due=date(2026, 4, 1)).settle()
    tell(world, ALICE, "due scope 2026-03-20", "effort scope 3d", "effort build 2d")
    assert _due(world, "scope") == "2026-03-05"
    tell(world, ALICE, "due scope 2026-03-20")
    assert _due(world, "scope") == "2026-03-20"
    tell(world, ALICE, "effort scope 3d")
    world.edit("scope", due=date(2026, 3, 25)).settle()
    assert _due(world, "scope") == "2026-03-25"
    world.finish("scope").settle()
    assert _due(world, "build") == "2026-03-04"


def test_due_of_a_phase_is_the_date_of_its_issue() -> None:
    """A weekday is echoed with its date."""
    world = running()
    assert tell(world, ALICE, "due scope next friday") == snapshot("""\
done
**Scope** is due on Friday, 2026-03-13.\
""")
    assert _due(world, "scope") == "2026-03-13"


def test_due_of_a_task_is_remembered() -> None:
    """GitLab has no date for a line."""
    world = running()
    assert tell(world, ALICE, "due talk +5bd") == snapshot("""\
done
`talk` is due on Monday, 2026-03-09.\
""")
    assert world.record().task_dues == {"talk": date(2026, 3, 9)}


def test_the_date_of_what_is_done_stays() -> None:
    """It is history."""
    world = running().finish("scope").settle()
    before = _due(world, "scope")
    assert tell(world, ALICE, "due scope 2026-05-05", "effort scope 5d") == snapshot("""\
refused
1. `/launch due scope 2026-05-05`

**Scope** is done; its date stays as it was.

2. `/launch effort scope 5d`

**Scope** is done; its date stays as it was.\
""")
    assert _due(world, "scope") == before


def test_date_moves_what_is_due_before_the_launch() -> None:
    """What a person set stays."""
    world = running().finish("scope").settle()
    assert _due(world, "build") == "2026-05-25"
    assert tell(world, ALICE, "date 2026-07-01 because the partner asked") == snapshot("""\
done
The launch date is Wednesday, 2026-07-01.\
""")
    assert (_due(world, "root"), _due(world, "build")) == ("2026-07-01", "2026-06-24")
    assert "launch date **2026-07-01**" in (world.status.text if world.status else "")
    tell(world, ALICE, "due build 2026-06-01", "date 2026-08-03 because again")
    assert (_due(world, "root"), _due(world, "build")) == ("2026-08-03", "2026-06-01")


def test_a_process_without_launch_date_has_none_to_move() -> None:
    """Where its root issue is never due."""
    root = {name: value for name, value in definition()["root"].items() if name != "due"}
    phases = definition()["phases"]
    phases["build"].pop("due")
    world = running(changed(root=root, phases=phases))
    assert tell(world, ALICE, "date 2026-07-01 because x") == snapshot("""\
refused
This process has no launch date.\
""")


def test_a_day_that_is_past_is_no_date() -> None:
    """It is a slip."""
    assert tell(ready(), ALICE, "date 2026-01-01 because x") == snapshot("""\
refused
Thursday, 2026-01-01 is past; today is Monday, 2026-03-02.\
""")
