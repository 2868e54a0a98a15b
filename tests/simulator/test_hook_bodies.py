"""What hooks hear of code, pipelines, groups and tokens.

https://docs.gitlab.com/user/project/integrations/webhook_events/
"""

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.simulator.conftest import World
from tests.simulator.test_requests import at
from tests.simulator.test_requests import code as code  # noqa: PLC0414 - the fixture
from tests.simulator.test_requests import request as new_request

ZERO = "0" * 40


def listen(world: World, path: str = "", **switches: bool) -> None:
    """A hook with these switches alone."""
    fields = {"url": "http://x.test", "push_events": False} | switches
    world.root.post(f"{path or world.path}/hooks", **fields)


def heard(world: World) -> list[tuple[str, Any]]:
    """The event and the body of each delivery since."""
    return [(d.headers["X-Gitlab-Event"], json.loads(d.body)) for d in world.sim.outbox.take()]


def file(world: World, name: str, branch: str = "topic") -> None:
    """A commit of a new file."""
    fields = {"branch": branch, "content": "x", "commit_message": f"Add {name}"}
    world.dora.post(f"{world.path}/repository/files/{name}", **fields)


def test_push_names_its_files(code: World) -> None:
    """Commits with what each changed, and more of the repository than other events."""
    listen(code, push_events=True)
    file(code, "a.md")
    ((event, body),) = heard(code)
    assert (event, body["ref"], body["total_commits_count"]) == (
        "Push Hook",
        "refs/heads/topic",
        1,
    )
    (commit,) = body["commits"]
    assert (commit["added"], commit["modified"], commit["removed"]) == (["a.md"], [], [])
    assert body["repository"]["visibility_level"] == 0


def test_branch_that_comes_and_goes(code: World) -> None:
    """Zeros before and after; a branch that brings nothing new has no commits."""
    listen(code, push_events=True)
    path = f"{code.path}/repository/branches"
    code.dora.post(path, branch="new", ref="main")
    code.dora.delete(f"{path}/new")
    (_, made), (_, gone) = heard(code)
    assert (made["before"], made["commits"]) == (ZERO, [])
    assert (gone["after"], gone["checkout_sha"], gone["commits"]) == (ZERO, None, [])


def test_merging_is_a_push(code: World) -> None:
    """To the target branch; the source branch goes where that was asked for."""
    listen(code, push_events=True)
    item = new_request(code, remove_source_branch=True)
    code.mia.put(f"{at(item)}/merge")
    (_, merged), (_, gone) = heard(code)
    assert (merged["ref"], merged["total_commits_count"]) == ("refs/heads/main", 2)
    assert (gone["ref"], gone["after"]) == ("refs/heads/topic", ZERO)


def test_tag_carries_its_message(code: World) -> None:
    """As an annotated tag does."""
    listen(code, tag_push_events=True)
    code.dora.post(f"{code.path}/repository/tags", tag_name="v1", ref="main", message="First")
    ((event, body),) = heard(code)
    assert (event, body["message"], body["ref"]) == ("Tag Push Hook", "First", "refs/tags/v1")


def test_comment_on_a_commit(code: World) -> None:
    """A note event with the commit."""
    listen(code, note_events=True)
    sha = code.rita.get(f"{code.path}/repository/commits", ref_name="topic")[0]["id"]
    code.rita.post(f"{code.path}/repository/commits/{sha}/comments", note="Nice")
    ((event, body),) = heard(code)
    attributes = body["object_attributes"]
    assert (event, attributes["noteable_type"], attributes["note"]) == (
        "Note Hook",
        "Commit",
        "Nice",
    )
    assert (attributes["commit_id"], body["commit"]["id"]) == (sha, sha)


def test_times_are_written_as_the_event_has_them(code: World) -> None:
    """As in the API in events of issues and in tests, else with a blank and `UTC`."""
    listen(code, issues_events=True, merge_requests_events=True, note_events=True)
    issue = code.issue(labels="a")
    ((_, body),) = heard(code)
    iso = "2026-03-02T09:00:00.000Z"
    assert body["object_attributes"]["created_at"] == iso
    assert body["changes"]["created_at"]["current"] == iso
    assert body["labels"][0]["created_at"] == iso
    code.rita.post(f"{code.at(issue)}/notes", body="Hi")
    ((_, body),) = heard(code)
    blank = "2026-03-02 09:00:00 UTC"
    assert body["object_attributes"]["created_at"] == body["issue"]["created_at"] == blank
    new_request(code)
    assert heard(code)[0][1]["object_attributes"]["created_at"] == blank
    hook = code.root.get(f"{code.path}/hooks")[0]["id"]
    code.root.post(f"{code.path}/hooks/{hook}/test/merge_requests_events")
    assert heard(code)[0][1]["object_attributes"]["created_at"] == iso


