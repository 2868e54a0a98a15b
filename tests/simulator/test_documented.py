"""What the documentation names of groups, projects, members, labels, milestones and boards.

https://docs.gitlab.com/api/groups/, https://docs.gitlab.com/api/projects/ and their neighbours
"""

from base64 import b64decode, b64encode
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from tests.simulator.conftest import World
from tests.simulator.test_requests import code as code  # noqa: PLC0414 - the fixture
from tests.simulator.test_requests import commit, request


def test_groups_are_archived_and_taken_back(world: World) -> None:
    """By Owners, once each; lists can leave them out."""
    path = f"/groups/{world.group['id']}"
    assert world.root.post(f"{path}/archive")["archived"] is True
    world.root.post(f"{path}/archive", 422)
    world.mia.post(f"{path}/unarchive", 403)
    assert world.root.get("/groups", active=True) == []
    assert [g["path"] for g in world.root.get("/groups", archived=True)] == ["team"]
    assert world.root.post(f"{path}/unarchive")["archived"] is False
    world.root.post(f"{path}/unarchive", 422)


def test_groups_are_moved_only_where_there_is_room(world: World) -> None:
    """Not below themselves, not where they are, not onto another."""
    number = world.group["id"]
    below = world.root.post("/groups", name="Below", path="below", parent_id=number)
    world.root.post("/groups", name="Below", path="below")
    world.root.post(f"/groups/{number}/transfer", 400)
    world.root.post(f"/groups/{number}/transfer", 400, group_id=below["id"])
    world.root.post(f"/groups/{below['id']}/transfer", 400)
    world.root.post(f"/groups/{below['id']}/transfer", 400, group_id=number)


def test_projects_are_moved_only_where_there_is_room(world: World) -> None:
    """By their Owners, or by administrators into a group."""
    other = world.root.post("/groups", name="Other", path="other")
    world.root.post("/projects", name="Proj", path="proj", namespace_id=other["id"])
    world.root.put(f"{world.path}/transfer", 400, namespace="other")
    world.root.put(f"{world.path}/transfer", 400)
    world.root.post(f"/groups/{other['id']}/projects/{world.project['id']}", 400)
    empty = world.root.post("/groups", name="Empty", path="empty")
    world.mia.post(f"/groups/{empty['id']}/projects/{world.project['id']}", 403)
    world.root.post(f"/groups/{empty['id']}/projects/{world.project['id']}")
    assert world.root.get(world.path)["path_with_namespace"] == "empty/proj"


def test_shares_end_on_their_day(world: World) -> None:
    """Members of an invited group come in until then."""
    guests = world.root.post("/groups", name="Guests", path="guests")
    world.root.post(f"/groups/{guests['id']}/members", user_id=world.nora.id, access_level=30)
    fields = {"group_id": guests["id"], "group_access": 20}
    world.root.post(f"{world.path}/share", 400, group_id=guests["id"], group_access=7)
    made = world.root.post(f"{world.path}/share", expires_at="2026-03-03", **fields)
    assert (made["group_access"], made["expires_at"]) == (20, "2026-03-03")
    assert world.nora.get(world.path)["shared_with_groups"][0]["expires_at"] == "2026-03-03"
    assert [g["full_path"] for g in world.nora.get(f"{world.path}/groups", with_shared=True)] == [
        "team",
        "guests",
    ]
    found = world.root.get(f"/groups/{guests['id']}")
    assert [p["id"] for p in found["shared_projects"]] == [world.project["id"]]
    listed = world.root.get(f"/groups/{guests['id']}/projects")
    assert [p["id"] for p in listed] == [world.project["id"]]
    assert world.root.get(f"/groups/{guests['id']}/projects", with_shared=False) == []
    world.sim.clock.advance(timedelta(days=1))
    world.nora.get(world.path, 404)


