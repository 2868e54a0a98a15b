"""What the pages of projects and groups name that no other test needs.

https://docs.gitlab.com/api/projects/ and https://docs.gitlab.com/api/groups/
"""

from datetime import timedelta
from typing import Any

import pytest

from tests.simulator.conftest import World

WRONG = [
    ("ci_pipeline_variables_minimum_override_role", "guest"),
    ("ci_restrict_pipeline_cancellation_role", "guest"),
    ("reviewer_assignment_strategy", "random"),
    ("container_expiration_policy_attributes", "daily"),
    ("max_artifacts_size", "big"),
    ("mirror_user_id", "root"),
]


@pytest.mark.parametrize(("name", "sent"), WRONG)
def test_wrong_settings_are_refused(world: World, name: str, sent: str) -> None:
    """Under their name."""
    assert name in world.mia.put(world.path, 400, **{name: sent})["error"]


def test_old_names_of_settings_agree_with_the_new(world: World) -> None:
    """`public_builds` is taken; features and registries are shown in both spellings."""
    shown = world.mia.put(world.path, public_builds=False, package_registry_access_level="disabled")
    assert (shown["public_jobs"], shown["packages_enabled"]) == (False, False)
    shown = world.mia.put(world.path, container_registry_enabled=False)
    assert shown["container_registry_access_level"] == "disabled"


def test_images_are_kept_as_a_policy_says(world: World) -> None:
    """The policy changes key by key."""
    sent = {"cadence": "7d", "keep_n": 5, "enabled": True}
    world.mia.put(world.path, container_expiration_policy_attributes=sent)
    sent = {"name_regex_keep": "v.*"}
    shown = world.mia.put(world.path, container_expiration_policy_attributes=sent)
    policy = shown["container_expiration_policy"]
    assert (policy["cadence"], policy["keep_n"], policy["name_regex_keep"]) == ("7d", 5, "v.*")
    bad = {"cadence": "2d"}
    world.mia.put(world.path, 400, container_expiration_policy_attributes=bad)


def test_some_fields_are_for_who_manages_a_project(world: World) -> None:
    """Tokens of runners and the like."""
    assert world.mia.get(world.path)["runners_token"]
    assert not {"runners_token", "build_timeout"} & set(world.dora.get(world.path))
    group = f"/groups/{world.group['id']}"
    assert world.root.get(group)["runners_token"]
    assert "runners_token" not in world.mia.get(group)


def test_paths_of_projects_have_a_form(world: World) -> None:
    """Made from the name they fit; sent ones may be refused."""
    assert world.root.post("/projects", name="C++ - Go")["path"] == "c-go"
    for path in ("-a", "a.", "a--b", "a.git", "a b"):
        refused = world.root.post("/projects", 400, name="A", path=path)
        assert "letters" in refused["message"]["path"][0]


def test_projects_are_marked_and_removed_or_restored(world: World) -> None:
    """Marked ones have another path; removed at once only under that; restored by their Owners."""
    world.mia.post(f"{world.path}/restore", 403)
    world.root.post(f"{world.path}/restore", 400)
    now = {"permanently_remove": True}
    world.root.call("DELETE", world.path, 400, json=now | {"full_path": "team/proj"})
    world.root.delete(world.path, 202)
    world.root.delete(world.path, 400)
    shown = world.root.get(world.path)
    path = f"proj-deletion_scheduled-{shown['id']}"
    assert (shown["path"], shown["marked_for_deletion_on"]) == (path, "2026-03-02")
    assert world.root.get("/projects", active=True) == []
    assert len(world.root.get("/projects", marked_for_deletion_on="2026-03-02")) == 1
    assert world.root.get("/projects", marked_for_deletion_on="2026-03-03") == []
    restored = world.root.post(f"{world.path}/restore")
    assert (restored["path"], restored["marked_for_deletion_on"]) == ("proj", None)
    world.sim.clock.advance(timedelta(days=30))
    world.root.delete(world.path, 202)
    world.root.call("DELETE", world.path, 400, json=now | {"full_path": "team/proj"})
    world.root.call("DELETE", world.path, 202, json=now | {"full_path": f"team/{path}"})
    world.root.get(world.path, 404)


def test_groups_are_marked_and_removed_or_restored(world: World) -> None:
    """Only subgroups are removed at once; a path that was taken meanwhile stays changed."""
    at = f"/groups/{world.group['id']}"
    world.root.delete(at, 202)
    world.root.call("DELETE", at, 400, json={"permanently_remove": True})
    assert world.root.get("/groups", active=True) == []
    assert len(world.root.get("/groups", marked_for_deletion_on="2026-03-02")) == 1
    world.root.post("/groups", name="Team", path="team")
    restored = world.root.post(f"{at}/restore")
    assert (restored["name"], restored["path"]) == (
        "Team",
        f"team-deletion_scheduled-{world.group['id']}",
    )
    below = world.root.post("/groups", name="B", path="b", parent_id=world.group["id"])
    world.root.delete(f"/groups/{below['id']}", 202)
    path = world.root.get(f"/groups/{below['id']}")["full_path"]
    sent = {"permanently_remove": True, "full_path": path}
    world.root.call("DELETE", f"/groups/{below['id']}", 202, json=sent)
    world.root.get(f"/groups/{below['id']}", 404)


