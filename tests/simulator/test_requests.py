"""Repository, merge requests, pipelines and boards."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest

from tests.simulator.conftest import World


@pytest.fixture
def code(world: World) -> World:
    """A repository with a README on the protected `main` and a branch `topic` with a page."""
    actions = [{"action": "create", "file_path": "README.md", "content": "# Hello\n"}]
    commit(world, "mia", "main", "Begin", actions)
    world.dora.post(f"{world.path}/repository/branches", branch="topic", ref="main")
    page = {"action": "create", "file_path": "docs/page.md", "content": "one\ntwo\n"}
    commit(world, "dora", "topic", "Add a page", [page])
    world.sim.outbox.take()
    return world


def commit(world: World, who: str, branch: str, message: str, actions: Any) -> Any:
    """A commit of file actions."""
    path = f"{world.path}/repository/commits"
    return world.people[who].post(path, branch=branch, commit_message=message, actions=actions)


def request(world: World, who: str = "dora", **fields: Any) -> Any:
    """A merge request of `topic` into `main`."""
    usual = {"source_branch": "topic", "target_branch": "main", "title": "Add a page"}
    return world.people[who].post(f"{world.path}/merge_requests", **(usual | fields))


def at(item: Any) -> str:
    """The API path of a merge request."""
    return f"/projects/{item['project_id']}/merge_requests/{item['iid']}"


def test_files_are_read_written_and_removed(code: World) -> None:
    """Encoded paths, base64, raw, and headers for HEAD."""
    path = f"{code.path}/repository/files/docs%2Fpage.md"
    shown = code.rita.get(path, ref="topic")
    assert base64.b64decode(shown["content"]) == b"one\ntwo\n"
    assert (shown["file_name"], shown["size"]) == ("page.md", 8)
    raw = code.client.get(
        f"/api/v4{path}/raw?ref=topic", headers={"PRIVATE-TOKEN": code.rita.token or ""}
    )
    assert raw.content == b"one\ntwo\n"
    head = code.client.head(
        f"/api/v4{path}?ref=topic", headers={"PRIVATE-TOKEN": code.rita.token or ""}
    )
    assert head.headers["x-gitlab-file-name"] == "page.md"
    code.rita.get(path, 404, ref="main")
    code.rita.get(path, 404, ref="nowhere")
    change: dict[str, Any] = {"branch": "topic", "commit_message": "m"}
    content = base64.b64encode(b"new").decode()
    made = code.dora.put(path, content=content, encoding="base64", **change)
    assert made == {"file_path": "docs/page.md", "branch": "topic"}
    code.dora.post(path, 400, content="x", **change)
    code.dora.put(f"{code.path}/repository/files/no.md", 400, content="x", **change)
    code.dora.post(path, 400, content="x", branch="nowhere", commit_message="m")
    code.rita.put(path, 403, content="x", **change)
    code.dora.put(path, 403, content="x", branch="main", commit_message="m")
    code.dora.delete(f"{path}?branch=topic&commit_message=gone")
    code.rita.get(path, 404, ref="topic")
    code.gus.get(path, 403, ref="topic")
    code.dora.post(f"{code.path}/repository/files/a.md", content="x", **change)


def test_commits_tell_their_history(code: World) -> None:
    """By branch and by file, with differences and statuses."""
    path = f"{code.path}/repository/commits"
    commits = code.rita.get(path, ref_name="topic")
    assert [c["title"] for c in commits] == ["Add a page", "Begin"]
    assert [c["title"] for c in code.rita.get(path)] == ["Begin"]
    assert [c["title"] for c in code.rita.get(path, ref_name="topic", path="docs")] == [
        "Add a page"
    ]
    assert code.rita.get(path, since="2027-01-01", until="2028-01-01") == []
    one = code.rita.get(f"{path}/{commits[0]['short_id']}")
    assert (one["id"], one["last_pipeline"]) == (commits[0]["id"], None)
    diff = code.rita.get(f"{path}/{one['id']}/diff")[0]
    assert (diff["new_path"], diff["new_file"]) == ("docs/page.md", True)
    assert "+one\n+two\n" in diff["diff"]
    code.rita.get(f"{path}/0000000", 404)
    code.rita.get(f"{path}/000", 404)
    compared = code.rita.get(f"{code.path}/repository/compare", **{"from": "main", "to": "topic"})
    assert [c["title"] for c in compared["commits"]] == ["Add a page"]
    assert [d["new_path"] for d in compared["diffs"]] == ["docs/page.md"]
    same = {"from": "main", "to": "main", "straight": True}
    assert code.rita.get(f"{code.path}/repository/compare", **same)["compare_same_ref"] is True
    move = {"action": "move", "file_path": "b.md", "previous_path": "README.md"}
    tail = {"action": "create", "file_path": "c.md", "content": "no newline"}
    mode = {"action": "chmod", "file_path": "b.md", "execute_filemode": True}
    made = commit(code, "dora", "topic", "Move", [move, mode, tail])
    diffs = code.rita.get(f"{path}/{made['id']}/diff")
    assert [(d["old_path"], d["new_path"]) for d in diffs] == [
        ("README.md", "b.md"),
        ("c.md", "c.md"),
    ]
    assert diffs[0]["renamed_file"] is True
    assert "No newline at end" in diffs[1]["diff"]
    code.dora.post(path, 400, branch="topic", commit_message="m", actions=[move])
    new = {"branch": "side", "commit_message": "m", "actions": [tail], "start_branch": "main"}
    code.dora.post(path, **new)
    code.dora.post(path, 400, **new)


def test_commit_actions_come_in_a_form(code: World) -> None:
    """An array of hashes in brackets, as curl sends it."""
    form = {"branch": "topic", "commit_message": "Form"}
    actions = "&".join(
        f"actions[][action]=create&actions[][file_path]={name}&actions[][content]=x"
        for name in ("f1", "f2")
    )
    headers = {"PRIVATE-TOKEN": code.dora.token or ""}
    url = f"/api/v4{code.path}/repository/commits?{actions}"
    made = code.client.post(url, data=form, headers=headers).json()
    found = code.rita.get(f"{code.path}/repository/commits/{made['id']}/diff")
    assert [diff["new_path"] for diff in found] == ["f1", "f2"]


def test_empty_repository_has_no_commits(world: World) -> None:
    """Lists are empty; a README can be made with the project."""
    assert world.rita.get(f"{world.path}/repository/commits") == []
    made = world.root.post("/projects", name="R", initialize_with_readme=True)
    tree = world.root.get(f"/projects/{made['id']}/repository/tree")
    assert [entry["path"] for entry in tree] == ["README.md"]
    assert made["empty_repo"] is False


def test_branches_and_their_protection(code: World) -> None:
    """The default branch is protected from the start."""
    path = f"{code.path}/repository/branches"
    branches = code.rita.get(path)
    assert [(b["name"], b["protected"], b["default"]) for b in branches] == [
        ("main", True, True),
        ("topic", False, False),
    ]
    assert [b["name"] for b in code.rita.get(path, search="^top")] == ["topic"]
    assert [b["name"] for b in code.rita.get(path, search="ain$")] == ["main"]
    code.rita.post(path, 403, branch="x", ref="main")
    code.dora.post(path, 400, branch="topic", ref="main")
    code.dora.post(path, 400, branch="x", ref="nowhere")
    code.dora.post(path, branch="a/b", ref="HEAD")
    assert code.rita.get(f"{path}/a%2Fb")["merged"] is False
    code.dora.delete(f"{path}/a%2Fb")
    code.rita.get(f"{path}/a%2Fb", 404)
    code.dora.delete(f"{path}/main", 403)
    protected = f"{code.path}/protected_branches"
    code.mia.post(protected, name="topic")
    code.mia.post(protected, 409, name="topic")
    assert [b["name"] for b in code.mia.get(protected)] == ["main", "topic"]
    assert code.mia.get(f"{protected}/topic")["push_access_levels"][0]["access_level"] == 40
    code.mia.delete(f"{protected}/topic")
    code.mia.delete(f"{protected}/topic", 404)
    code.mia.get(f"{protected}/topic", 404)


def test_tree_lists_files_and_folders(code: World) -> None:
    """One level, below a path, or everything."""
    path = f"{code.path}/repository/tree"
    flat = code.rita.get(path, ref="topic")
    assert [(e["path"], e["type"]) for e in flat] == [("docs", "tree"), ("README.md", "blob")]
    below = code.rita.get(path, ref="topic", path="docs")
    assert [e["path"] for e in below] == ["docs/page.md"]
    deep = code.rita.get(path, ref="topic", recursive=True)
    assert [e["path"] for e in deep] == ["docs", "README.md", "docs/page.md"]


def test_tags_and_releases_tell_their_hooks(code: World) -> None:
    """A release can make its tag; both have hooks, as pushes have."""
    code.mia.post(
        f"{code.path}/hooks",
        url="http://bot.test",
        tag_push_events=True,
        releases_events=True,
    )
    tags, releases = f"{code.path}/repository/tags", f"{code.path}/releases"
    code.dora.post(tags, tag_name="v1", ref="main", message="first")
    code.dora.post(tags, 400, tag_name="v1", ref="main")
    code.dora.post(tags, 400, tag_name="v2", ref="nowhere")
    assert code.rita.get(f"{tags}/v1")["message"] == "first"
    code.dora.post(releases, 422, tag_name="v2")
    made = code.dora.post(releases, tag_name="v2", ref="main", name="Two", description="text")
    assert (made["name"], made["upcoming_release"]) == ("Two", False)
    code.dora.post(releases, 409, tag_name="v2", ref="main")
    code.dora.put(f"{releases}/v2", name="Zwei", released_at="2026-04-01T00:00:00Z")
    assert code.rita.get(f"{releases}/v2")["upcoming_release"] is True
    assert [r["tag_name"] for r in code.rita.get(releases)] == ["v2"]
    assert [t["release"] is None for t in code.rita.get(tags)] == [False, True]
    code.dora.delete(f"{releases}/v2", 200)
    code.rita.get(f"{releases}/v2", 404)
    code.dora.delete(f"{tags}/v1")
    code.rita.get(f"{tags}/v1", 404)
    sent = [json.loads(d.body) for d in code.sim.outbox.take()]
    kinds = [(b["object_kind"], b.get("action")) for b in sent]
    assert kinds == [
        ("tag_push", None),
        ("tag_push", None),
        ("release", "create"),
        ("release", "update"),
        ("release", "delete"),
        ("tag_push", None),
    ]


def test_push_hook_lists_the_commits(code: World) -> None:
    """Before, after, and what is new."""
    code.mia.post(f"{code.path}/hooks", url="http://bot.test")
    made = commit(
        code, "dora", "topic", "More", [{"action": "create", "file_path": "x", "content": ""}]
    )
    body = json.loads(code.sim.outbox.take()[0].body)
    assert (body["ref"], body["after"]) == ("refs/heads/topic", made["id"])
    assert [c["title"] for c in body["commits"]] == ["More"]


def test_new_request_has_the_documented_fields(code: World) -> None:
    """Branches, commits, files, status; draft by title."""
    item = request(code, description="text", reviewer_ids=[code.mia.id], labels="a")
    assert item["references"]["full"] == "team/proj!1"
    assert item["web_url"].endswith("/team/proj/-/merge_requests/1")
    assert (item["state"], item["detailed_merge_status"]) == ("opened", "mergeable")
    assert (item["draft"], item["changes_count"], item["labels"]) == (False, "1", ["a"])
    assert item["reviewers"][0]["username"] == "mia"
    assert item["diff_refs"]["head_sha"] == item["sha"]
    assert [d["new_path"] for d in code.rita.get(f"{at(item)}/diffs")] == ["docs/page.md"]
    assert code.rita.get(f"{at(item)}/changes")["changes"][0]["new_file"] is True
    assert [c["title"] for c in code.rita.get(f"{at(item)}/commits")] == ["Add a page"]
    path = f"{code.path}/repository/commits/{item['sha']}/merge_requests"
    assert [m["iid"] for m in code.rita.get(path)] == [1]
    code.gus.get(at(item), 404)
    draft = code.dora.put(at(item), title="Draft: Add a page")
    assert (draft["draft"], draft["detailed_merge_status"]) == (True, "draft_status")
    code.dora.post(f"{at(item)}/notes", 202, body="/ready")
    code.dora.post(f"{at(item)}/notes", 202, body="/draft")
    code.dora.post(f"{at(item)}/notes", 202, body="/due tomorrow")
    notes = [n["body"] for n in code.rita.get(f"{at(item)}/notes", sort="asc")]
    assert notes == [
        "marked this merge request as **draft**",
        "marked this merge request as **ready**",
        "marked this merge request as **draft**",
    ]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"title": ""}, 400),
        ({"source_branch": "main"}, 422),
        ({"source_branch": "nowhere"}, 400),
        ({"target_branch": "nowhere"}, 400),
    ],
)
def test_bad_request_is_refused(code: World, fields: Any, status: int) -> None:
    """Branches must exist and differ."""
    usual = {"source_branch": "topic", "target_branch": "main", "title": "t"}
    code.dora.post(f"{code.path}/merge_requests", status, **(usual | fields))


def test_one_open_request_per_pair_of_branches(code: World) -> None:
    """A second one is 409 and names the first; Reporters make none."""
    request(code)
    usual = {"source_branch": "topic", "target_branch": "main", "title": "t"}
    said = code.dora.post(f"{code.path}/merge_requests", 409, **usual)
    assert said["message"][0].endswith("!1")
    code.rita.post(f"{code.path}/merge_requests", 403, **usual)
    code.mia.put(code.path, merge_requests_enabled=False)
    code.dora.post(f"{code.path}/merge_requests", 403, **usual)


def test_requests_are_listed_and_filtered(code: World) -> None:
    """By project, group and globally; by branch, draft and state."""
    item = request(code, target_project_id=code.project["id"])
    get = code.rita.get
    path = f"{code.path}/merge_requests"
    assert [m["iid"] for m in get(path, state="opened", source_branch="topic")] == [1]
    assert get(path, target_branch="other") == []
    assert get(path, wip="yes") == []
    assert [m["iid"] for m in get(path, wip="no")] == [1]
    assert get("/groups/team/merge_requests")[0]["references"]["relative"] == "proj!1"
    assert get("/merge_requests") == []
    assert len(get("/merge_requests", scope="all")) == 1
    code.nobody.get("/merge_requests", 401)
    code.dora.put(at(item), state_event="close")
    assert get(path, state="opened") == []
    code.dora.put(at(item), state_event="reopen", target_branch="topic")
    code.dora.put(at(item), 400)
    code.dora.delete(at(item), 403)
    code.olga.delete(at(item))
    code.rita.get(at(item), 404)


def test_merge_closes_issues_and_tells_hooks(code: World) -> None:
    """Only who may push to the target merges; the description's issues close."""
    issue = code.issue()
    item = request(code, description="Closes #1 and #99", remove_source_branch=True)
    code.mia.post(f"{code.path}/hooks", url="http://b.test", merge_requests_events=True)
    assert [i["iid"] for i in code.rita.get(f"{at(item)}/closes_issues")] == [1]
    assert [m["iid"] for m in code.rita.get(f"{code.at(issue)}/closed_by")] == [1]
    related = code.rita.get(f"{code.at(issue)}/related_merge_requests")
    assert [m["iid"] for m in related] == [1]
    code.dora.call("PUT", f"{at(item)}/merge", 401)
    code.mia.put(f"{at(item)}/merge", 409, sha="0" * 40)
    merged = code.mia.put(f"{at(item)}/merge", squash=True)
    assert (merged["state"], merged["merge_user"]["username"]) == ("merged", "mia")
    assert code.rita.get(f"{code.path}/repository/files/docs%2Fpage.md", ref="main")["size"] == 8
    code.rita.get(f"{code.path}/repository/branches/topic", 404)
    assert code.rita.get(code.at(issue))["closed_by"]["username"] == "mia"
    code.mia.call("PUT", f"{at(item)}/merge", 405)
    bodies = [json.loads(d.body) for d in code.sim.outbox.take()]
    merge = next(b for b in bodies if b["object_kind"] == "merge_request")
    assert merge["object_attributes"]["action"] == "merge"
    assert merge["changes"]["state_id"] == {"previous": 1, "current": 3}


