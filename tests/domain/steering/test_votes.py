"""Going live: `go`, `no-go` and `live`."""

from inline_snapshot import snapshot

from tests.domain.steering.launches import ball, changed, ready, running, tell
from tests.domain.world import ALICE, BOB, CAROL, folded

VOTING = changed(votes=["makers", "writers"])


def test_live_closes_the_root_issue() -> None:
    """The same act as closing it by hand."""
    world = ready()
    assert tell(world, ALICE, "live") == "done"
    assert world.issues["root"].closed
    assert world.record().state == "live"


def test_live_right_after_the_last_phase_was_closed_counts() -> None:
    """What people did by hand before they wrote is seen first."""
    world = running().finish("scope").settle().finish("tell").settle().finish("build")
    assert tell(world, ALICE, "live") == "done"
    assert world.record().state == "live"


def test_it_is_too_early_while_a_phase_is_not_done() -> None:
    """For votes and for going live."""
    world = running(VOTING)
    assert tell(world, ALICE, "live") == snapshot("""\
refused
It is too early for going live: [Scope](https://gitlab.test/scope),
[Build](https://gitlab.test/build) and [Tell](https://gitlab.test/tell) are not done.\
""")
    world.finish("scope").settle().finish("tell").settle()
    assert tell(world, BOB, "go") == snapshot("""\
refused
It is too early for votes: [Build](https://gitlab.test/build) is not done.\
""")


def test_all_have_to_vote_before_the_launch_is_live() -> None:
    """Whoever closes the root before is told whose vote is missing."""
    world = ready(VOTING)
    assert folded(world.said("root")[-1]) == snapshot("""\
@alice: all phases are done. Now these vote by `/launch go` or `/launch no-go because ...`:
**Makers**, **Writers**. **Close this issue to make the launch live when all of them say go.**
Should something still be open, reopen the phase that it belongs to.\
""")
    assert tell(world, BOB, "go") == "done"
    assert tell(world, ALICE, "live") == snapshot("""\
refused
I wait for the votes of **Writers**.\
""")
    world.edit("root", closed=True).settle()
    assert not world.issues["root"].closed
    assert folded(world.said("root")[-1]) == snapshot("""\
I reopened this issue: closing it makes the launch live, and this is missing:

- **Writers** has not voted `go`

Close it when nothing is missing any more. If you close it before that, I leave it closed, but
the launch does not count as live.\
""")
    assert tell(world, CAROL, "go") == "done"
    assert tell(world, ALICE, "live") == "done"
    assert world.record().state == "live"


def test_a_no_go_takes_a_go_back_and_the_other_way_round() -> None:
    """The last vote of a role counts."""
    world = ready(VOTING)
    tell(world, BOB, "go")
    tell(world, CAROL, "go")
    assert tell(world, BOB, "no-go because the oven is cold") == "done"
    assert "Makers" in tell(world, ALICE, "live")
    tell(world, BOB, "go")
    assert tell(world, ALICE, "live") == "done"


def test_votes_are_withdrawn_when_a_phase_is_reopened() -> None:
    """They were for something else."""
    world = ready(VOTING)
    tell(world, BOB, "go")
    tell(world, CAROL, "go")
    world.edit("tell", closed=False).settle().edit("tell", closed=True).settle()
    assert tell(world, ALICE, "live") == snapshot("""\
refused
I wait for the votes of **Makers** and **Writers**.\
""")


def test_votes_come_from_the_roles_that_vote() -> None:
    """Another role is told which do."""
    assert tell(ready(VOTING), ALICE, "go") == snapshot("""\
refused
Votes come from **Makers** and **Writers**.\
""")


def test_a_process_without_votes_says_so() -> None:
    """There is nothing to vote on."""
    assert tell(ready(), ALICE, "go") == snapshot("""\
refused
This process asks for no votes.\
""")


def test_whoever_holds_two_roles_votes_for_both() -> None:
    """One comment is enough."""
    world = ready(VOTING)
    world.people["writers"] = (BOB,)
    tell(world, BOB, "go")
    assert tell(world, ALICE, "live") == "done"


def test_the_overview_says_who_votes_next() -> None:
    """The ball is with those whose vote is missing."""
    world = ready(VOTING)
    tell(world, BOB, "go")
    assert ball(world) == snapshot(
        "**Who has the ball:** **Writers**: `/launch go` or `/launch no-go because ...`."
    )
    tell(world, CAROL, "go")
    assert ball(world) == snapshot(
        "**Who has the ball:** `alice`: close this issue to make the launch live."
    )