SETTINGS: list[tuple[str, Any, Any]] = [
    ("container_registry_access_level", "private", "private"),
    ("pages_access_level", "public", "public"),
    ("service_desk_enabled", True, True),
    ("emails_enabled", False, False),
    ("ci_delete_pipelines_in_seconds", 86400, 86400),
    ("build_git_strategy", "clone", "clone"),
    ("merge_request_title_regex", "^x", "^x"),
    ("group_runners_enabled", "false", False),
]


@pytest.mark.parametrize(("name", "sent", "shown"), SETTINGS)
def test_settings_of_projects_are_kept(world: World, name: str, sent: Any, shown: Any) -> None:
    """Each in its type."""
    assert world.root.put(world.path, **{name: sent})[name] == shown
    assert world.root.get(world.path)[name] == shown


def test_settings_of_groups_are_kept(world: World) -> None:
    """Choices are checked; two names of one switch agree."""
    path = f"/groups/{world.group['id']}"
    changed = world.root.put(path, emails_enabled=False, default_branch="trunk")
    assert (changed["emails_disabled"], changed["default_branch"]) == (True, "trunk")
    world.root.put(path, 400, shared_runners_setting="sometimes")
    assert world.root.put(path, mentions_disabled=True)["mentions_disabled"] is True


def test_projects_are_found_by_every_documented_filter(world: World) -> None:
    """Features, times, activity, stars, and the names of groups above."""
    quiet = world.root.post(
        "/projects", name="Quiet", namespace_id=world.group["id"], issues_enabled=False
    )
    world.root.post(f"/projects/{quiet['id']}/star")
    world.root.put(f"/projects/{quiet['id']}", merge_requests_access_level="disabled")

    def found(**params: Any) -> list[str]:
        return sorted(p["path"] for p in world.root.get("/projects", **params))

    assert found(with_issues_enabled=True) == ["proj"]
    assert found(with_merge_requests_enabled=True) == ["proj"]
    assert found(search="team") == []
    assert found(search="team", search_namespaces=True) == ["proj", "quiet"]
    times = {"order_by": "updated_at"}
    assert found(updated_after="2026-03-02T10:00:00Z", **times) == []
    assert found(updated_before="2026-03-02T10:00:00Z", **times) == ["proj", "quiet"]
    world.root.get("/projects", 400, updated_before="2026-03-02T10:00:00Z")
    assert world.root.get("/projects", order_by="star_count")[0]["path"] == "quiet"
    world.root.post(f"/projects/{quiet['id']}/archive")
    assert (found(active=True), found(active=False)) == (["proj"], ["quiet"])


def test_statistics_for_those_who_may_have_them(world: World) -> None:
    """Of projects for Reporters, of groups for administrators."""
    world.root.put(world.path, default_branch="main")
    shown = world.rita.get(world.path, statistics=True)["statistics"]
    assert (shown["commit_count"], shown["repository_size"]) == (0, 0)
    assert "statistics" not in world.gus.get(world.path, statistics=True)
    assert "statistics" in world.rita.get("/projects", statistics=True)[0]
    assert "statistics" in world.root.get("/groups", statistics=True)[0]
    assert "statistics" not in world.mia.get("/groups", statistics=True)[0]


def test_groups_of_the_caller_only(world: World) -> None:
    """`all_available` adds what is only visible; administrators get it anyway."""
    world.root.post("/groups", name="Open", path="open", visibility="public")

    def found(who: str, **params: Any) -> list[str]:
        return [group["path"] for group in world.people[who].get("/groups", **params)]

    assert (found("rita"), found("nora"), found("nobody")) == (["team"], [], ["open"])
    assert found("rita", all_available=True) == ["open", "team"]
    assert found("root") == ["open", "team"]
    assert found("root", all_available=False) == ["open", "team"]