def test_request_follows_its_branch(code: World) -> None:
    """New commits move the head, with a note and a hook that has the old one."""
    item = request(code, assignee_ids=[code.mia.id])
    code.mia.post(
        f"{code.path}/hooks",
        url="http://b.test",
        merge_requests_events=True,
        note_events=True,
        push_events=False,
    )
    page = {"action": "update", "file_path": "docs/page.md", "content": "three\n"}
    commit(code, "dora", "topic", "Change it", [page])
    assert code.rita.get(at(item))["sha"] != item["sha"]
    body = json.loads(code.sim.outbox.take()[0].body)
    assert body["object_attributes"]["oldrev"] == item["sha"]
    assert body["object_attributes"]["last_commit"]["title"] == "Change it"
    assert body["assignees"][0]["username"] == "mia"
    note = code.rita.get(f"{at(item)}/notes")[0]["body"]
    assert note.startswith("added 1 commit\n\n<ul><li>")
    version = code.rita.get(f"{at(item)}/versions")[0]["id"]
    shown = f"/team/proj/-/merge_requests/1/diffs?diff_id={version}&start_sha={item['sha']}"
    assert note.endswith(f"</ul>\n\n[Compare with previous version]({shown})")
    code.rita.post(f"{at(item)}/notes", body="nice")
    body = json.loads(code.sim.outbox.take()[0].body)
    assert body["merge_request"]["iid"] == 1


