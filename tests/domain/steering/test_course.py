"""Commands on the course of a launch: the ball, escalating, pausing, cancelling and restarting."""

from dataclasses import replace

from inline_snapshot import snapshot

from bot.domain.actions import Successor
from bot.domain.planner import plan
from tests.domain.steering.launches import ball, changed, paused, ready, running, tell
from tests.domain.world import ALICE, BOB, CAROL, folded, process


def test_the_partner_has_the_ball_until_they_reply() -> None:
    """The overview says who said so, and why."""
    world = running()
    assert tell(world, BOB, "waiting partner because they review it") == "done"
    assert ball(world) == snapshot(
        "**Who has the ball:** the partner (`waiting` by `bob`): they review it"
    )
    assert tell(world, BOB, "partner replied") == "done"
    assert ball(world) == snapshot(
        "**Who has the ball:** `alice` (Sales) with [Scope](https://gitlab.test/scope)."
    )
    assert tell(world, BOB, "partner replied") == snapshot("""\
refused
Nobody has said that this waits for the partner.\
""")


def test_escalating_tells_the_next_rung_the_facts() -> None:
    """Each of the process's in turn, and then there is nobody left."""
    world = running(changed(escalation=["writers", "makers"]))
    world.people["makers"] = ()
    tell(world, ALICE, "waiting partner")
    world.wait(30).settle()
    assert tell(world, ALICE, "escalate because nobody has answered") == "done"
    assert folded(world.said("root")[-1]) == snapshot("""\
@carol (Writers): `alice` asks for your help with this launch: nobody has answered

- It waits for the partner since 2026-03-02.
- [Scope](https://gitlab.test/scope): 2 tasks left, with `alice`, was due on 2026-03-16.\
""")
    assert tell(world, ALICE, "escalate") == "done"
    assert folded(world.said("root")[-1]) == snapshot("""\
Nobody yet (Makers): `alice` asks for your help with this launch.

- It waits for the partner since 2026-03-02.
- [Scope](https://gitlab.test/scope): 2 tasks left, with `alice`, was due on 2026-03-16.\
""")
    assert tell(world, ALICE, "escalate") == snapshot("""\
refused
Nobody is left to ask: **Makers** is the last in line.\
""")


def test_escalating_without_rungs_tells_the_owner_of_the_root() -> None:
    """What is done and what has no date is left out."""
    world = running().finish("scope").settle()
    tell(world, BOB, "escalate")
    assert folded(world.said("root")[-1]) == snapshot("""\
@alice (Sales): `bob` asks for your help with this launch.

- [Build](https://gitlab.test/build): 3 tasks left, with `bob`, is due on 2026-05-25.
- [Tell](https://gitlab.test/tell): 2 tasks left, with `carol`.\
""")


def test_a_paused_launch_stands_still() -> None:
    """What people do by hand waits; what they ask is answered."""
    world = paused()
    world.finish("scope").settle()
    assert world.gates()["scope"] == "open"
    assert ball(world) == snapshot("""\
**Who has the ball:** `alice`, with `/launch resume`. The launch is paused (`pause` by
`alice`): of the summer\
""")
    assert tell(world, ALICE, "done talk") == snapshot("""\
refused
The launch is paused, by `alice` on 2026-03-02: of the summer. `/launch resume` goes on.\
""")
    assert "**Paused**" in tell(world, ALICE, "status")
    assert tell(world, ALICE, "resume") == "done"
    assert world.gates()["scope"] == "done"
    assert tell(world, ALICE, "resume") == snapshot("""\
refused
The launch is not paused.\
""")


def test_a_plan_for_a_paused_launch_says_that_it_is_paused() -> None:
    """And what would be possible."""
    assert tell(paused(), ALICE, "plan done talk") == snapshot(
        "The launch is paused, by `alice` on 2026-03-02: of the summer. `/launch resume` goes on."
    )
    assert "change the root issue: close" in tell(paused(), ALICE, "plan cancel because x")