def test_default_branches_of_groups_are_protected_as_told(world: World) -> None:
    """The old number stands for a set of rules; the rules can be set one by one."""
    path = f"/groups/{world.group['id']}"
    shown = world.root.put(path, default_branch_protection=4)
    rules = shown["default_branch_protection_defaults"]
    assert (shown["default_branch_protection"], rules["developer_can_initial_push"]) == (4, True)
    sent: dict[str, Any] = {"allow_force_push": True, "allowed_to_push": [{"access_level": 30}]}
    rules = world.root.put(path, default_branch_protection_defaults=sent)
    assert sent.items() <= rules["default_branch_protection_defaults"].items()
    for wrong in ({"allowed_to_push": [{"access_level": 7}]}, {"allowed_to_push": 30}, "full"):
        world.root.put(path, 400, default_branch_protection_defaults=wrong)


def test_groups_and_projects_that_were_invited(world: World) -> None:
    """Both sides can list them; the invited can leave."""
    guests = world.nora.post("/groups", name="Guests", path="guests")
    world.root.post(f"/groups/{world.group['id']}/share", group_id=guests["id"], group_access=20)
    found = world.nora.get(f"/groups/{guests['id']}/groups/shared")
    assert [group["path"] for group in found] == ["team"]
    path = f"{world.path}/invited_groups"
    assert world.root.get(path, **{"relation[]": "direct"}) == []
    assert [g["name"] for g in world.root.get(path, **{"relation[]": "inherited"})] == ["Guests"]
    world.root.get(path, 400, **{"relation[]": "distant"})
    world.root.post(f"{world.path}/share", group_id=guests["id"], group_access=20)
    at = f"/groups/{guests['id']}/shared_projects/{world.project['id']}"
    world.nora.delete(at)
    world.nora.delete(at, 404)


def test_pictures_of_groups_and_projects_are_read_back(world: World) -> None:
    """As they were uploaded."""
    assert world.root.get(f"{world.path}/avatar", 404) == {"message": "404 Avatar Not Found"}
    world.root.call("PUT", world.path, 200, files={"avatar": ("a.png", b"{}", "image/png")})
    assert world.root.get(f"{world.path}/avatar") == {}


def test_topic_and_owned_projects_are_found(world: World) -> None:
    """By the number of a topic; as an Owner by membership; every word has to fit."""
    topic = world.root.post("/topics", name="go", title="Go")
    world.mia.put(world.path, topics="go", description="Ships in March")
    assert len(world.mia.get("/projects", topic_id=topic["id"])) == 1
    assert world.mia.get("/projects", topic_id=99) == []
    assert len(world.olga.get("/projects", owned=True)) == 1
    assert world.mia.get("/projects", owned=True) == []
    assert len(world.mia.get("/projects", search="proj march")) == 1
    assert world.mia.get("/projects", search="proj april") == []
    world.mia.get("/projects", order_by="storage_size")  # which is for administrators
    assert len(world.root.get("/projects", order_by="storage_size")) == 1


def test_what_was_changed_meanwhile_is_not_removed(world: World) -> None:
    """`If-Unmodified-Since` protects what somebody else changed; other words do nothing."""
    seen = "Mon, 02 Mar 2026 09:00:00 GMT"
    world.mia.post(f"{world.path}/labels", name="bug", color="#112233")
    issue, at = world.issue(), f"{world.path}/labels/bug"
    world.sim.clock.advance(timedelta(minutes=5))
    world.mia.put(at, description="New")
    world.rita.put(world.at(issue), title="New")
    for path in (at, world.at(issue)):
        refused = world.root.call("DELETE", path, 412, headers={"If-Unmodified-Since": seen})
        assert refused == {"message": "412 Precondition Failed"}
    for header in ("Mon, 02 Mar 2026 09:05:00 GMT", "yesterday"):
        path = at if header == "yesterday" else world.at(issue)
        world.root.call("DELETE", path, 204, headers={"If-Unmodified-Since": header})


def test_groups_show_their_owners_more(world: World) -> None:
    """How git may reach them; some settings belong to top-level groups alone."""
    path = f"/groups/{world.group['id']}"
    assert world.root.put(path, enabled_git_access_protocol="ssh")["projects"][0]["path"] == "proj"
    assert world.root.get(path)["enabled_git_access_protocol"] == "ssh"
    assert "enabled_git_access_protocol" not in world.mia.get(path)
    below = world.root.post("/groups", name="B", path="b", parent_id=world.group["id"])
    assert "prevent_sharing_groups_outside_hierarchy" in world.mia.get(path)
    assert "prevent_sharing_groups_outside_hierarchy" not in below
    mine = world.rita.get("/namespaces/rita")
    assert (mine["billable_members_count"], mine["plan"], mine["trial"]) == (1, "default", False)