def test_merge_waits_for_its_time(code: World) -> None:
    """`merge_after` holds it back; with auto-merge it merges when the time has come."""
    item = request(code, merge_after="2026-03-03T09:00:00Z")
    assert item["detailed_merge_status"] == "merge_time"
    code.mia.put(f"{at(item)}/merge", 405)
    waiting = code.mia.put(f"{at(item)}/merge", auto_merge=True)
    assert waiting["merge_when_pipeline_succeeds"] is True
    code.mia.post(f"{at(item)}/cancel_merge_when_pipeline_succeeds")
    code.mia.post(f"{at(item)}/cancel_merge_when_pipeline_succeeds", 406)
    code.mia.put(f"{at(item)}/merge", auto_merge=True)
    code.sim.clock.advance(timedelta(days=1))
    assert code.rita.get(at(item))["state"] == "merged"
    code.dora.put(at(item), merge_after=None, title="late")


def test_conflict_keeps_from_merging(code: World) -> None:
    """Both sides changed a file differently: 422, no rebase."""
    item = request(code)
    page = {"action": "create", "file_path": "docs/page.md", "content": "other\n"}
    commit(code, "mia", "main", "Clash", [page])
    shown = code.rita.get(at(item))
    assert (shown["detailed_merge_status"], shown["has_conflicts"]) == ("conflict", True)
    code.mia.put(f"{at(item)}/merge", 422)
    code.mia.put(f"{at(item)}/rebase", 202)
    assert code.rita.get(at(item))["merge_error"] == "Rebase failed. Please rebase locally"
    gone = {"action": "delete", "file_path": "docs/page.md"}
    more = {"action": "create", "file_path": "x.md", "content": "x"}
    commit(code, "mia", "main", "Unclash", [gone, more])
    code.mia.put(f"{at(item)}/rebase", 202)
    assert code.rita.get(at(item))["detailed_merge_status"] == "mergeable"
    drop = {"action": "delete", "file_path": "README.md"}
    commit(code, "dora", "topic", "Drop", [drop])
    code.mia.put(f"{at(item)}/merge", merge_commit_message="Merged")
    tree = code.rita.get(f"{code.path}/repository/tree", recursive=True)
    assert [e["path"] for e in tree] == ["docs", "docs/page.md", "x.md"]