def test_cancel_closes_the_issues_and_frees_the_request() -> None:
    """The reason is told; nothing of the launch changes any more."""
    world = running()
    assert tell(world, ALICE, "cancel because the partner stopped") == "done"
    assert all(world.issues[part].closed for part in ("root", "scope", "build", "tell"))
    assert not world.issues["request"].closed
    assert "ask" not in world.issues["request"].labels
    assert folded(world.said("root")[-1]) == snapshot("""\
The launch is **cancelled** by `alice`: the partner stopped

I closed its issues, and took the label off the request. Put the label ~"ask" on the request
again, and another launch begins there.\
""")
    assert ball(world) == snapshot("""\
**Who has the ball:** nobody; the launch is cancelled (`cancel` by `alice`): the partner
stopped\
""")
    assert tell(world, ALICE, "done talk") == snapshot("""\
refused
The launch is cancelled; nothing of it changes any more.\
""")
    assert "nobody; the launch is cancelled" in tell(world, ALICE, "status")
    world.edit("scope", closed=False).settle()
    assert not world.issues["scope"].closed


def test_a_paused_launch_can_be_cancelled() -> None:
    """Nobody has to let it go on first."""
    world = paused()
    assert tell(world, ALICE, "cancel because x") == "done"
    assert world.issues["root"].closed


def test_cancel_leaves_closed_what_is_closed() -> None:
    """Who finished a phase, finished it."""
    world = running().finish("scope").settle()
    tell(world, ALICE, "cancel because x")
    assert "scope.state" not in world.record().fields
    assert world.issues["build"].closed


def test_cancel_leaves_a_request_alone_that_is_not_seen() -> None:
    """Or that lost its label before."""
    world = running()
    world.edit("request", labels=frozenset()).settle()
    assert tell(world, ALICE, "cancel because x") == "done"
    assert "request.ask" not in world.record().fields


def test_a_cancelled_launch_has_a_successor_once_its_request_asks_again() -> None:
    """Its id is that of the first one with a number; it begins after the cancel."""
    world = running()
    tell(world, ALICE, "cancel because x")
    assert world.plan().successor is None
    cancelled = world.record().deeds["cancel"].at
    world.edit("request", labels=frozenset({"ask"})).settle()
    assert world.plan().successor == Successor("i900-2", (1, 900), cancelled)
    del world.issues["request"]
    assert world.plan().successor is None


def test_start_on_a_cancelled_launch_asks_again() -> None:
    """By whoever may start one; another process needs another request."""
    world = running()
    tell(world, ALICE, "cancel because x")
    assert tell(world, ALICE, "start small") == "done"
    assert "ask" in world.issues["request"].labels
    assert world.plan().successor


def test_what_changes_nothing_and_needs_no_words_is_answered_once() -> None:
    """A reaction leaves nothing to find in GitLab by which the bot would know."""
    world = running()
    tell(world, ALICE, "cancel because x\n/launch start small")
    tell(world, ALICE, "start small")
    assert [emoji for _, emoji in world.reactions] == ["white_check_mark"] * 2
    assert world.plan().actions == ()


def test_start_of_another_process_needs_another_request() -> None:
    """A request is for one process, also after its launch was cancelled."""
    world = running()
    world.others = (process().model_copy(update={"name": "other"}),)
    tell(world, ALICE, "cancel because x")
    assert tell(world, ALICE, "start other") == snapshot("""\
refused
This request is for `small`; open another one.\
""")


def test_a_third_launch_has_the_next_number() -> None:
    """Whatever it follows."""
    world = running()
    tell(world, ALICE, "cancel because x")
    tell(world, ALICE, "start small")
    seen = world.observe()
    found = plan(world.process, replace(seen, launch="i900-2")).successor
    assert found
    assert found.launch == "i900-3"


def test_start_of_a_launch_that_runs_does_nothing() -> None:
    """Nor one of a process that the request does not ask for."""
    assert tell(running(), CAROL, "start small") == snapshot("""\
refused
This launch has begun already; `/launch status` shows how it stands.\
""")


def test_a_live_launch_changes_no_more() -> None:
    """But for questions."""
    world = ready()
    tell(world, ALICE, "live")
    assert tell(world, ALICE, "pause because x") == snapshot("""\
refused
The launch is live; nothing of it changes any more.\
""")
    assert tell(world, ALICE, "start small") == snapshot("""\
refused
This launch has begun already; `/launch status` shows how it stands.\
""")
    assert "nobody; the launch is live." in tell(world, ALICE, "status")


def test_a_live_launch_that_is_reopened_goes_on() -> None:
    """Whoever reopens its root issue means it."""
    world = ready()
    tell(world, ALICE, "live")
    world.edit("root", closed=False)
    assert tell(world, ALICE, "waiting partner") == "done"
    assert world.record().state == "running"
