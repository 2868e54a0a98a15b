"""Commands that only ask: `status`, `why`, `plan`, `help`."""

from datetime import date

from inline_snapshot import snapshot

from bot.domain.actions import Plan
from bot.domain.observed import Member
from bot.domain.steering.asking import described
from tests.domain.steering.launches import changed, paused, ready, running, tell
from tests.domain.world import ALICE, BOB, CAROL, DAVE, World, process


def test_a_question_writes_nothing_but_its_answer() -> None:
    """No reaction, no record."""
    for command in ("status", "why", "why scope", "plan done talk", "help", "help done"):
        world = running()
        before = world.status
        assert tell(world, DAVE, command)
        assert world.status == before
        assert not world.reactions
        assert [key.partition(".")[0] for key in world.keys("root")] == ["answer"]


def test_status_shows_how_the_launch_stands() -> None:
    """As the status note does, without its title and footer."""
    assert tell(running(), DAVE, "status") == snapshot("""\
**Running** · launch date **2026-06-01** · accountable: `alice`

| Phase | Gate | Owner | Due | Tasks | Next |
|---|---|---|---|---|---|
| [Scope](https://gitlab.test/scope) | 🔓 open | `alice` | 2026-03-16 | 0 of 2 | `talk` Do talk
|
| [Build](https://gitlab.test/build) | 🔒 locked | `bob` | set when it unlocks | 0 of 3 | waits
for Scope |
| [Tell](https://gitlab.test/tell) | 🔒 locked | `carol` | none | 0 of 2 | waits for Scope |

**Who has the ball:** `alice` (Sales) with [Scope](https://gitlab.test/scope).\
""")


def test_why_of_a_new_launch() -> None:
    """What it waits for, and its date."""
    assert tell(running(), DAVE, "why") == snapshot("""\
- It is running, and began on 2026-03-02.
- To go live it waits for [Scope](https://gitlab.test/scope),
[Build](https://gitlab.test/build) and [Tell](https://gitlab.test/tell).
- It is due on 2026-06-01, as the request says.\
""")


def test_why_of_a_launch_names_who_decided_what() -> None:
    """When, and why."""
    world = running(changed(votes=["makers"]))
    tell(world, BOB, "waiting partner because they review it")
    tell(world, ALICE, "date 2026-07-01 because they are late", "pause because of the summer")
    assert tell(world, DAVE, "why") == snapshot("""\
- It is paused, and began on 2026-03-02.
- `pause` by `alice` on 2026-03-02: of the summer.
- To go live it waits for [Scope](https://gitlab.test/scope),
[Build](https://gitlab.test/build) and [Tell](https://gitlab.test/tell).
- It waits for the vote of **Makers**.
- The partner has the ball, says `bob` on 2026-03-02: they review it.
- It is due on 2026-07-01, set by `alice` on 2026-03-02: they are late.\
""")


def test_why_of_a_launch_that_is_ready_waits_for_nothing() -> None:
    """But for its votes."""
    assert tell(ready(changed(votes=["makers"])), DAVE, "why") == snapshot("""\
- It is running, and began on 2026-03-02.
- It waits for the vote of **Makers**.
- It is due on 2026-06-01, as the request says.\
""")


def test_why_of_phases_by_the_rules_of_the_process() -> None:
    """Locked, open and done."""
    world = running()
    assert tell(world, DAVE, "why build") == snapshot("""\
- It is locked: it waits for [Scope](https://gitlab.test/scope).
- `bob` is accountable, who holds the role **Makers**.\
""")
    assert tell(world, DAVE, "why scope") == snapshot("""\
- It is open since 2026-03-02.
- Not complete: `talk`: Do talk.
- Not complete: `papers`: Do papers.
- `alice` is accountable, who holds the role **Sales**.
- It is due on 2026-03-16, 10 business days after it opened.\
""")
    world.finish("scope").settle()
    assert tell(world, DAVE, "why scope") == snapshot("""\
- It is done since 2026-03-02.
- `alice` is accountable, who holds the role **Sales**.
- It is due on 2026-03-16, 10 business days after it opened.\
""")
    assert tell(world, DAVE, "why build") == snapshot("""\
- It is open since 2026-03-02.
- Not complete: `bake`: Do bake.
- Not complete: `oven`: Do oven.
- Not complete: `upload`: Do upload; needs first: `words` (Tell).
- `bob` is accountable, who holds the role **Makers**.
- It is due on 2026-05-25, 5 business days before the launch date.\
""")


def test_why_of_phases_by_what_people_decided() -> None:
    """By command with their names, else in GitLab."""
    world = running()
    tell(world, ALICE, "effort scope 1d", "assign scope @dave", "unlock build because of time")
    assert tell(world, DAVE, "why scope") == snapshot("""\
- It is open since 2026-03-02.
- Not complete: `talk`: Do talk.
- Not complete: `papers`: Do papers.
- `dave` is accountable, assigned by `alice` on 2026-03-02.
- It is due on 2026-03-03, 1 business day after it opened, by `alice` on 2026-03-02.\
""")
    tell(world, BOB, "due build 2026-04-01")
    world.edit("build", assignees=(CAROL,)).settle()
    assert tell(world, DAVE, "why build") == snapshot("""\
- It is open since 2026-03-02.
- It was unlocked by `alice` on 2026-03-02: of time.
- Not complete: `bake`: Do bake.
- Not complete: `oven`: Do oven.
- Not complete: `upload`: Do upload; needs first: `words` (Tell).
- `carol` is accountable, assigned in GitLab.
- It is due on 2026-04-01, set by `bob` on 2026-03-02.\
""")
    world.edit("build", due=date(2026, 4, 2)).settle()
    tell(world, ALICE, "close build because it is enough")
    assert tell(world, DAVE, "why build") == snapshot("""\
- It is done since 2026-03-02.
- It was unlocked by `alice` on 2026-03-02: of time.
- It was closed as it is by `alice` on 2026-03-02: it is enough.
- `carol` is accountable, assigned in GitLab.
- It is due on 2026-04-02, set in GitLab.\
""")