def test_required_pipeline_decides(code: World) -> None:
    """None and failed block, running waits, success lets auto-merge go."""
    code.mia.put(code.path, only_allow_merge_if_pipeline_succeeds=True)
    item = request(code)
    status = f"{code.path}/statuses/{item['sha']}"

    def merge_status() -> Any:
        return code.rita.get(at(item))["detailed_merge_status"]

    assert merge_status() == "ci_must_pass"
    made = code.dora.post(status, state="running", name="docs", target_url="http://ci.test")
    assert (made["status"], made["ref"]) == ("running", "topic")
    assert merge_status() == "ci_still_running"
    code.mia.put(f"{at(item)}/merge", auto_merge=True)
    code.dora.post(status, state="failed", name="docs", pipeline_id=made["pipeline_id"])
    assert merge_status() == "ci_must_pass"
    code.dora.post(status, 404, state="failed", pipeline_id=99)
    code.dora.post(status, 400, state="failed", description="x" * 256)
    code.dora.post(status, 400)
    code.rita.post(status, 403, state="success")
    code.dora.post(f"{code.path}/statuses/{'0' * 40}", 404, state="success")
    code.dora.post(status, state="success", name="docs")
    assert code.rita.get(at(item))["state"] == "merged"
    statuses = code.rita.get(f"{code.path}/repository/commits/{item['sha']}/statuses")
    assert [(s["name"], s["status"]) for s in statuses] == [("docs", "success")]