def test_removed_member_of_a_group_leaves_what_is_below(world: World) -> None:
    """Unless `skip_subresources` is sent."""
    path = f"/groups/{world.group['id']}/members"
    for keep in (True, False):
        world.root.post(path, user_id=world.rita.id, access_level=20)
        suffix = "?skip_subresources=true" if keep else ""
        world.root.delete(f"{path}/{world.rita.id}{suffix}")
        world.root.get(f"{world.path}/members/{world.rita.id}", 200 if keep else 404)


def test_members_are_filtered(world: World) -> None:
    """Some left out; nobody waits for an approval."""
    path = f"{world.path}/members"
    names = {m["username"] for m in world.mia.get(path, **{"skip_users[]": world.gus.id})}
    assert names == {"pia", "rita", "dora", "mia", "olga"}
    assert world.mia.get(f"{path}/all", state="awaiting") == []
    world.mia.get(f"{path}/all", 400, state="asleep")


def test_labels_are_subscribed_to_and_found_below(world: World) -> None:
    """304 when it is so already; groups list those of their projects on demand."""
    world.mia.post(f"{world.path}/labels", name="bug", color="#112233", description="Broken")
    at = f"{world.path}/labels/bug"
    assert world.rita.post(f"{at}/subscribe")["subscribed"] is True
    world.rita.post(f"{at}/subscribe", 304)
    assert world.rita.get(at)["subscribed"] is True
    assert world.mia.get(at)["subscribed"] is False
    world.rita.post(f"{at}/unsubscribe")
    world.rita.post(f"{at}/unsubscribe", 304)
    path = f"/groups/{world.group['id']}/labels"
    assert world.root.get(path) == []
    assert len(world.root.get(path, only_group_labels=False)) == 1
    assert len(world.rita.get(f"{world.path}/labels", search="broken")) == 1
    world.mia.put(at, archived=True)
    assert world.rita.get(f"{world.path}/labels", archived=False) == []


def test_milestones_are_found_by_time_and_below(world: World) -> None:
    """By the day they contain, by when they were changed, and from the group."""
    fields = {"start_date": "2026-03-01", "due_date": "2026-03-31"}
    stone = world.rita.post(f"{world.path}/milestones", title="March", **fields)
    path = f"{world.path}/milestones"
    assert len(world.rita.get(path, containing_date="2026-03-15")) == 1
    assert world.rita.get(path, containing_date="2026-04-01") == []
    assert world.rita.get(path, updated_after="2026-03-02T09:00:00Z") == []
    assert len(world.rita.get(path, updated_before="2026-03-03T00:00:00Z")) == 1
    group = f"/groups/{world.group['id']}/milestones"
    assert world.root.get(group) == []
    assert len(world.root.get(group, include_descendants=True)) == 1
    issue = world.issue(milestone_id=stone["id"], weight=3)
    world.rita.put(world.at(issue), state_event="close")
    events = world.rita.get(f"{path}/{stone['id']}/burndown_events")
    assert [(e["action"], e["weight"]) for e in events] == [("created", 3), ("closed", 3)]
    world.sim.tier = "free"
    world.rita.get(f"{path}/{stone['id']}/burndown_events", 404)


def test_issues_are_filtered_by_weight_and_archive(world: World) -> None:
    """Weights on Premium; archived projects are left out of groups unless asked for."""
    world.issue(weight=3)
    world.issue(title="light")
    path = f"{world.path}/issues"
    for wanted, count in (("3", 1), ("None", 1), ("Any", 1), ("4", 0)):
        assert len(world.rita.get(path, weight=wanted)) == count
    assert len(world.rita.get(path, **{"not[weight]": 3})) == 1
    assert world.rita.get(path, epic_id=1) == []
    assert len(world.rita.get(path, epic_id="None")) == 2
    world.root.post(f"{world.path}/archive")
    group = f"/groups/{world.group['id']}/issues"
    assert world.root.get(group, scope="all") == []
    assert len(world.root.get(group, scope="all", non_archived=False)) == 2


