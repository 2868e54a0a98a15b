"""Quick actions: what each does to issues and merge requests, and when it does not apply.

https://docs.gitlab.com/user/project/quick_actions/
"""

from typing import Any

import pytest

from tests.simulator.conftest import World
from tests.simulator.test_requests import code as code  # noqa: PLC0414 - the fixture
from tests.simulator.test_requests import request as new_request


def say(world: World, at: str, body: str, status: int = 202, by: str = "mia") -> Any:
    """Comment, and the answer."""
    return world.people[by].post(f"{at}/notes", status, body=body)


ON_ISSUES = [
    ("/estimate 1w 2d 3h", "time_stats.human_time_estimate", "1w 2d 3h"),
    ("/estimate_time 90m", "time_stats.time_estimate", 5400),
    ("/spend 1h 30m", "time_stats.total_time_spent", 5400),
    ("/spend_time 2d 2026-03-01", "time_stats.human_total_time_spent", "2d"),
    ("/WEIGHT 3", "weight", 3),
    ("/type incident", "issue_type", "incident"),
    ("/promote_to_incident", "type", "INCIDENT"),
    ("/label ~doing", "labels", ["doing"]),
    ("/labels doing", "labels", ["doing"]),
    ("/board_move ~doing", "labels", ["doing"]),
    ("/title New name", "title", "New name"),
    ("/due 2026-04-01", "due_date", "2026-04-01"),
    ("/assign me", "assignee.username", "mia"),
    ("/confidential", "confidential", True),
    ("/lock", "discussion_locked", True),
    ("/close", "state", "closed"),
    ("/copy_metadata #2", "labels", ["copied"]),
]


@pytest.mark.parametrize(("text", "field", "value"), ON_ISSUES, ids=[c[0] for c in ON_ISSUES])
def test_command_changes_an_issue(world: World, text: str, field: str, value: Any) -> None:
    """The change is there, the answer is 202 with a summary, and no note is left."""
    label = world.mia.post(f"{world.path}/labels", name="doing", color="#112233")
    board = world.mia.post(f"{world.path}/boards", name="Work")
    world.mia.post(f"{world.path}/boards/{board['id']}/lists", label_id=label["id"])
    issue = world.issue()
    world.issue(labels="copied")
    assert say(world, world.at(issue), text)["summary"]
    found = world.mia.get(world.at(issue))
    for part in field.split("."):
        found = found[part]
    assert found == value
    texts = [n["body"] for n in world.mia.get(f"{world.at(issue)}/notes") if not n["system"]]
    assert texts == []


UNDONE = [
    ("/estimate 1h", "/remove_estimate", "time_stats.time_estimate", 0),
    ("/estimate 1h", "/remove_time_estimate", "time_stats.time_estimate", 0),
    ("/spend 1h", "/remove_time_spent", "time_stats.total_time_spent", 0),
    ("/spend 2h", "/spend -30m", "time_stats.total_time_spent", 5400),
    ("/weight 3", "/clear_weight", "weight", None),
    ("/type incident\n/severity high", "/severity s1", "severity", "CRITICAL"),
]


@pytest.mark.parametrize(("first", "second", "field", "value"), UNDONE)
def test_command_takes_back(world: World, first: str, second: str, field: str, value: Any) -> None:
    """What one sets, the other removes."""
    issue = world.issue()
    say(world, world.at(issue), first)
    say(world, world.at(issue), second)
    found = world.mia.get(world.at(issue))
    for part in field.split("."):
        found = found[part]
    assert found == value


REFUSED = [
    "/estimate soon",
    "/spend -1h",
    "/weight heavy",
    "/clear_weight",
    "/type epic",
    "/severity high",
    "/board_move ~nothing",
    "/copy_metadata #99",
    "/approve",
    "/merge",
    "/draft",
    "/rebase",
    "/target_branch main",
    "/assign_reviewer @mia",
    "/run_pipeline",
]