def test_pipelines_are_made_and_listed(code: World) -> None:
    """By ref or for a merge request; nothing runs by itself."""
    item = request(code)
    path = f"{code.path}/pipelines"
    code.rita.get(f"{path}/latest", 403)
    one = code.dora.post(f"{code.path}/pipeline", ref="topic")
    two = code.dora.post(f"{at(item)}/pipelines")
    assert (one["status"], two["source"]) == ("created", "merge_request_event")
    assert [p["id"] for p in code.rita.get(path)] == [two["id"], one["id"]]
    assert [p["id"] for p in code.rita.get(path, ref="topic")] == [one["id"]]
    assert [p["id"] for p in code.rita.get(f"{at(item)}/pipelines")] == [two["id"], one["id"]]
    assert code.rita.get(f"{path}/latest", ref="topic")["id"] == two["id"]
    assert code.rita.get(f"{path}/{one['id']}/jobs") == []
    assert code.dora.post(f"{path}/{one['id']}/retry")["status"] == "running"
    assert code.dora.post(f"{path}/{one['id']}/cancel", 200)["status"] == "canceled"
    code.rita.get(f"{path}/99", 404)
    code.gus.get(path, 403)
    code.dora.post(f"{code.path}/pipeline", 400, ref="nowhere")
    code.dora.post(f"{code.path}/statuses/{item['sha']}", state="skipped")
    code.mia.put(
        code.path,
        only_allow_merge_if_pipeline_succeeds=True,
        allow_merge_on_skipped_pipeline=True,
    )
    assert code.rita.get(at(item))["head_pipeline"]["status"] == "skipped"
    assert code.rita.get(at(item))["detailed_merge_status"] == "mergeable"


def test_approvals(code: World) -> None:
    """Once each, for the head named; required ones are Premium."""
    item = request(code)
    code.mia.post(f"{code.path}/approvals", approvals_before_merge=1)
    assert code.mia.get(f"{code.path}/approvals")["approvals_before_merge"] == 1
    assert code.rita.get(at(item))["detailed_merge_status"] == "not_approved"
    code.rita.post(f"{at(item)}/approve", 401)
    code.mia.post(f"{at(item)}/approve", 409, sha="0" * 40)
    given = code.mia.post(f"{at(item)}/approve", sha=item["sha"])
    assert (given["approved"], given["approvals_left"]) == (True, 0)
    assert given["approved_by"][0]["user"]["username"] == "mia"
    code.mia.post(f"{at(item)}/approve", 401)
    assert code.rita.get(f"{at(item)}/approvals")["user_has_approved"] is False
    assert code.rita.get(f"{at(item)}/approval_state")["rules"] == []
    code.mia.post(f"{at(item)}/unapprove")
    code.mia.post(f"{at(item)}/unapprove", 404)
    code.sim.tier = "free"
    assert code.rita.get(at(item))["detailed_merge_status"] == "mergeable"
    notes = [n["body"] for n in code.rita.get(f"{at(item)}/notes", sort="asc")]
    assert notes == ["approved this merge request", "unapproved this merge request"]


