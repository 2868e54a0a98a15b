"""Commands on an issue from which no launch has begun: `start`, `set`, `plan`, `help`."""

from dataclasses import replace
from datetime import timedelta

from inline_snapshot import snapshot

from bot.domain.observed import Member, Observed
from tests.domain.steering.launches import answer, tell
from tests.domain.world import ALICE, DAVE, MONDAY, World, process


def _issue(text: str = "Hello", **more: object) -> World:
    """An issue that asks for nothing."""
    return World(process()).request(text).edit("request", labels=frozenset(), **more)


def _asked(world: World, *commands: str) -> str:
    return tell(world, DAVE, *commands, part="request")


def test_start_makes_an_issue_a_request() -> None:
    """What it lacks is asked for as always."""
    world = _issue()
    assert _asked(world, "start small") == snapshot("""\
done
This issue asks for **Small process** (`small`).\
""")
    assert "ask" in world.issues["request"].labels
    assert world.keys("request")[-1] == "inputs"
    assert "root" not in world.issues


def test_start_with_all_inputs_starts_a_launch() -> None:
    """Its root issue is opened at once, and no line runs again."""
    world = _issue()
    assert _asked(world, 'start small partner="Acme" launch-date=2026-06-01') == snapshot("""\
done
This issue asks for **Small process** (`small`).

**Partner** is `Acme`, **Launch date** is `2026-06-01`.\
""")
    assert world.record().inputs == {"partner": "Acme", "launch_date": "2026-06-01"}
    world.wait(1)
    assert answer(world) == ""
    assert len(world.reactions) == 1


class _Read(World):
    """A world in which the reader tells what commands have given."""

    def observe(self) -> Observed:
        """What the reader would see."""
        given = {"partner": "Acme", "launch_date": "2026-06-01"}
        return replace(super().observe(), given=given if "root" in self.issues else {})


def test_launch_whose_root_alone_is_there_goes_on_as_it_was_asked_for() -> None:
    """The process died as it began; the command has run, and is answered once."""
    world = _Read(process()).request("Hello").edit("request", labels=frozenset())
    world.say("request", ALICE, "/launch start small partner=Acme launch_date=2026-06-01")
    world.apply(world.plan().actions[:2])
    assert "root" in world.issues
    assert world.status is None
    world.settle()
    assert world.record().inputs == {"partner": "Acme", "launch_date": "2026-06-01"}
    assert len(world.reactions) == 1
    assert sum(key.startswith("answer.") for _, key in world.notes) == 1


def test_set_gives_what_is_missing() -> None:
    """Commands count more than the description, the last one most."""
    world = World(process()).request("partner: Old\n").settle()
    assert "root" not in world.issues
    world.say("request", ALICE, "/launch set partner=New")
    assert answer(world) == snapshot("""\
done
**Partner** is `New`.\
""")
    tell(world, ALICE, "set partner=Newer launch_date=2026-06-01", part="request")
    assert world.record().inputs["partner"] == "Newer"


def test_lines_that_were_answered_before_the_launch_began_do_not_run_in_it() -> None:
    """An edit of the comment runs only what is new."""
    world = _issue()
    _asked(world, "start small partner=Acme")
    world.edit("request", description="launch_date: 2026-06-01")
    assert answer(world) == ""
    world.rewrite("request", "/launch start small partner=Acme\n/launch status")
    assert answer(world).startswith("**Running**")


def test_whoever_may_not_start_is_told_who_may() -> None:
    """Guests and strangers."""
    world = _issue()
    world.members[DAVE.id] = Member(10)
    assert _asked(world, "start small") == snapshot("""\
refused
`dave` is a guest of this project; `start` is for members with at least the Planner role in
GitLab.\
""")
    assert "ask" not in world.issues["request"].labels


def test_a_bot_starts_nothing() -> None:
    """And is not answered."""
    world = _issue()
    world.members[DAVE.id] = Member(50, bot=True)
    assert _asked(world, "start small", "help") == ""
    assert "ask" not in world.issues["request"].labels


def test_what_needs_a_launch_says_how_to_get_one() -> None:
    """Also for processes that are not there."""
    assert _asked(_issue(), "done talk") == snapshot("""\
refused
There is no launch here yet; `/launch start PROCESS [key=value ...]` starts one.\
""")
    assert _asked(_issue(), "start smal") == snapshot("""\
refused
There is no process `smal`; did you mean `small`?\
""")
    assert _asked(_issue(), "set partner=x") == snapshot("""\
refused
There is no launch here yet; `/launch start PROCESS [key=value ...]` starts one.\
""")


def test_help_needs_no_launch() -> None:
    """All of it, or one command."""
    assert "`/launch start PROCESS" in _asked(_issue(), "help")
    assert _asked(_issue(), "help start") == snapshot("""\
`/launch start PROCESS [key=value ...]`: Makes this issue a request, and starts a launch from
it.

Who may: members with at least the Planner role in GitLab.

For example:

- `/launch start small`
- `/launch start small partner="Acme"`\
""")


def test_a_plan_of_start_does_nothing() -> None:
    """It says what would be opened, and for whom."""
    world = _issue()
    assert _asked(world, "plan start small partner=Acme launch_date=2026-06-01") == snapshot("""\
I would do this:

- change the request issue: add the label ask
- open the root issue in project 1: Small: Acme
- open the scope issue in project 1: Small: Acme: Scope
- open the build issue in project 2: Small: Acme: Build
- open the tell issue in project 3: Small: Acme: Tell
- link the request issue to the root issue
- link the scope issue to the root issue
- link the build issue to the root issue
- link the tell issue to the root issue
- comment on the request issue: Small process has started: follow it here. The comment there
that shows the status is always up to date.

GitLab would notify `alice`, `bob`, `carol`.\
""")
    assert "ask" not in world.issues["request"].labels
    assert "root" not in world.issues


def test_a_request_asks_for_one_process() -> None:
    """Another one needs another issue."""
    other = process().model_copy(update={"name": "other", "title": "Other process"})
    world = World(process(), others=(other,)).request("Hello").settle()
    assert _asked(world, "start other") == snapshot("""\
refused
This issue asks for **Small process**; open another one for this.\
""")


def test_a_label_taken_off_again_is_the_last_word() -> None:
    """A `start` that was answered has had its effect."""
    world = _issue()
    _asked(world, "start small")
    world.edit("request", labels=frozenset()).settle()
    assert "ask" not in world.issues["request"].labels


def test_what_was_said_before_the_launch_that_was_cancelled_is_not_for_the_next() -> None:
    """It begins with what its request says since then."""
    world = World(process()).request("partner: Acme").say("request", ALICE, "/launch help")
    world.since = MONDAY + timedelta(hours=1)
    assert answer(world) == ""
    world.now = world.since
    assert tell(world, ALICE, "set launch_date=2026-06-01", part="request") == snapshot("""\
done
**Launch date** is `2026-06-01`.\
""")
    assert world.record().inputs["launch_date"] == "2026-06-01"


def test_the_next_launch_is_not_cancelled_by_what_ended_the_one_before() -> None:
    """Only the first look knows of the one before; the record keeps from when on to hear."""
    world = World(process()).request().say("request", ALICE, "/launch cancel because x")
    world.since = world.now
    assert answer(world) == ""
    world.since = None
    assert answer(world) == ""
    assert world.record().state == "running"