def test_labels_are_named_by_id_or_by_name(world: World) -> None:
    """The old paths take exactly one of both; an id goes before a name of the same digits."""
    path, color = f"{world.path}/labels", "#FFAABB"
    one = world.rita.post(path, name="one", color=color)
    world.rita.post(path, name=str(one["id"]), color=color)
    assert world.rita.get(f"{path}/{one['id']}")["name"] == "one"
    assert world.rita.put(path, label_id=one["id"], new_name="two")["name"] == "two"
    both = world.rita.put(path, 400, label_id=one["id"], name="two", color=color)
    assert both == {"error": "label_id, name are mutually exclusive"}
    missing = "label_id, name are missing, exactly one parameter must be provided"
    assert world.rita.put(path, 400, color=color) == {"error": missing}
    assert world.rita.call("DELETE", path, 400) == {"error": missing}
    world.rita.call("DELETE", path, 204, params={"label_id": one["id"]})
    assert world.gus.post(path, 400, name="x") == {"error": "color is missing"}


def test_milestones_and_what_is_in_them_have_an_order(world: World) -> None:
    """By their day, without one the newest first; issues by the priority of their labels."""
    path = f"{world.path}/milestones"
    old, new = (world.rita.post(path, title=title) for title in ("old", "new"))
    assert (old["description"], new["title"]) == (None, "new")
    due = world.rita.post(path, title="due", due_date="2026-04-01", description="")
    assert due["description"] == ""
    assert [m["title"] for m in world.rita.get(path, state="all")] == ["due", "new", "old"]
    world.rita.get(path, 400, include_ancestors=True, include_parent_milestones=True)
    for name, more in (("low", {"priority": 2}), ("high", {"priority": 1}), ("none", {})):
        world.rita.post(f"{world.path}/labels", name=name, color="#FFAABB", **more)
    for labels in ("", "none", "low", "high"):
        world.issue(title=labels or "bare", labels=labels, milestone_id=new["id"])
    found = world.rita.get(f"{path}/{new['id']}/issues")
    assert [issue["title"] for issue in found] == ["high", "low", "none", "bare"]
    world.gus.put(f"{path}/99", 403, title="x")
    world.gus.delete(f"{path}/99", 403)


def test_issues_are_put_in_order(world: World) -> None:
    """Behind or before another one of the group; 422 where there is none."""
    one, two, three = (world.issue(title=name) for name in ("one", "two", "three"))
    world.rita.put(f"{world.at(three)}/reorder", move_before_id=two["id"])
    world.rita.put(f"{world.at(one)}/reorder", move_after_id=three["id"])
    found = world.rita.get(f"{world.path}/issues", order_by="relative_position", sort="asc")
    assert [issue["title"] for issue in found] == ["three", "one", "two"]
    world.rita.put(f"{world.at(one)}/reorder", 400)
    refused = world.rita.put(f"{world.at(one)}/reorder", 422, move_after_id=99)
    assert refused == {"message": {"error": "Unprocessable Entity"}}
    world.rita.put(f"{world.at(one)}/reorder", 422, move_after_id=two["id"], move_before_id=99)
    world.gus.put(f"{world.at(one)}/reorder", 403, move_after_id=two["id"])
    other = world.root.post("/projects", name="Other", namespace_id=world.group["id"])
    far = world.root.post(f"/projects/{other['id']}/issues", title="far")
    between = {"move_after_id": one["id"], "move_before_id": two["id"]}
    world.root.put(f"{world.at(far)}/reorder", **between)
    positions = [i.relative_position or 0 for i in world.sim.state.issues.values()]
    assert positions[0] < positions[3] < positions[1]


