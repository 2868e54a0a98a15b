"""What people did: https://docs.gitlab.com/api/events/."""

from datetime import timedelta
from typing import Any

import pytest

from tests.simulator.conftest import Person, World
from tests.simulator.test_requests import at
from tests.simulator.test_requests import code as code  # noqa: PLC0414 - the fixture
from tests.simulator.test_requests import request as new_request


@pytest.fixture
def busy(code: World) -> World:
    """An issue of yesterday with a comment, closed today; a merged request; a secret."""
    issue = code.issue()
    code.dora.post(f"{code.at(issue)}/notes", body="Hm")
    code.sim.clock.advance(timedelta(days=1))
    code.rita.put(code.at(issue), state_event="close")
    code.mia.put(f"{at(new_request(code))}/merge")
    code.issue(title="Secret", confidential=True, by="mia")
    return code


def told(found: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Who did what with what."""
    return [
        (e["author_username"], e["action_name"], e["target_type"])
        for e in found
        if e["target_type"]
    ]


def test_project_tells_what_happened(busy: World) -> None:
    """Newest first; not of what the caller may not read; each with a number of its own."""
    found = busy.rita.get(f"{busy.path}/events", sort="asc")
    assert told(found)[:2] == [("rita", "opened", "Issue"), ("dora", "commented on", "Note")]
    assert sorted(told(found)[2:]) == [
        ("dora", "opened", "MergeRequest"),
        ("mia", "accepted", "MergeRequest"),
        ("mia", "opened", "Issue"),
        ("rita", "closed", "Issue"),
    ]
    assert len({entry["id"] for entry in found}) == len(found)
    assert "Secret" not in {e["target_title"] for e in busy.gus.get(f"{busy.path}/events")}


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({"action": "closed"}, 1),
        ({"action": "pushed"}, 4),
        ({"action": "joined"}, 6),
        ({"action": "created"}, 4),
        ({"action": "left"}, 0),
        ({"target_type": "note"}, 1),
        ({"target_type": "merge_request"}, 2),
        ({"before": "2026-03-03"}, 12),
        ({"after": "2026-03-02"}, 5),
    ],
)
def test_events_are_chosen(busy: World, asked: dict[str, str], count: int) -> None:
    """By what was done, with what, and when; days are not included."""
    assert len(busy.mia.get(f"{busy.path}/events", **asked)) == count


def test_person_did_what(busy: World) -> None:
    """By name or number; one's own without a name."""
    assert told(busy.mia.get("/users/dora/events", sort="asc")) == [
        ("dora", "commented on", "Note"),
        ("dora", "opened", "MergeRequest"),
    ]
    own = busy.dora.get("/events")
    assert own == busy.mia.get(f"/users/{busy.dora.id}/events")
    assert len(busy.dora.get("/events", scope="all")) > len(own)
    busy.dora.get("/events", 400, action="odd")


def test_pushes_and_approvals_are_told(code: World) -> None:
    """To those who read the code: new branches, commits, and what was removed."""
    item = new_request(code)
    code.mia.post(f"{at(item)}/approve")
    code.dora.delete(f"{code.path}/repository/branches/topic")
    path = f"{code.path}/events"
    pushes = code.rita.get(path, action="pushed", sort="asc")
    assert [(p["action_name"], p["push_data"]["ref"]) for p in pushes] == [
        ("pushed new", "main"),
        ("pushed new", "topic"),
        ("pushed to", "topic"),
        ("deleted", "topic"),
    ]
    told_of = pushes[2]["push_data"]
    assert (told_of["commit_title"], told_of["commit_count"]) == ("Add a page", 1)
    assert told_of["commit_to"] == item["sha"]
    assert pushes[3]["push_data"]["commit_to"] is None
    assert code.gus.get(path, action="pushed") == []
    [approval] = code.rita.get(path, action="approved")
    assert (approval["author_username"], approval["target_iid"]) == ("mia", item["iid"])


def test_events_of_a_private_profile(world: World) -> None:
    """Nobody else sees them; a token that reads users alone reads its own."""
    world.issue("dora")
    world.root.put(f"/users/{world.dora.id}", private_profile=True)
    path = "/users/dora/events"
    assert world.rita.get(path) == []
    assert len(world.dora.get(path)) == len(world.root.get(path)) > 0
    tokens = f"/users/{world.dora.id}/personal_access_tokens"
    token = world.root.post(tokens, name="r", scopes=["read_user"])["token"]
    reader = Person(world.client, token, world.dora.id, "dora")
    assert len(reader.get("/events")) > 0