def test_request_has_a_milestone_and_a_sample_delivery(code: World) -> None:
    """Milestones list their merge requests; test deliveries are made from the newest one."""
    stone = code.rita.post(f"{code.path}/milestones", title="v1")
    item = request(code, milestone_id=stone["id"])
    found = code.rita.get(f"{code.path}/milestones/{stone['id']}/merge_requests")
    assert [entry["iid"] for entry in found] == [item["iid"]]
    hook = code.mia.post(f"{code.path}/hooks", url="http://bot.test", push_events=False)
    code.mia.post(f"{code.path}/hooks/{hook['id']}/test/merge_requests_events")
    body = json.loads(code.sim.outbox.take()[0].body)
    assert body["object_attributes"]["iid"] == item["iid"]
    assert body["object_attributes"]["action"] == "open"


def test_changes_of_requests_tell_what_gitlab_keeps_with_them(code: World) -> None:
    """Neither when it was closed or merged, nor whether it is locked: that is kept elsewhere."""
    item = request(code)
    hook = {"url": "http://bot.test", "push_events": False, "merge_requests_events": True}
    code.mia.post(f"{code.path}/hooks", **hook)
    code.dora.put(at(item), discussion_locked=True, title="Other")
    code.dora.put(at(item), state_event="close")
    first, second = (json.loads(delivery.body) for delivery in code.sim.outbox.take())
    assert "discussion_locked" not in first["changes"]
    assert second["changes"]["state_id"] == {"previous": 1, "current": 2}
    assert "closed_at" not in second["changes"]


def test_issues_for_members_only(world: World) -> None:
    """A feature can be open to members alone in a public project."""
    world.open()
    world.root.put(world.path, issues_access_level="private")
    world.issue("gus")
    world.nora.post(f"{world.path}/issues", 403, title="x")
    assert world.nora.get(f"{world.path}/issues") == []


def test_removed_group_takes_its_things_along(code: World) -> None:
    """Links and to-dos that led there are gone too."""
    issue = code.issue(description="@dora")
    other = code.issue()
    ends = {"target_project_id": 1, "target_issue_iid": other["iid"]}
    code.rita.post(f"{code.at(issue)}/links", **ends)
    code.rita.post(f"{code.at(issue)}/notes", body="x")
    request(code)
    code.root.delete("/groups/team", 202)
    code.sim.clock.advance(timedelta(days=30))
    assert code.dora.get("/todos") == []
    assert code.client.get("/simulator").json()["merge_requests"] == 0


def test_threads_on_requests_are_resolved(code: World) -> None:
    """Open ones can block the merge; who is concerned resolves them."""
    item = request(code)
    key = "only_allow_merge_if_all_discussions_are_resolved"
    code.mia.put(code.path, **{key: True})
    thread = code.rita.post(f"{at(item)}/discussions", body="why?")
    path = f"{at(item)}/discussions/{thread['id']}"
    assert thread["notes"][0]["resolvable"] is True
    assert code.rita.get(at(item))["detailed_merge_status"] == "discussions_not_resolved"
    code.pia.get(path, 404)
    resolved = code.dora.put(path, resolved=True)
    assert resolved["notes"][0]["resolved_by"]["username"] == "dora"
    note = f"{path}/notes/{thread['notes'][0]['id']}"
    assert code.rita.put(note, resolved=False)["resolved"] is False
    other = code.dora.post(f"{at(item)}/discussions", body="x")
    code.rita.put(f"{at(item)}/discussions/{other['id']}", 403, resolved=True)
    code.rita.post(f"{at(item)}/discussions", 202, body="/todo")
    assert code.rita.get("/todos")[0]["target_type"] == "MergeRequest"


def test_request_changes_leave_notes(code: World) -> None:
    """Target branch, reviewers, and mentions in issues."""
    issue = code.issue()
    item = request(code, description="see #1")
    code.dora.post(f"{code.path}/repository/branches", branch="next", ref="main")
    code.dora.put(at(item), target_branch="next", reviewer_ids=[code.mia.id], title="New")
    notes = [n["body"] for n in code.rita.get(f"{at(item)}/notes", sort="asc")]
    assert notes == [
        "changed title from **{-Add a page-}** to **{+New+}**",
        "requested review from @mia",
        "changed target branch from `main` to `next`",
    ]
    assert code.notes(issue) == ["mentioned in merge request !1"]


def test_boards_have_label_lists(world: World) -> None:
    """In order, without Open and Closed; a label once per board."""
    path = f"{world.path}/boards"
    labels = [
        world.rita.post(f"{world.path}/labels", name=n, color="#fff")["id"] for n in ("a", "b")
    ]
    board = world.rita.post(path, name="Board")
    assert board["project"]["id"] == 1
    lists = f"{path}/{board['id']}/lists"
    first, second = (world.rita.post(lists, label_id=number) for number in labels)
    world.rita.post(lists, 400, label_id=labels[0])
    world.rita.post(lists, 400, label_id=99)
    world.rita.post(lists, 400)
    world.gus.post(lists, 403, label_id=labels[0])
    assert world.rita.put(f"{lists}/{second['id']}", position=0)["position"] == 0
    assert [entry["label"]["name"] for entry in world.gus.get(lists)] == ["b", "a"]
    world.rita.delete(f"{lists}/{second['id']}")
    assert world.rita.get(f"{lists}/{first['id']}")["position"] == 0
    world.rita.get(f"{lists}/99", 404)
    renamed = world.rita.put(f"{path}/{board['id']}", name="New", hide_closed_list=True)
    assert (renamed["name"], renamed["hide_closed_list"]) == ("New", True)
    assert len(world.rita.get(path)) == 1
    world.rita.delete(f"{path}/{board['id']}")
    world.rita.get(f"{path}/{board['id']}", 404)