def test_boards_have_lists_for_people_and_milestones(world: World) -> None:
    """On Premium; each once, and only those that can be used here."""
    board = world.mia.post(f"{world.path}/boards", name="Work")
    at = f"{world.path}/boards/{board['id']}"
    stone = world.rita.post(f"{world.path}/milestones", title="March")
    made = world.mia.post(f"{at}/lists", assignee_id=world.dora.id)
    assert (made["list_type"], made["assignee"]["username"]) == ("assignee", "dora")
    made = world.mia.post(f"{at}/lists", milestone_id=stone["id"])
    assert (made["list_type"], made["milestone"]["title"]) == ("milestone", "March")
    world.mia.post(f"{at}/lists", 400, assignee_id=world.dora.id)
    world.mia.post(f"{at}/lists", 400, assignee_id=world.nora.id)
    world.mia.post(f"{at}/lists", 400, iteration_id=1)
    world.mia.post(f"{at}/lists", 400)
    world.mia.post(f"{at}/lists", 400, label_id=1, assignee_id=world.dora.id)
    world.sim.tier = "free"
    refused = world.mia.post(f"{at}/lists", 400, milestone_id=stone["id"])
    assert "not available with your current license" in refused["message"]


def test_boards_are_narrowed(world: World) -> None:
    """What a board is about (Premium)."""
    world.mia.post(f"{world.path}/labels", name="bug", color="#112233")
    stone = world.rita.post(f"{world.path}/milestones", title="March")
    board = world.mia.post(f"{world.path}/boards", name="Work")
    fields = {"assignee_id": world.dora.id, "milestone_id": stone["id"], "weight": 2}
    shown = world.mia.put(f"{world.path}/boards/{board['id']}", labels="bug", **fields)
    assert (shown["assignee"]["username"], shown["milestone"]["title"]) == ("dora", "March")
    assert ([x["name"] for x in shown["labels"]], shown["weight"]) == (["bug"], 2)


def test_people_are_found_and_told_of_as_documented(world: World) -> None:
    """By address, sign-in and projects; followers are counted; settings are kept."""
    path = f"/users/{world.rita.id}"
    world.root.put(path, public_email="rita@x.test", provider="ldap", extern_uid="r1")

    def found(**params: Any) -> list[str]:
        return [user["username"] for user in world.root.get("/users", **params)]

    assert found(public_email="rita@x.test") == ["rita"]
    assert found(extern_uid="r1", provider="ldap") == ["rita"]
    assert found(extern_uid="r1", provider="saml") == []
    assert found(two_factor="enabled") == []
    assert set(found(without_projects=True)) == {"nora"}
    world.mia.post(f"{path}/follow")
    shown = world.mia.get(path)
    assert (shown["followers"], shown["is_followed"], "auditor" in shown) == (1, True, False)
    changed = world.root.put(path, projects_limit=5, can_create_group=False, auditor=True)
    assert (changed["projects_limit"], changed["can_create_group"]) == (5, False)
    assert found(auditors=True) == ["rita"]
    world.root.post(f"{path}/approve", 409)
    world.root.post(f"{path}/reject", 409)


def test_tokens_are_found_by_their_dates(world: World) -> None:
    """When they end and were used last, in any documented order."""
    path = f"/users/{world.nora.id}/personal_access_tokens"
    for name, day in (("b", "2026-04-01"), ("a", "2026-05-01")):
        world.root.post(path, name=name, scopes=["api"], expires_at=day)

    def found(**params: Any) -> list[str]:
        who = {"user_id": world.nora.id, "search": params.pop("search", "")}
        return [t["name"] for t in world.root.get("/personal_access_tokens", **who, **params)]

    assert found(expires_before="2026-04-15") == ["b"]
    assert found(expires_after="2026-04-15", expires_before="2026-06-01") == ["a"]
    assert found(sort="name_asc") == ["a", "b", "t"]
    assert found(sort="expires_desc") == ["t", "a", "b"]
    assert found(last_used_after="2026-01-01T00:00:00Z") == []
    world.root.get("/personal_access_tokens", 400, sort="size_asc")


