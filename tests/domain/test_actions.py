"""Actions: a plan explains itself, and says whom it notifies."""

from datetime import date, datetime

import pytest

from bot.domain.actions import Action, ChangeIssue, LinkIssues, Plan, PostNote, React, describe
from bot.domain.anticipation import after
from tests.domain.world import ALICE, BOB, REQUEST_TEXT, World, process


@pytest.mark.parametrize(
    ("action", "line"),
    [
        pytest.param(
            ChangeIssue("scope", "", assignee=BOB, due=date(2026, 3, 9)),
            "change the scope issue: assign bob, set the due date",
            id="assignee and date",
        ),
        pytest.param(
            ChangeIssue("root", "", state="closed", confidential=True),
            "change the root issue: close, make confidential",
            id="state and confidentiality",
        ),
        pytest.param(
            ChangeIssue("tell", "", ("a", "b"), ("c",)),
            "change the tell issue: add the label a, add the label b, remove the label c",
            id="labels",
        ),
        pytest.param(LinkIssues("tell", ""), "link the tell issue to the root issue", id="a link"),
        pytest.param(
            PostNote("tell", "ready.tell.1", "Hi", ""),
            "comment on the tell issue (ready.tell.1)",
            id="a comment",
        ),
        pytest.param(
            PostNote("request", "inputs", "Hi", "", note=7),
            "edit the comment on the request issue (inputs)",
            id="an edited comment",
        ),
        pytest.param(
            PostNote("root", "answer.1", "Hi", "", reply_to=7),
            "reply on the root issue (answer.1)",
            id="a reply",
        ),
        pytest.param(
            React("root", 7, "x", ""),
            "react to a comment on the root issue with :x:",
            id="a reaction",
        ),
    ],
)
def test_an_action_in_a_line(action: Action, line: str) -> None:
    """What it does, for logs and for people."""
    assert describe(action) == line


def test_logs_give_nothing_of_a_launch_away() -> None:
    """A launch may be confidential: its partner and date stand in the plan for people only."""
    world = World(process()).request(REQUEST_TEXT.replace("Acme Cloud", "Secret Cloud"))
    assert "Secret" in world.plan().describe()
    assert not [action for action in world.plan().actions if "Secret" in describe(action)]
    world.settle().edit("root", due=date(2026, 9, 7)).finish("scope")
    assert "set the due date: 2026-08-31" in world.plan().describe()
    assert not [action for action in world.plan().actions if "2026" in describe(action)]


def test_a_blocked_plan_says_why() -> None:
    """Nothing is done until somebody has looked."""
    assert Plan(blocked="it is odd").describe() == "blocked: it is odd"


def test_an_empty_plan_says_so() -> None:
    """The normal case."""
    assert Plan().describe() == "nothing to do"


def test_whoever_is_assigned_or_mentioned_is_notified_once() -> None:
    """In the order in which GitLab would do it."""
    plan = Plan(
        (
            PostNote("tell", "a", "@bob", "", mentions=("bob",)),
            ChangeIssue("tell", "", assignee=ALICE),
            ChangeIssue("scope", "", assignee=BOB),
            LinkIssues("tell", ""),
        )
    )
    assert plan.notifies() == ("bob", "alice")


@pytest.mark.parametrize("opens", [{}, {"opens": "when-unlocked"}])
def test_what_is_anticipated_is_what_comes(opens: dict[str, str]) -> None:
    """The status note is written for the world as the plan leaves it."""
    world = World(process(tell=opens)).request().settle().finish("scope")
    world.edit("root", confidential=True)
    observed, actions = world.observe(), world.plan().actions
    then = after(observed, actions)
    world.settle()
    for name, issue in world.observe().phases.items():
        seen = then.phases[name]
        assert (seen.labels, seen.due, seen.closed) == (issue.labels, issue.due, issue.closed)
        assert (seen.assignees, seen.confidential) == (issue.assignees, issue.confidential)


def test_the_change_of_an_issue_that_is_not_there_changes_nothing() -> None:
    """It may have been moved away; the rest of the plan is still right."""
    observed = World(process()).observe()
    assert after(observed, [ChangeIssue("tell", "", state="opened")]) == observed
    assert isinstance(observed.now, datetime)
