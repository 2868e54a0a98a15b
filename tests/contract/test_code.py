"""What the bot relies on in GitLab of merge requests, tags, releases and commits.

`ground` says where this runs.
"""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest

from bot.gitlab.client import NotVisible
from tests.contract.ground import HIDDEN, Ground

NUMBERS = count(1)


def project(ground: Ground) -> str:
    """The path of the project that has code; it gets its first commit when it is asked for."""
    path = f"/projects/{ground.here['id']}"
    if ground.client.get_or_none(f"{path}/repository/branches/main") is None:
        commit(ground, "main", "README.md")
    return path


def commit(ground: Ground, branch: str, name: str, **more: Any) -> dict[str, Any]:
    """A new file on a branch."""
    action = {"action": "create", "file_path": name, "content": f"{name}\n"}
    body = {"branch": branch, "commit_message": f"Add {name}", "actions": [action], **more}
    return ground.client.post(f"/projects/{ground.here['id']}/repository/commits", body)


def requested(ground: Ground) -> tuple[str, dict[str, Any]]:
    """A merge request of one new file: its path, and itself."""
    path, branch = project(ground), f"topic-{next(NUMBERS)}"
    commit(ground, branch, f"{branch}.md", start_branch="main")
    body = {"source_branch": branch, "target_branch": "main", "title": "A page"}
    raw = ground.client.post(f"{path}/merge_requests", body)
    return f"{path}/merge_requests/{raw['iid']}", raw


def test_merge_request_shows_what_the_rules_look_at(ground: Ground) -> None:
    """Head, state, draft, milestone, hold and merge."""
    path, made = requested(ground)
    raw = ground.client.get(path)
    assert (raw["id"], raw["project_id"], raw["state"]) == (made["id"], ground.here["id"], "opened")
    assert (raw["draft"], raw["milestone"], raw["merged_at"]) == (False, None, None)
    assert (raw["merge_after"], len(raw["sha"])) == (None, 40)
    ground.client.put(path, {"title": "Draft: A page"})
    assert ground.client.get(path)["draft"]


def test_merge_may_be_held_until_a_moment(ground: Ground) -> None:
    """And is held until another one later."""
    path, raw = requested(ground)
    made = datetime.fromisoformat(raw["created_at"]).replace(microsecond=0)
    for until in (made + timedelta(days=3), made + timedelta(days=5)):
        ground.client.put(path, {"merge_after": until.isoformat()})
        assert datetime.fromisoformat(ground.client.get(path)["merge_after"]) == until


def test_differences_commits_and_reviews_are_lists(ground: Ground) -> None:
    """What was added, and what was said about it; nobody has approved anything."""
    path, raw = requested(ground)
    (diff,) = ground.client.list(f"{path}/diffs")
    assert diff["new_path"] == f"{raw['source_branch']}.md"
    assert f"+{diff['new_path']}" in diff["diff"]
    (one,) = ground.client.list(f"{path}/commits")
    assert one["message"] == f"Add {diff['new_path']}"
    ground.client.put(path, {"reviewer_ids": [ground.me["id"]]})
    (review,) = ground.client.list(f"{path}/reviewers")
    assert (review["user"]["id"], review["state"]) == (ground.me["id"], "unreviewed")
    assert ground.client.get(f"{path}/approvals")["approved_by"] == []


def test_verdict_is_kept_in_a_comment(ground: Ground) -> None:
    """Which hides a marker, and can be edited."""
    path, _ = requested(ground)
    note = ground.client.post(f"{path}/notes", {"body": HIDDEN})
    ground.client.put(f"{path}/notes/{note['id']}", {"body": f"Now {HIDDEN}"})
    notes = ground.client.list(f"{path}/notes", sort="asc", order_by="created_at")
    assert [n["body"] for n in notes if not n["system"]] == [f"Now {HIDDEN}"]
    assert ground.client.list(f"{path}/pipelines") == []


def test_changed_merge_requests_are_found_by_when(ground: Ground) -> None:
    """Those that changed since, and those that are open."""
    path, raw = requested(ground)
    requests = f"{project(ground)}/merge_requests"
    iids = [each["iid"] for each in ground.client.list(requests, scope="all", state="opened")]
    assert raw["iid"] in iids
    later = (datetime.fromisoformat(raw["updated_at"]) + timedelta(hours=1)).isoformat()
    assert ground.client.list(requests, scope="all", updated_after=later) == []
    ground.client.put(path, {"state_event": "close"})
    assert ground.client.get(path)["state"] == "closed"


def test_tag_is_a_release_only_when_it_is_made_one(ground: Ground) -> None:
    """Both name the commit, and the release when that was."""
    path, name = project(ground), f"v1.{next(NUMBERS)}+ee"
    quoted = name.replace("+", "%2B")
    ground.client.post(f"{path}/repository/tags", {"tag_name": name, "ref": "main"})
    tag = ground.client.get(f"{path}/repository/tags/{quoted}")
    with pytest.raises(NotVisible):
        ground.client.get(f"{path}/releases/{quoted}")
    ground.client.post(f"{path}/releases", {"tag_name": name})
    release = ground.client.get(f"{path}/releases/{quoted}")
    assert (release["tag_name"], release["commit"]["id"]) == (name, tag["commit"]["id"])
    assert datetime.fromisoformat(release["released_at"]).tzinfo is not None
    listed = ground.client.list(f"{path}/releases", order_by="released_at", sort="desc")
    assert listed[0]["tag_name"] == name


def test_comment_on_a_commit_is_kept_whole(ground: Ground) -> None:
    """With what is hidden in it; it may be short of an id, which nobody needs."""
    made = commit(ground, "main", f"file-{next(NUMBERS)}") if project(ground) else {}
    path = f"{project(ground)}/repository/commits/{made['id']}/comments"
    assert ground.client.list(path) == []
    ground.client.post(path, {"note": HIDDEN})
    assert [raw["note"] for raw in ground.client.list(path)] == [HIDDEN]