def test_hooks_hear_of_some_branches_only(code: World) -> None:
    """By wildcard or pattern; variables and headers come with the hook."""
    hook = code.mia.post(
        f"{code.path}/hooks",
        url="http://bot.test/{key}",
        push_events_branch_filter="release-*",
        url_variables=[{"key": "key", "value": "secret"}],
    )
    assert hook["url_variables"] == [{"key": "key"}]
    at = f"{code.path}/hooks/{hook['id']}"

    def heard(branch: str) -> bool:
        code.sim.outbox.take()
        code.dora.post(f"{code.path}/repository/branches", branch=branch, ref="main")
        return bool(code.sim.outbox.take())

    assert (heard("release-1"), heard("fix-1")) == (True, False)
    code.mia.put(at, branch_filter_strategy="regex", push_events_branch_filter="^fix")
    assert (heard("release-2"), heard("fix-2")) == (False, True)
    refused = code.mia.put(at, 422, push_events_branch_filter="(")
    assert refused == {"error": "Invalid branch filter given"}
    code.mia.post(f"{code.path}/hooks", 422, url="http://x.test", push_events_branch_filter="a b")
    code.mia.put(at, branch_filter_strategy="all_branches", push_events_branch_filter="")
    assert heard("any")
    code.mia.put(at, 400, url_variables="key=1")
    code.mia.put(at, 400, custom_headers=[{"key": "X"}])


def test_requests_are_filtered_by_people_and_views(code: World) -> None:
    """Reviewers, approvers and who merged; simple views; labels in full."""
    item = request(code, reviewer_ids=[code.mia.id], labels="docs", squash=True)
    path, one = f"{code.path}/merge_requests", f"{code.path}/merge_requests/{item['iid']}"

    def found(**params: Any) -> int:
        return len(code.mia.get(path, **params))

    assert (found(reviewer_username="mia"), found(reviewer_username="dora")) == (1, 0)
    assert (found(reviewer_id=code.mia.id), found(reviewer_id="None")) == (1, 0)
    assert found(**{"not[reviewer_username]": "mia"}) == 0
    assert found(scope="reviews_for_me") == 1
    assert (found(approved="no"), found(approved_by_ids="Any")) == (1, 0)
    code.mia.post(f"{one}/approve")
    assert found(approved="yes", **{"approved_by_usernames[]": "mia"}) == 1
    assert found(**{"approved_by_ids[]": code.mia.id}) == 1
    assert found(source_project_id=code.project["id"]) == 1
    assert found(merge_user_id=code.mia.id) == 0
    assert "sha" not in code.mia.get(path, view="simple")[0]
    assert code.mia.get(path, with_labels_details=True)[0]["labels"][0]["name"] == "docs"
    shown = code.mia.get(one, include_diverged_commits_count=True, render_html=True)
    assert (shown["diverged_commits_count"], shown["title_html"]) == (0, "Add a page")
    code.mia.get(path, 400, reviewer_id=1, reviewer_username="mia")


def test_squashed_and_fast_forwarded_requests(code: World) -> None:
    """Squashing makes one commit before the merge; fast-forwarding makes no merge commit."""
    item = request(code, squash=True)
    at = f"{code.path}/merge_requests/{item['iid']}/merge"
    texts = {"squash_commit_message": "All of it", "merge_commit_message": "Take it"}
    merged = code.mia.put(at, **texts)
    commits = code.rita.get(f"{code.path}/repository/commits", ref_name="main")
    titles = {c["id"]: c["title"] for c in commits}
    assert titles[merged["squash_commit_sha"]] == "All of it"
    assert titles[merged["merge_commit_sha"]] == "Take it"
    code.mia.put(code.path, merge_method="ff")
    code.dora.post(f"{code.path}/repository/branches", branch="next", ref="main")
    action = {"action": "create", "file_path": "next.md", "content": "next"}
    head = commit(code, "dora", "next", "Next", [action])
    item = request(code, source_branch="next", title="Next")
    merged = code.mia.put(f"{code.path}/merge_requests/{item['iid']}/merge")
    assert (merged["state"], merged["merge_commit_sha"]) == ("merged", None)
    shown = code.rita.get(f"{code.path}/repository/branches/main")
    assert shown["commit"]["id"] == head["id"]