def test_second_group_board_is_premium(world: World) -> None:
    """The first one is free."""
    world.sim.tier = "free"
    world.root.post("/groups/team/boards", name="One")
    world.root.post("/groups/team/boards", 403, name="Two")
    assert world.root.get("/groups/team/boards")[0]["group"]["name"] == "Team"


@pytest.mark.parametrize(
    ("sent", "color", "text"),
    [
        ("lime", "#00FF00", "#1F1E24"),
        ("RebeccaPurple", "#663399", "#FFFFFF"),
        ("#f00", "#f00", "#FFFFFF"),
        (" #f0ad4e", "#f0ad4e", "#1F1E24"),
    ],
)
def test_colors_have_names_and_text_that_can_be_read(
    world: World, sent: str, color: str, text: str
) -> None:
    """Names of CSS become digits, digits stay as they are; the text is white or nearly black."""
    made = world.rita.post(f"{world.path}/labels", name="paint", color=sent)
    assert (made["color"], made["text_color"]) == (color, text)


def test_labels_of_project_and_group(world: World) -> None:
    """Ancestors' labels are listed too; names are unique, also with a slash; renames carry on."""
    path = f"{world.path}/labels"
    world.root.post("/groups/team/labels", name="shared", color="#FF0000", description="d")
    made = world.rita.post(path, name="gate/one two", color="red", priority=1)
    assert (made["color"], made["text_color"]) == ("#FF0000", "#FFFFFF")
    said = world.rita.post(path, 409, name="shared", color="red")
    assert said == {"message": "Label already exists"}
    for bad in ({"name": "x", "color": "nope"}, {"name": "a,b", "color": "red"}, {"name": "x"}):
        world.rita.post(path, 400, **bad)
    world.rita.post(path, 400, name=" ", color="red")
    world.gus.post(path, 403, name="x", color="red")
    issue = world.issue(labels="gate/one two,shared")
    shown = world.rita.get(path, with_counts=True)
    assert [(x["name"], x["open_issues_count"]) for x in shown] == [
        ("gate/one two", 1),
        ("shared", 1),
    ]
    own = world.rita.get(path, include_ancestor_groups=False, search="GATE")
    assert [x["name"] for x in own] == ["gate/one two"]
    one = f"{path}/gate%2Fone%20two"
    assert world.rita.get(one)["is_project_label"] is True
    world.rita.put(one, 400)
    world.rita.put(one, 400, new_name="shared")
    world.rita.put(one, new_name="new", color="#abc", description="x", priority=2, archived=True)
    assert world.rita.get(world.at(issue))["labels"] == ["new", "shared"]
    assert world.rita.put(path, name="new", new_name="newer")["color"] == "#abc"
    assert world.rita.post(f"{path}/newer/subscribe")["subscribed"] is True
    promoted = world.root.put(f"{path}/newer/promote")
    assert (promoted["open_issues_count"], "is_project_label" in promoted) == (1, False)
    counted = world.root.get("/groups/team/labels", with_counts=True)
    assert [x["open_issues_count"] for x in counted] == [1, 1]
    world.rita.get(f"{path}/gone", 404)


def test_groups_above_the_projects_own_keep_their_labels(world: World) -> None:
    """A project reads labels of all groups above, and changes those of its own group alone."""
    below = world.root.post("/groups", name="Below", path="below", parent_id=world.group["id"])
    project = world.root.post("/projects", name="Deep", namespace_id=below["id"])
    world.root.post(f"/projects/{project['id']}/members", user_id=world.mia.id, access_level=40)
    path = f"/projects/{project['id']}/labels"
    places = {"top": "/groups/team", "near": f"/groups/{below['id']}", "own": path[:-7]}
    for name, place in places.items():
        world.root.post(f"{place}/labels", name=name, color="red")
    assert [x["name"] for x in world.mia.get(path)] == ["near", "own", "top"]
    shown = world.mia.get(path, include_ancestor_groups=False)
    assert [x["name"] for x in shown] == ["near", "own"]
    world.root.put(f"{path}/top", 404, new_name="higher")
    world.root.delete(f"{path}/top", 404)
    world.mia.get(f"{path}/top", 404, include_ancestor_groups=False)
    world.mia.put(f"{path}/near", 403, new_name="nearer")
    world.mia.delete(f"{path}/near", 403)
    assert world.mia.put(f"{path}/near", priority=1)["name"] == "near"
    assert world.root.put(f"{path}/near", new_name="nearer")["name"] == "nearer"
    world.root.delete(f"{path}/nearer")
    assert world.mia.post(f"{path}/top/subscribe")["subscribed"] is True
    assert [x["name"] for x in world.mia.get(path)] == ["own", "top"]


