"""What the pages of members, users and tokens name that no other test needs.

https://docs.gitlab.com/api/group_members/, https://docs.gitlab.com/api/invitations/,
https://docs.gitlab.com/api/users/ and their neighbours
"""

from typing import Any

import pytest

from tests.simulator.conftest import World


@pytest.fixture
def group(world: World) -> str:
    """The path of the group, of which Rita is a Reporter."""
    path = f"/groups/{world.group['id']}"
    world.root.post(f"{path}/members", user_id=world.rita.id, access_level=20)
    return path


def test_several_members_are_added_at_once(world: World) -> None:
    """By numbers or names; the answer tells who could not be added."""
    path = f"{world.path}/members"
    sent = {"user_id": f"{world.nora.id},{world.rita.id}", "access_level": 20}
    made = world.mia.post(path, **sent)
    assert made == {"status": "error", "message": {"rita": "Member already exists"}}
    world.mia.delete(f"{path}/{world.nora.id}")
    assert world.mia.post(path, username="nora", access_level=20)["username"] == "nora"
    world.mia.post(path, 404, username="nobody,else", access_level=20)
    world.mia.post(path, 400, username="nora", access_level=20, member_role_id="x")
    seats = {m["username"]: m["is_using_seat"] for m in world.mia.get(path, show_seat_info=True)}
    assert seats["nora"] is True


def test_last_owner_of_a_group_stays(world: World, group: str) -> None:
    """Neither removed nor made less, as long as there is no other."""
    world.root.delete(f"{group}/members/1", 403)
    world.root.put(f"{group}/members/1", 403, access_level=40)
    world.root.put(f"{group}/members/{world.rita.id}", access_level=50)
    world.root.delete(f"{group}/members/1")


def test_invitations_are_changed_and_found(world: World) -> None:
    """By their whole address; doubled ones and members are named in the answer."""
    path = f"{world.path}/invitations"
    fields = {"access_level": 20, "expires_at": "2026-04-01"}
    assert world.mia.post(path, email="new@x.test", **fields) == {"status": "success"}
    shown = world.mia.put(f"{path}/new@x.test", access_level=30)
    assert shown == {"access_level": 30, "expires_at": "2026-04-01T00:00:00.000Z"}
    again = world.mia.post(path, email="new@x.test,rita@x.test", access_level=20)
    assert again["message"] == {
        "new@x.test": "Invite email has already been taken",
        "rita@x.test": "User already exists in source",
    }
    assert [entry["id"] for entry in world.mia.get(path, query="new@x.test")] == [1]
    assert world.mia.get(path, query="new") == []
    world.mia.put(f"{path}/old@x.test", 404, access_level=30)
    pending = world.root.get(f"/groups/{world.group['id']}/pending_members")
    assert [(entry["email"], entry["invited"]) for entry in pending] == [("new@x.test", True)]


def test_seats_of_a_group(world: World, group: str) -> None:
    """Everybody at it and below it, with where they are members; removed from all at once."""
    found = world.root.get(f"{group}/billable_members", sort="access_level_desc", per_page=3)
    assert [entry["username"] for entry in found] == ["olga", "root", "mia"]
    ways = {
        e["username"]: e["membership_type"] for e in world.root.get(f"{group}/billable_members")
    }
    assert (ways["rita"], ways["mia"]) == ("group_member", "project_member")
    assert len(world.root.get(f"{group}/billable_members", search="rit")) == 1
    world.root.get(f"{group}/billable_members", 400, sort="size")
    at = f"{group}/billable_members/{world.rita.id}"
    places = world.root.get(f"{at}/memberships")
    assert [place["source_full_name"] for place in places] == ["Team", "Team / Proj"]
    assert places[0]["access_level"] == {"string_value": "Reporter", "integer_value": 20}
    assert world.root.get(f"{at}/indirect") == []
    state = f"{group}/members/{world.rita.id}/state"
    assert world.root.put(state, state="active") == {"success": True}
    world.root.put(state, 400, state="awaiting")
    world.root.post(f"{group}/members/approve_all", 400)
    world.root.delete(at)
    world.root.delete(at, 404)
    world.rita.get(world.path, 404)
    below = world.root.post("/groups", name="B", path="b", parent_id=world.group["id"])
    world.root.get(f"/groups/{below['id']}/billable_members", 400)


def test_labels_and_milestones_as_documented(world: World, group: str) -> None:
    """Labels alone have their counts; times of milestones need both ends."""
    label = world.mia.post(f"{world.path}/labels", name="bug", color="#112233", archived=True)
    assert (label["archived"], label["open_issues_count"]) == (True, 0)
    world.mia.put(f"{world.path}/labels/bug", 400, priority=-1)
    assert world.root.put(f"{world.path}/labels/promote", name="bug")["name"] == "bug"
    at = f"{world.path}/labels/bug"
    assert world.mia.get(at)["is_project_label"] is False
    world.mia.get(at, 404, include_ancestor_groups=False)
    fields: dict[str, Any] = {"start_date": "2026-03-01", "due_date": "2026-03-31"}
    world.root.post(f"{group}/milestones", title="March 17.3", **fields)
    path = f"{group}/milestones"
    assert len(world.root.get(path, search_title="17.3 march")) == 1
    assert world.root.get(path, search_title="17.4") == []
    assert world.root.get(path, start_date="2026-04-01", end_date="2026-04-30") == []
    assert len(world.root.get(path, start_date="2026-04-01")) == 1
    assert len(world.root.get(path, start_date="2026-03-30", end_date="2026-04-30")) == 1