@pytest.mark.parametrize("path", ["/projects/²", "/groups/²/hooks", "/projects/1/milestones/²"])
def test_what_looks_like_a_number_is_none(world: World, path: str) -> None:
    """404, as for any name that nothing has."""
    world.root.get(path, 404)


def test_inside_nothing_is_more_open_than_its_group(world: World) -> None:
    """Groups below and projects are refused, moved ones become as closed, and groups stay open."""
    group = world.group["id"]
    closed = world.root.post(
        "/groups", 400, name="A", path="a", parent_id=group, visibility="public"
    )
    reason = "public is not allowed since the parent group has a private visibility."
    assert closed["message"] == f'Failed to save group {{:visibility_level=>["{reason}"]}}'
    said = world.root.put(world.path, 400, visibility="internal")["message"]
    assert said == {"visibility_level": ["internal is not allowed in a private group."]}
    world.root.post("/projects", 400, name="B", namespace_id=group, visibility="public")
    world.open()
    refused = world.root.put(f"/groups/{group}", 400, visibility="internal")["message"]
    reason = "internal is not allowed since this group contains projects with higher visibility."
    assert refused == {"visibility_level": [reason]}
    below = world.root.post("/groups", name="A", path="a", parent_id=group, visibility="public")
    world.root.put(world.path, visibility="private")
    refused = world.root.put(f"/groups/{group}", 400, visibility="private")["message"]
    reason = "private is not allowed since there are sub-groups with higher visibility."
    assert refused == {"visibility_level": [reason]}
    away = world.root.post("/groups", name="Away", path="away")
    world.root.post(f"/groups/{below['id']}/transfer", group_id=away["id"])
    assert world.root.get(f"/groups/{below['id']}")["visibility"] == "private"


def test_what_moves_into_a_group_closes_with_it(world: World) -> None:
    """Projects that are transferred, and forks, are seen by no more people than the group."""
    mine = world.root.post(
        "/projects", name="Mine", visibility="public", initialize_with_readme=True
    )
    path = f"/projects/{mine['id']}"
    fork = world.root.post(f"{path}/fork", namespace_id=world.group["id"])
    assert fork["visibility"] == "private"
    moved = world.root.put(f"{path}/transfer", 400, namespace="team")
    assert "already exists" in moved["message"]
    world.root.put(f"/projects/{fork['id']}", path="other")
    world.root.put(f"{path}/transfer", 400, namespace="team")
    world.root.delete(f"/projects/{fork['id']}", 202)
    assert world.root.put(f"{path}/transfer", namespace="team")["visibility"] == "private"


def test_names_are_taken_once_in_a_group(world: World) -> None:
    """Also under another path; at the top and elsewhere they may come again."""
    group, taken = world.group["id"], ["has already been taken"]
    said = world.root.post("/projects", 400, name="Proj", path="p2", namespace_id=group)
    assert said["message"] == {"name": taken, "project_namespace.name": taken}
    said = world.root.post("/projects", 400, name="Other", path="proj", namespace_id=group)
    assert said["message"] == {"path": taken}
    world.root.post("/projects", name="Proj", path="p2")
    world.root.post("/groups", name="Sub", path="s1", parent_id=group)
    said = world.root.post("/groups", 400, name="Sub", path="s2", parent_id=group)
    assert said["message"] == 'Failed to save group {:name=>["has already been taken"]}'
    world.root.post("/groups", name="Team", path="team2")


@pytest.mark.parametrize("name", ["a/b", "-a", "x" * 256])
def test_names_of_places_have_a_form(world: World, name: str) -> None:
    """Letters, digits, emoji, and few other signs; groups have parentheses, projects a plus."""
    assert "name" in world.root.put(world.path, 400, name=name)["message"]
    assert ":name" in world.root.post("/groups", 400, name=name, path="a")["message"]
    world.root.put(world.path, name="Größe 1+2 🚀")
    world.root.put(world.path, 400, name="Size (1)")
    world.root.put(f"/groups/{world.group['id']}", name="Size (1)")


def test_default_branch_has_to_be_there(world: World) -> None:
    """Another one than before is looked up; a new project gets one by its README alone."""
    empty = world.root.post("/projects", name="Empty", default_branch="trunk")
    assert empty["default_branch"] == "main"
    fields = {"default_branch": "trunk", "initialize_with_readme": True}
    assert world.root.post("/projects", name="Begun", **fields)["default_branch"] == "trunk"
    said = world.root.put(world.path, 400, default_branch="nope")["message"]
    assert said == {"base": ["Could not change HEAD: branch 'nope' does not exist"]}
    world.root.put(world.path, default_branch="main")


def test_pages_and_security_are_for_members_at_first(world: World) -> None:
    """Pages of projects that begin in public are for all."""
    shown = world.root.get(world.path)
    assert shown["security_and_compliance_access_level"] == "private"
    assert shown["pages_access_level"] == "private"
    assert shown["issues_access_level"] == "enabled"
    made = world.root.post("/projects", name="Open", visibility="public")
    assert made["pages_access_level"] == "enabled"