def test_why_of_phases_by_who_closed_and_reopened_them() -> None:
    """By hand, in GitLab; only the last word counts."""
    world = running()
    world.hands["scope.closed"] = BOB
    world.finish("scope").settle()
    assert "- It was closed in GitLab by `bob` on 2026-03-02." in tell(world, DAVE, "why scope")
    world.hands["scope.reopened"] = ALICE
    world.edit("scope", closed=False).settle()
    why = tell(world, DAVE, "why scope")
    assert "- It was reopened in GitLab by `alice` on 2026-03-02." in why
    assert "closed in GitLab" not in why


def test_why_of_tasks() -> None:
    """The box and who ticked it, the definition of done, needs, people, dates, evidence."""
    world = running(process(tell={"opens": "when-unlocked"}))
    assert tell(world, DAVE, "why upload") == snapshot("""\
- Its box is not ticked.
- It is done when: upload is there
- It needs `words` (Tell) first.\
""")
    tell(
        world,
        ALICE,
        "done talk https://example.com/1",
        "assign talk @dave",
        "due talk 2026-03-05",
        "skip papers because they are late",
    )
    assert tell(world, DAVE, "why talk", "why papers") == snapshot("""\
1. `/launch why talk`

- Its box is ticked by `alice` on 2026-03-02.
- It is done when: talk is there
- `dave` is accountable for it.
- It is due on 2026-03-05.
- What shows it: `https://example.com/1`

2. `/launch why papers`

- Its box is crossed out by `alice` on 2026-03-02: they are late.
- It is done when: papers is there\
""")
    world.tick("call").settle()
    assert "ticked in GitLab" in tell(world, DAVE, "why call")
    assert "Its box is not there." in tell(world, DAVE, "why words")


def test_plan_says_what_would_be_done_and_whom_it_would_notify() -> None:
    """With what follows from it; and nothing is done."""
    world = running().tick("talk").settle()
    assert tell(world, ALICE, "plan close scope because x") == snapshot("""\
I would do this:

- change the scope issue: add the label g::done, remove the label g::open, close
- change the build issue: add the label g::open, remove the label g::locked, set the due date:
2026-05-25
- change the tell issue: add the label g::open, remove the label g::locked
- comment on the build issue: @bob: Build is unlocked, because Scope is done. It is due on
2026-05-25.
- comment on the tell issue: @carol: Tell is unlocked, because Scope is done.

GitLab would notify `bob`, `carol`.\
""")
    assert not world.issues["scope"].closed


def test_plan_names_whoever_would_be_assigned() -> None:
    """By user name, also somebody without any role."""
    assert tell(running(), ALICE, "plan assign scope @dave") == snapshot("""\
I would do this:

- change the scope issue: assign dave

GitLab would notify `dave`.\
""")


def test_plan_of_what_changes_only_the_record_says_so() -> None:
    """People would see the overview change, and be told nothing."""
    assert tell(running(), ALICE, "plan waiting partner") == snapshot("""\
I would do this:

- nothing that people would see

GitLab would notify nobody.\
""")


def test_plan_of_what_cannot_be_done_says_why() -> None:
    """As the command itself would: by right, by state, or for what it names."""
    assert tell(running(), BOB, "plan unlock build because x") == snapshot(
        "`bob` may not do that: `unlock` is for Sales (`alice`)."
    )
    assert tell(running(), ALICE, "plan unlock scope because x") == snapshot(
        "**Scope** is open already."
    )
    assert tell(running(), ALICE, "plan help done") == tell(running(), ALICE, "help done")
    assert "The launch is paused" in tell(paused(), ALICE, "plan waiting partner")


def test_a_long_plan_is_cut() -> None:
    """Nobody reads more."""
    whole = World(process()).request().plan()
    assert described(Plan(whole.actions * 5)).count("\n- ") == 21


def test_help_lists_all_commands_or_explains_one() -> None:
    """With the people of this launch."""
    world = running()
    assert "`/launch unlock PHASE because ...`: Opens" in tell(world, DAVE, "help")
    assert tell(world, DAVE, "help unlock") == snapshot("""\
`/launch unlock PHASE because ...`: Opens a phase before what it waits for is done.

Who may: Sales (`alice`).

For example:

- `/launch unlock scope because the partner needs the time`\
""")


def test_a_guest_may_not_even_ask() -> None:
    """What is asked would be answered to everybody."""
    world = running()
    world.members[DAVE.id] = Member(10)
    assert tell(world, DAVE, "status") == snapshot("""\
refused
`dave` is a guest of this project; `status` is for members with at least the Planner role in
GitLab.\
""")