def test_milestones_of_project_and_group(world: World) -> None:
    """Dates, states, titles that are new, and the issues of each."""
    path = f"{world.path}/milestones"
    made = world.rita.post(path, title="v1", start_date="2026-02-01", due_date="2026-02-20")
    assert (made["iid"], made["expired"], made["state"]) == (1, True, "active")
    assert made["web_url"] == "http://gitlab.test/team/proj/-/milestones/1"
    shared = world.root.post("/groups/team/milestones", title="year")
    assert shared["group_id"] == world.group["id"]
    world.rita.post(path, 400, title="year")
    world.rita.post(path, 400, title=" ")
    world.rita.post(path, 400, title="x", start_date="2026-03-02", due_date="2026-03-01")
    world.gus.post(path, 403, title="x")
    assert [m["title"] for m in world.rita.get(path, include_ancestors=True)] == ["v1", "year"]
    assert [m["title"] for m in world.rita.get(path, title="v1", iids=[1], search="V1")] == ["v1"]
    assert world.rita.get(path, state="closed") == []
    issue = world.issue(milestone="year")
    assert issue["milestone"]["id"] == shared["id"]
    found = world.root.get(f"/groups/team/milestones/{shared['id']}/issues")
    assert [i["iid"] for i in found] == [1]
    one = f"{path}/{made['id']}"
    assert world.rita.get(f"{one}/issues") == []
    changed = world.rita.put(one, title="v2", description="d", due_date="")
    assert (changed["title"], changed["due_date"]) == ("v2", None)
    assert world.rita.put(one, state_event="close")["state"] == "closed"
    assert world.rita.put(one, state_event="close")["state"] == "closed"
    world.gus.delete(one, 403)
    second = world.issue(milestone_id=made["id"])
    world.rita.delete(one)
    assert world.rita.get(world.at(second))["milestone"] is None
    world.rita.get(one, 404)
    assert world.rita.post(path, title="v3")["iid"] == 2  # one is never given again


def test_promoting_takes_all_of_that_name_together(world: World) -> None:
    """Labels and milestones of the group's projects become one of the group, with what had them."""
    second = world.root.post("/projects", name="Second", namespace_id=world.group["id"])
    places = [world.path, f"/projects/{second['id']}"]
    for place in places:
        world.root.post(f"{place}/labels", name="bug", color="red")
        stone = world.root.post(f"{place}/milestones", title="v1", due_date="2026-05-01")
        world.root.post(f"{place}/issues", title="x", labels="bug", milestone_id=stone["id"])
    boards = [world.root.post(f"{place}/boards", name="b") for place in places]
    tag = world.root.get(f"{places[1]}/labels/bug")["id"]
    world.root.post(f"{places[1]}/boards/{boards[1]['id']}/lists", label_id=tag)
    label = world.root.put(f"{places[0]}/labels/bug/promote")
    assert label["open_issues_count"] == 2
    lists = world.root.get(f"{places[1]}/boards/{boards[1]['id']}/lists")
    assert lists[0]["label"]["id"] == label["id"]
    assert world.root.get(f"{places[1]}/labels/bug")["is_project_label"] is False
    assert world.root.put(f"{places[0]}/labels/bug/promote", 400) == {
        "message": "Failed to promote project label to group label"
    }
    own = world.root.get(f"{places[0]}/milestones")[0]
    assert world.root.post(f"{places[0]}/milestones/{own['id']}/promote", 200) == 200
    (shared,) = world.root.get("/groups/team/milestones")
    assert (shared["title"], shared["due_date"], shared["id"] > own["id"]) == (
        "v1",
        "2026-05-01",
        True,
    )
    assert [world.root.get(f"{place}/milestones") for place in places] == [[], []]
    assert len(world.root.get(f"/groups/team/milestones/{shared['id']}/issues")) == 2


def test_nothing_is_promoted_out_of_a_home(world: World) -> None:
    """A project without a group has nowhere to promote to."""
    home = f"/projects/{world.root.post('/projects', name='Home')['id']}"
    world.root.post(f"{home}/labels", name="bug", color="red")
    stone = world.root.post(f"{home}/milestones", title="v1")
    world.root.put(f"{home}/labels/bug/promote", 400)
    world.root.post(f"{home}/milestones/{stone['id']}/promote", 403)


CLOSED = ("environments", "deployments", "jobs", "pipeline_schedules", "runners")


@pytest.mark.parametrize("path", [*CLOSED, "merge_requests/1/versions"])
def test_some_lists_are_for_people_only(code: World, path: str) -> None:
    """GitLab asks for a token there, be the project public; approvals and followers are open."""
    code.open()
    request(code)
    code.nobody.get(f"{code.path}/{path}", 401)
    code.mia.get(f"{code.path}/{path}")
    shown = code.nobody.get(f"{code.path}/merge_requests/1/approvals")
    assert (shown["user_has_approved"], shown["user_can_approve"]) == (False, False)
    assert code.nobody.get(f"/users/{code.rita.id}/followers") == []