def test_comment_on_a_snippet(world: World) -> None:
    """A note event with the snippet, and no event where it belongs to no project."""
    listen(world, note_events=True)
    fields = {"title": "Count", "visibility": "private", "file_name": "a.rb", "content": "1"}
    made = world.dora.post(f"{world.path}/snippets", **fields)
    path = f"{world.path}/snippets/{made['id']}"
    world.rita.post(f"{path}/notes", body="Nice")
    thread = world.rita.post(f"{path}/discussions", body="And this?")
    world.dora.post(f"{path}/discussions/{thread['id']}/notes", body="That, too.")
    (event, body), *others = heard(world)
    attributes = body["object_attributes"]
    assert (event, attributes["noteable_type"], attributes["noteable_id"]) == (
        "Note Hook",
        "Snippet",
        made["id"],
    )
    shown = {"title": "Count", "file_name": "a.rb", "content": "1", "visibility_level": 0}
    assert shown.items() <= body["snippet"].items()
    assert attributes["url"] == f"{body['snippet']['url']}#note_{attributes['id']}"
    assert [b["object_attributes"]["note"] for _, b in others] == ["And this?", "That, too."]


def test_pipeline_tells_each_status(code: World) -> None:
    """Once a change, with its merge request."""
    listen(code, pipeline_events=True)
    item = new_request(code)
    made = code.dora.post(f"{at(item)}/pipelines")
    path = f"{code.path}/pipelines/{made['id']}"
    code.dora.post(f"{path}/retry")
    for _ in range(2):
        code.dora.post(f"{path}/cancel", 200)
    status = {"state": "success", "pipeline_id": made["id"]}
    code.dora.post(f"{code.path}/statuses/{item['sha']}", **status)
    bodies = [body for _, body in heard(code)]
    words = [body["object_attributes"]["detailed_status"] for body in bodies]
    assert words == ["running", "canceled", "passed"]
    assert {body["merge_request"]["iid"] for body in bodies} == {item["iid"]}


def test_incident_is_a_work_item(world: World) -> None:
    """Only issues are issues; the header is the same."""
    listen(world, issues_events=True, confidential_issues_events=True)
    world.issue(issue_type="incident", confidential=True)
    ((event, body),) = heard(world)
    assert event == "Confidential Issue Hook"
    assert (body["object_kind"], body["event_type"]) == ("work_item", "confidential_work_item")
    assert body["object_attributes"]["type"] == "Incident"


def test_time_just_spent_is_told(world: World) -> None:
    """In seconds and words."""
    listen(world, issues_events=True)
    issue = world.issue()
    world.rita.post(f"{world.at(issue)}/add_spent_time", duration="1h")
    attributes = heard(world)[-1][1]["object_attributes"]
    assert (attributes["time_change"], attributes["human_time_change"]) == (3600, "1h")


def test_resolved_threads_are_told_and_auto_merge_is_not(code: World) -> None:
    """As an update that says what changed; GitLab tells of auto-merge only in notes."""
    item = new_request(code)
    code.dora.post(f"{at(item)}/pipelines")
    thread = code.rita.post(f"{at(item)}/discussions", body="Why?")
    listen(code, merge_requests_events=True)
    code.dora.put(f"{at(item)}/discussions/{thread['id']}", resolved=True)
    code.mia.put(f"{at(item)}/merge", auto_merge=True)
    code.mia.post(f"{at(item)}/cancel_merge_when_pipeline_succeeds")
    [(_, body)] = heard(code)
    told = {"blocking_discussions_resolved": {"previous": False, "current": True}}
    assert body["changes"] == told


