"""Protected branches and tags: https://docs.gitlab.com/api/protected_branches/."""

from typing import Any

import pytest

from tests.simulator.conftest import World
from tests.simulator.test_hook_bodies import file
from tests.simulator.test_requests import at
from tests.simulator.test_requests import code as code  # noqa: PLC0414 - the fixture
from tests.simulator.test_requests import request as new_request


def push(world: World, status: int, who: str = "dora", branch: str = "topic") -> None:
    """Try to add a file."""
    fields = {"branch": branch, "content": "x", "commit_message": "Add it"}
    world.people[who].post(f"{world.path}/repository/files/{who}{status}.md", status, **fields)


@pytest.mark.parametrize(
    ("level", "dora", "mia"), [(30, 201, 201), (40, 403, 201), (0, 403, 403), (60, 403, 403)]
)
def test_push_level_says_who_pushes(code: World, level: int, dora: int, mia: int) -> None:
    """No one is nobody, administrators excepted for level 60."""
    code.mia.post(f"{code.path}/protected_branches", name="top*", push_access_level=level)
    push(code, dora, "dora")
    push(code, mia, "mia")


def test_merge_level_says_who_merges(code: World) -> None:
    """Also who may not push."""
    path = f"{code.path}/protected_branches"
    item = new_request(code)
    code.dora.put(f"{at(item)}/merge", 401)
    levels = {"push_access_level": 0, "merge_access_level": 30}
    shown = code.mia.call("PATCH", f"{path}/main", 200, json=levels)
    assert shown["merge_access_levels"][0]["access_level_description"] == (
        "Developers + Maintainers"
    )
    code.dora.put(f"{at(item)}/merge")
    push(code, 403, "mia", "main")


def test_of_several_rules_the_least_counts(code: World) -> None:
    """And a group's rules join its projects'."""
    group = f"/groups/{code.group['id']}/protected_branches"
    code.root.post(group, name="topic")
    push(code, 403)
    code.mia.post(f"{code.path}/protected_branches", name="topic", push_access_level=30)
    push(code, 201)
    assert [entry["name"] for entry in code.root.get(group)] == ["topic"]
    code.root.delete(f"{group}/topic")
    code.sim.tier = "free"
    code.root.get(group, 403)


def test_protected_tag_needs_its_level(code: World) -> None:
    """Maintainer unless told otherwise; made once."""
    path = f"{code.path}/protected_tags"
    made = code.mia.post(path, name="v*")
    assert made["create_access_levels"][0]["access_level"] == 40
    code.mia.post(path, 409, name="v*")
    code.dora.post(path, 403, name="w*")
    code.dora.post(f"{code.path}/repository/tags", 403, tag_name="v1", ref="main")
    code.mia.post(f"{code.path}/repository/tags", tag_name="v1", ref="main")
    assert code.dora.get(f"{path}/v*") == made
    code.mia.delete(f"{path}/v*")
    assert code.dora.get(path) == []
    code.dora.get(f"{path}/v*", 404)
    file(code, "free.md")


def test_levels_of_protected_tags_have_numbers_of_their_own(code: World) -> None:
    """No two tags share one, and that of a tag which is free again is not given anew."""
    path = f"{code.path}/protected_tags"
    users = [{"user_id": code.dora.id}, {"user_id": code.mia.id}]
    numbers = []
    for name, fields in (("v*", {}), ("w*", {"allowed_to_create": users}), ("v*", {})):
        made = code.mia.post(path, name=name, **fields)
        numbers += [level["id"] for level in made["create_access_levels"]]
        if name == "v*":
            code.mia.delete(f"{path}/v*")
    assert len(numbers) == len(set(numbers)) == 4


def test_following_and_counting(code: World) -> None:
    """Who follows whom, and how much waits for somebody."""
    new_request(code, assignee_ids=[code.mia.id], reviewer_ids=[code.dora.id])
    path = f"/users/{code.dora.id}"
    assert code.rita.post(f"{path}/follow")["username"] == "dora"
    code.rita.post(f"{path}/follow", 304)
    assert [user["username"] for user in code.rita.get(f"{path}/followers")] == ["rita"]
    following = code.rita.get(f"/users/{code.rita.id}/following")
    assert [user["username"] for user in following] == ["dora"]
    code.rita.post(f"{path}/unfollow")
    code.rita.post(f"{path}/unfollow", 304)
    assert code.dora.get("/user_counts")["review_requested_merge_requests"] == 1
    assert code.dora.get(f"{path}/associations_count")["merge_requests_count"] == 1
    code.rita.get(f"{path}/associations_count", 403)
    changed = code.rita.put("/user/preferences", view_diffs_file_by_file=True)
    assert code.rita.get("/user/preferences") == changed
    assert changed["view_diffs_file_by_file"] is True
    assert "s=32" in code.rita.get("/avatar", email="a@x.test", size=32)["avatar_url"]


def test_blob_and_place_of_a_commit(code: World) -> None:
    """A file by its id; how many commits lead to one."""
    entry = code.rita.get(f"{code.path}/repository/tree")[0]
    blob = code.rita.get(f"{code.path}/repository/blobs/{entry['id']}")
    assert (blob["size"], blob["encoding"]) == (8, "base64")
    head = code.rita.get(f"{code.path}/repository/commits", ref_name="topic")[0]["id"]
    path = f"{code.path}/repository/commits/{head}/sequence"
    assert code.rita.get(path) == {"count": 2}
    assert code.rita.get(path, first_parent=True) == {"count": 2}


def test_users_and_groups_are_let_in_on_premium(code: World) -> None:
    """One by one; each can be changed and removed by its number."""
    path = f"{code.path}/protected_branches"
    guests = code.root.post("/groups", name="Guests", path="guests")
    allowed = [{"user_id": code.dora.id}, {"group_id": guests["id"]}, {"access_level": 40}]
    made = code.mia.post(path, name="topic", allowed_to_push=allowed)
    levels = made["push_access_levels"]
    assert [entry["user_id"] for entry in levels] == [code.dora.id, None, None]
    assert levels[1]["access_level_description"] == "Guests"
    push(code, 201, "dora")
    gone = [{"id": levels[0]["id"], "_destroy": True}]
    shown = code.mia.call("PATCH", f"{path}/topic", 200, json={"allowed_to_push": gone})
    assert len(shown["push_access_levels"]) == 2
    push(code, 403, "dora")
    code.root.post(f"/groups/{guests['id']}/members", user_id=code.dora.id, access_level=10)
    changed = {"allowed_to_push": [{"id": levels[2]["id"], "access_level": 60}]}
    code.mia.call("PATCH", f"{path}/topic", 200, json=changed)
    push(code, 403, "mia")
    assert code.dora.get(f"{code.path}/repository/branches/topic")["can_push"] is True
    wrong: list[tuple[Any, int]] = [([{"id": 99}], 404), ([{"user_id": 99}], 422)]
    wrong += [([{}], 400), ("all", 400), ([{"access_level": 7}], 400)]
    for sent, status in wrong:
        code.mia.call("PATCH", f"{path}/topic", status, json={"allowed_to_merge": sent})
    code.mia.delete(f"{path}/topic")
    code.sim.tier = "free"
    made = code.mia.post(path, name="topic", allowed_to_push=allowed, unprotect_access_level=40)
    assert [e["access_level"] for e in made["push_access_levels"]] == [40]
    assert [e["access_level"] for e in made["unprotect_access_levels"]] == [40]