@pytest.mark.parametrize("text", REFUSED)
def test_command_that_does_not_apply_to_an_issue(world: World, text: str) -> None:
    """400 with the reason; nothing changes."""
    issue = world.issue()
    before = world.mia.get(world.at(issue))
    answer = say(world, world.at(issue), text, 400)
    name = text[1:].split(" ", maxsplit=1)[0]
    assert answer == {"message": f"400 Bad request - Could not apply {name} command."}
    assert world.mia.get(world.at(issue)) == before


ON_REQUESTS = [
    ("/draft", "draft", True),
    ("/target_branch old", "target_branch", "old"),
    ("/assign_reviewer @dora", "reviewers.0.username", "dora"),
    ("/reviewer me", "reviewers.0.username", "mia"),
    ("/request_review @dora", "reviewers.0.username", "dora"),
    ("/merge", "state", "merged"),
    ("/run_pipeline", "head_pipeline.source", "merge_request_event"),
    ("/label ~ready", "labels", ["ready"]),
    ("/estimate 1mo", "time_stats.human_time_estimate", "1mo"),
]


@pytest.mark.parametrize(("text", "field", "value"), ON_REQUESTS, ids=[c[0] for c in ON_REQUESTS])
def test_command_changes_a_request(code: World, text: str, field: str, value: Any) -> None:
    """The same on merge requests."""
    world = code
    world.mia.post(f"{world.path}/labels", name="ready", color="#112233")
    world.dora.post(f"{world.path}/repository/branches", branch="old", ref="main")
    at = f"{world.path}/merge_requests/{new_request(world)['iid']}"
    say(world, at, text)
    found = world.mia.get(at)
    for part in field.split("."):
        found = found[int(part)] if part.isdigit() else found[part]
    assert found == value


def test_reviewers_and_approvals_by_command(code: World) -> None:
    """Given and taken back, each once."""
    world = code
    at = f"{world.path}/merge_requests/{new_request(world)['iid']}"
    say(world, at, "/assign_reviewer @dora @mia")
    say(world, at, "/unassign_reviewer @dora")
    assert [u["username"] for u in world.mia.get(at)["reviewers"]] == ["mia"]
    say(world, at, "/reassign_reviewer @dora")
    say(world, at, "/remove_reviewer")
    assert world.mia.get(at)["reviewers"] == []
    say(world, at, "/approve")
    assert world.mia.get(f"{at}/approvals")["user_has_approved"] is True
    say(world, at, "/approve", 400)
    say(world, at, "/unapprove")
    assert world.mia.get(f"{at}/approvals")["approved_by"] == []
    say(world, at, "/merge", 400, by="rita")
    say(world, at, "/draft")
    say(world, at, "/merge", 400)


def test_rebase_by_command(code: World) -> None:
    """The source branch stands on the target branch afterwards."""
    world = code
    at = f"{world.path}/merge_requests/{new_request(world)['iid']}"
    action = {"action": "create", "file_path": "new.md", "content": "x"}
    fields = {"branch": "main", "commit_message": "More", "actions": [action]}
    head = world.mia.post(f"{world.path}/repository/commits", **fields)
    say(world, at, "/rebase")
    assert world.mia.get(at)["diff_refs"]["base_sha"] == head["id"]


def test_time_is_tracked_by_api(world: World) -> None:
    """Set, added to and removed, by who may plan; what is no time is refused."""
    at = world.at(world.issue())
    stats = world.rita.post(f"{at}/time_estimate", 200, duration="3h 30m")
    assert stats["human_time_estimate"] == "3h 30m"
    world.rita.post(f"{at}/add_spent_time", duration="1mo")
    stats = world.rita.post(f"{at}/add_spent_time", duration="-1w")
    assert stats["human_total_time_spent"] == "3w"
    for path in ("time_estimate", "add_spent_time"):
        world.rita.post(f"{at}/{path}", 400, duration="soon")
        world.gus.post(f"{at}/{path}", 403, duration="1h")
    world.rita.post(f"{at}/time_estimate", 400, duration="-1h")
    world.rita.post(f"{at}/add_spent_time", 400, duration="-2mo")
    assert world.rita.post(f"{at}/reset_time_estimate", 200)["time_estimate"] == 0
    assert world.rita.post(f"{at}/reset_spent_time", 200)["human_total_time_spent"] is None