def test_custom_attributes_are_shown_to_administrators(world: World) -> None:
    """Of users, groups and projects, in lists and alone."""
    for kind, number in (("users", world.pia.id), ("groups", world.group["id"]), ("projects", 1)):
        world.root.put(f"/{kind}/{number}/custom_attributes/team", value="red")
        shown = world.root.get(f"/{kind}/{number}", with_custom_attributes=True)
        assert shown["custom_attributes"] == [{"key": "team", "value": "red"}]
        listed = world.root.get(f"/{kind}", with_custom_attributes=True, per_page=100)
        assert any(entry["custom_attributes"] for entry in listed)
        assert "custom_attributes" not in world.mia.get(f"/{kind}", with_custom_attributes=True)[0]


def test_languages_come_from_the_files(code: World) -> None:
    """In percent, and as a filter of projects."""
    actions = [
        {"action": "create", "file_path": "a.py", "content": "x" * 30},
        {"action": "create", "file_path": "b.go", "content": "x" * 10},
    ]
    commit(code, "mia", "main", "Code", actions)
    assert code.rita.get(f"{code.path}/languages") == {"Python": 75.0, "Go": 25.0}
    assert len(code.rita.get("/projects", with_programming_language="Go")) == 1
    assert code.rita.get("/projects", with_programming_language="Ruby") == []
    assert code.rita.get(code.path, license=True)["license"] is None


def test_premium_settings_and_counts(world: World) -> None:
    """Some settings are there on Premium only; who maintains a group sees its numbers."""
    assert world.mia.put(world.path, merge_pipelines_enabled=True)["merge_pipelines_enabled"]
    group = f"/groups/{world.group['id']}"
    assert (
        world.root.put(group, prevent_forking_outside_group=True)["ip_restriction_ranges"] is None
    )
    shown = world.root.get(f"/namespaces/{world.group['id']}")
    assert (shown["members_count_with_descendants"], shown["projects_count"]) == (7, 1)
    world.rita.get(f"/namespaces/{world.group['id']}", 404)
    world.root.post(f"{group}/members", user_id=world.rita.id, access_level=20)
    assert "projects_count" not in world.rita.get(f"/namespaces/{world.group['id']}")
    world.sim.tier = "free"
    assert "ip_restriction_ranges" not in world.root.get("/groups")[0]


def test_notifications_are_chosen_one_by_one(world: World) -> None:
    """At the level `custom` only."""
    path = f"{world.path}/notification_settings"
    shown = world.rita.put(path, level="custom", new_note=True)
    assert (shown["events"]["new_note"], shown["events"]["close_issue"]) == (True, False)
    assert world.rita.put(path, close_issue=True)["events"]["new_note"] is True
    assert world.rita.put(path, level="watch") == {"level": "watch"}


def test_word_of_who_merges_counts_for_the_branch(code: World) -> None:
    """More than what the request was made with."""
    item = request(code, remove_source_branch=True)
    at = f"{code.path}/merge_requests/{item['iid']}/merge"
    assert code.mia.put(at, should_remove_source_branch=False)["state"] == "merged"
    code.rita.get(f"{code.path}/repository/branches/{item['source_branch']}")


def test_deploy_key_of_several_projects_is_one(world: World) -> None:
    """The same key in two projects tells of both."""
    other = world.root.post("/projects", name="Other")
    for path in (world.path, f"/projects/{other['id']}"):
        world.root.post(f"{path}/deploy_keys", title="ci", key="ssh-ed25519 AAAA")
    digest = b64encode(sha256(b64decode("AAAA")).digest()).decode().rstrip("=")
    found = world.root.get("/keys", fingerprint=f"SHA256:{digest}")
    places = [place["project_id"] for place in found["deploy_keys_projects"]]
    assert places == [world.project["id"], other["id"]]