def test_groups_hear_of_members_projects_and_subgroups(world: World) -> None:
    """Their own hooks, on Premium."""
    path = f"/groups/{world.group['id']}"
    listen(world, path, member_events=True, project_events=True, subgroup_events=True)
    world.root.post(f"{path}/members", user_id=world.nora.id, access_level=30)
    world.root.put(f"{path}/members/{world.nora.id}", access_level=40)
    world.root.delete(f"{path}/members/{world.nora.id}")
    made = world.root.post("/projects", name="Two", namespace_id=world.group["id"])
    world.root.delete(f"/projects/{made['id']}", 202)
    world.sim.clock.advance(timedelta(days=30))
    below = world.root.post("/groups", name="B", path="b", parent_id=world.group["id"])
    world.root.delete(f"/groups/{below['id']}", 202)
    world.sim.clock.advance(timedelta(days=30))
    assert [(event, body["event_name"]) for event, body in heard(world)] == [
        ("Member Hook", "user_add_to_group"),
        ("Member Hook", "user_update_for_group"),
        ("Member Hook", "user_remove_from_group"),
        ("Project Hook", "project_create"),
        ("Project Hook", "project_destroy"),
        ("Subgroup Hook", "subgroup_create"),
        ("Subgroup Hook", "subgroup_destroy"),
    ]


SAMPLES = ["push", "tag_push", "note", "issues", "merge_requests", "releases", "pipeline", "emoji"]


@pytest.mark.parametrize("name", SAMPLES)
def test_sample_of_each_kind(code: World, name: str) -> None:
    """A test delivery is a whole body."""
    listen(code)
    hook = code.mia.get(f"{code.path}/hooks")[0]["id"]
    issue = code.issue()
    code.rita.post(f"{code.at(issue)}/notes", body="x")
    code.rita.post(f"{code.at(issue)}/award_emoji", name="tada")
    item = new_request(code)
    code.dora.post(f"{at(item)}/pipelines")
    code.dora.post(f"{code.path}/releases", tag_name="v1", ref="main")
    code.mia.post(f"{code.path}/hooks/{hook}/test/{name}_events")
    ((event, body),) = heard(code)
    assert event.lower().split(" ")[0] in (name.split("_", maxsplit=1)[0], name.rstrip("s"))
    assert body["project"]["path_with_namespace"] == "team/proj"


def test_pipeline_of_a_request_names_its_branch(code: World) -> None:
    """Not the ref of the request; and tells whether that is protected, without old addresses."""
    listen(code)
    hook = code.mia.get(f"{code.path}/hooks")[0]["id"]
    item = new_request(code)
    code.dora.post(f"{at(item)}/pipelines")
    code.mia.post(f"{code.path}/hooks/{hook}/test/pipeline_events")
    ((_, body),) = heard(code)
    shown = body["object_attributes"]
    assert (shown["ref"], shown["protected_ref"]) == (item["source_branch"], False)
    assert body["merge_request"]["iid"] == item["iid"]
    assert "homepage" not in body["project"]
    code.mia.post(f"{code.path}/protected_branches", name=item["source_branch"])
    code.mia.post(f"{code.path}/hooks/{hook}/test/pipeline_events")
    code.mia.post(f"{code.path}/hooks/{hook}/test/tag_push_events")
    (_, body), (_, push) = heard(code)
    assert body["object_attributes"]["protected_ref"] is True
    assert push["ref"] == "refs/tags/v1.0.0"
    assert push["before"] == push["commits"][0]["id"]


def test_comment_on_a_commit_can_tag_it(code: World) -> None:
    """By Developers; a comment of the command only is none."""
    sha = code.rita.get(f"{code.path}/repository/commits", ref_name="topic")[0]["id"]
    path = f"{code.path}/repository/commits/{sha}/comments"
    listen(code, note_events=True, tag_push_events=True)
    code.rita.post(path, note="Ship it\n/tag v1 No")
    code.dora.post(path, note="Ship it\n/tag v1 First\n/close")
    code.dora.post(path, 202, note="/tag v2")
    assert [event for event, _ in heard(code)] == [
        "Note Hook",
        "Tag Push Hook",
        "Note Hook",
        "Tag Push Hook",
    ]
    assert [note["note"] for note in code.rita.get(path)] == ["Ship it", "Ship it\n/close"]
    tags = {tag["name"]: tag for tag in code.rita.get(f"{code.path}/repository/tags")}
    assert (tags["v1"]["message"], tags["v1"]["target"], "v2" in tags) == ("First", sha, True)
