"""Attributes that the pages on issues, notes, merge requests and their neighbours document.

https://docs.gitlab.com/api/issues/, https://docs.gitlab.com/api/merge_requests/,
https://docs.gitlab.com/api/merge_request_approvals/ and those beside them
"""

from typing import Any

import pytest

from tests.simulator.conftest import World
from tests.simulator.test_requests import at, commit, request
from tests.simulator.test_requests import code as code  # noqa: PLC0414 - the fixture

EXCLUDING = [
    ("milestone_id", "milestone"),
    ("iteration_id", "iteration_title"),
    ("assignee_id", "assignee_username"),
    ("author_id", "author_username"),
]


@pytest.mark.parametrize("names", EXCLUDING, ids="-".join)
def test_filters_that_exclude_each_other(world: World, names: tuple[str, str]) -> None:
    """400 with both names."""
    path = f"{world.path}/issues"
    refused = world.rita.get(path, 400, **dict.fromkeys(names, "1"))
    assert refused == {"error": f"{', '.join(names)} are mutually exclusive"}


def test_filters_know_their_list(world: World) -> None:
    """Issues are never merged, merge requests have no weight; what is unknown is not looked at."""
    issues, requests = f"{world.path}/issues", f"{world.path}/merge_requests"
    world.issue()
    world.rita.get(issues, 400, state="merged")
    world.rita.get(issues, 400, order_by="merged_at")
    world.rita.get(requests, 400, order_by="weight")
    assert len(world.rita.get(issues, draft="yes", source_branch="x")) == 1
    assert world.rita.get(requests, confidential=True, issue_type="odd") == []
    world.sim.tier = "free"
    refused = world.rita.get(issues, 400, **{"assignee_username[]": ["a", "b"]})
    assert refused == {"error": "assignee_username allows one value, but found 2: a, b"}


def test_search_can_be_turned_around(world: World) -> None:
    """`not[search]` leaves out what it finds."""
    world.issue(title="one")
    world.issue(title="two")
    found = world.rita.get(f"{world.path}/issues", **{"not[search]": "one"})
    assert [issue["title"] for issue in found] == ["two"]


def test_severity_is_for_incidents(world: World) -> None:
    """Other types keep `UNKNOWN`."""
    assert world.issue(severity="low")["severity"] == "UNKNOWN"
    incident = world.issue(issue_type="incident", severity="low")
    assert incident["severity"] == "LOW"
    refused = world.rita.put(world.at(incident), 400, severity="critical")
    assert refused["error"].endswith(
        "epic_iid are missing, at least one parameter must be provided"
    )
    sent = {"title": "Outage", "severity": "critical"}
    assert world.rita.put(world.at(incident), **sent)["severity"] == "CRITICAL"
    world.rita.put(world.at(incident), 400, title="Outage", severity="S1")


def test_owners_choose_when_an_issue_was_changed(world: World) -> None:
    """Others are not heeded; an empty time is refused."""
    issue, early = world.issue(), "2021-01-01T00:00:00.000Z"
    assert world.mia.put(world.at(issue), title="a", updated_at=early)["updated_at"] != early
    assert world.olga.put(world.at(issue), title="b", updated_at=early)["updated_at"] == early
    world.olga.put(world.at(issue), 400, title="c", updated_at="")


def test_issue_takes_up_threads(code: World) -> None:
    """All of a merge request, or one; it names them, and they are resolved."""
    item = request(code)
    threads = [code.mia.post(f"{at(item)}/discussions", body=text) for text in ("One", "Two")]
    sent = {"merge_request_to_resolve_discussions_of": item["iid"]}
    first = code.issue(title="a", discussion_to_resolve=threads[0]["id"], **sent)
    assert "@mia started a [discussion]" in first["description"]
    assert "> Two" not in first["description"]
    assert "> Two" in code.issue(title="b", **sent)["description"]
    for thread in threads:
        shown = code.mia.get(f"{at(item)}/discussions/{thread['id']}")
        assert shown["notes"][0]["resolved"] is True
    assert "created #1 to continue this discussion" in [
        note["body"] for note in code.mia.get(f"{at(item)}/notes")
    ]


def test_merge_requests_of_issues_are_shown_whole(code: World) -> None:
    """Those that mention it, what is to do, and what one subscribes to."""
    issue = code.issue()
    item = request(code, description=f"See #{issue['iid']}")
    [related] = code.dora.get(f"{code.at(issue)}/related_merge_requests")
    todo = code.mia.post(f"{at(item)}/todo")["target"]
    subscribed = code.mia.post(f"{at(item)}/subscribe")
    for shown in (related, todo, subscribed):
        assert shown["diff_refs"]["head_sha"] == item["sha"]


def test_note_in_a_thread_is_changed_or_resolved(code: World) -> None:
    """One of the two, never both or none."""
    item = request(code)
    thread = code.mia.post(f"{at(item)}/discussions", body="Hm")
    path = f"{at(item)}/discussions/{thread['id']}/notes/{thread['notes'][0]['id']}"
    code.mia.put(path, 400, body="Hm", resolved=True)
    code.mia.put(path, 400)
    assert code.mia.put(path, resolved=True)["resolved"] is True


def test_internal_goes_before_its_old_name(world: World) -> None:
    """`internal` overrides `confidential`."""
    path = f"{world.at(world.issue())}/notes"
    assert world.rita.post(path, body="a", internal=False, confidential=True)["internal"] is False
    assert world.rita.post(path, body="b", confidential=True)["internal"] is True


def test_comments_lie_on_images_and_files(code: World) -> None:
    """A place in an image, and a file as a whole."""
    item = request(code)
    refs = {key: item["diff_refs"][key] for key in ("base_sha", "head_sha", "start_sha")}
    paths = {"old_path": "docs/page.md", "new_path": "docs/page.md"}
    place = refs | paths | {"position_type": "image", "width": 10, "height": 9, "x": 1.5, "y": 2}
    made = code.mia.post(f"{at(item)}/discussions", body="Here", position=place)
    shown = made["notes"][0]
    assert [shown["position"][key] for key in ("width", "height", "x", "y")] == [10, 9, 1.5, 2]
    assert shown["suggestions"] == []
    place |= {"x": "wide"}
    code.mia.post(f"{at(item)}/discussions", 400, body="Here", position=place)


def test_reviews_are_closed_with_a_word(code: World) -> None:
    """Publishing all may add a note and how the review ended."""
    item = request(code)
    draft = code.mia.post(f"{at(item)}/draft_notes", note="Hm")
    assert draft["position"]["position_type"] == "text"
    path = f"{at(item)}/draft_notes/bulk_publish"
    code.mia.post(path, 400, reviewer_state="approved")
    code.mia.put(at(item), reviewer_ids=[code.mia.id])
    code.mia.post(path, 204, note="Not yet", internal=True, reviewer_state="requested_changes")
    [note, _] = code.mia.get(f"{at(item)}/notes", sort="desc", activity_filter="only_comments")
    assert (note["body"], note["internal"]) == ("Not yet", True)
    assert code.mia.get(f"{at(item)}/reviewers")[0]["state"] == "requested_changes"
    assert code.mia.get(at(item))["detailed_merge_status"] == "requested_changes"


def test_requests_wait_for_others(code: World) -> None:
    """Dependencies, on Premium: each once, never in a circle, gone with what they name."""
    code.dora.post(f"{code.path}/repository/branches", branch="second", ref="topic")
    first, then = request(code), request(code, source_branch="second")
    made = code.mia.post(f"{at(then)}/blocks", blocking_merge_request_iid=first["iid"])
    assert made["blocking_merge_request"]["iid"] == first["iid"]
    code.mia.post(f"{at(then)}/blocks", 409, blocking_merge_request_id=first["id"])
    code.mia.post(f"{at(first)}/blocks", 400, blocking_merge_request_id=then["id"])
    code.mia.post(f"{at(then)}/blocks", 400)
    code.mia.post(f"{at(then)}/blocks", 404, blocking_merge_request_iid=99)
    [waits] = code.mia.get(f"{at(first)}/blockees")
    assert waits["blocked_merge_request"]["iid"] == then["iid"]
    assert code.mia.get(at(then))["detailed_merge_status"] == "merge_request_blocked"
    code.mia.put(f"{at(then)}/merge", 405)
    code.mia.delete(f"{at(then)}/blocks/{made['id']}")
    code.mia.delete(f"{at(then)}/blocks/{made['id']}", 404)
    assert code.mia.get(f"{at(then)}/blocks") == []
    code.mia.post(f"{at(then)}/blocks", blocking_merge_request_iid=first["iid"])
    code.root.delete(at(first))
    assert code.mia.get(f"{at(then)}/blocks") == []
    code.sim.tier = "free"
    code.mia.get(f"{at(then)}/blocks", 403)


def test_difference_has_versions(code: World) -> None:
    """Each new head makes one; with file headers where asked for."""
    item = request(code)
    page = {"action": "update", "file_path": "docs/page.md", "content": "three\n"}
    commit(code, "dora", "topic", "More", [page])
    newest, oldest = code.mia.get(f"{at(item)}/versions")
    assert oldest["head_commit_sha"] == item["sha"] != newest["head_commit_sha"]
    assert newest["patch_id_sha"] != oldest["patch_id_sha"]
    shown = code.mia.get(f"{at(item)}/versions/{newest['id']}", unidiff=True)
    assert len(shown["commits"]) == 2
    head = "--- /dev/null\n+++ b/docs/page.md\n@@"
    assert shown["diffs"][0]["diff"].startswith(head)
    assert code.mia.get(f"{at(item)}/diffs", unidiff=True)[0]["diff"].startswith(head)
    code.mia.get(f"{at(item)}/versions/99", 404)


def test_fast_forward_needs_the_newest_target(code: World) -> None:
    """Else the request waits for a rebase."""
    code.mia.put(code.path, merge_method="ff")
    item = request(code)
    more = {"action": "create", "file_path": "x.md", "content": "x"}
    commit(code, "mia", "main", "Go on", [more])
    assert code.mia.get(at(item))["detailed_merge_status"] == "need_rebase"
    code.nora.put(f"{at(item)}/rebase", 404)
    refused = code.rita.put(f"{at(item)}/rebase", 403)
    assert refused["message"] == "403 Forbidden - Cannot push to source branch"
    code.mia.put(f"{at(item)}/rebase", 202, skip_ci=True)
    assert code.mia.get(at(item))["detailed_merge_status"] == "mergeable"
    merged = code.mia.put(f"{at(item)}/merge", should_remove_source_branch=True)
    assert merged["should_remove_source_branch"] is True
    code.mia.get(f"{code.path}/repository/branches/topic", 404)


def test_rebase_picks_one_commit_after_the_other(code: World) -> None:
    """With their authors and messages; a branch that has all of the target stays as it is."""
    item = request(code)
    page = {"action": "update", "file_path": "docs/page.md", "content": "three\n"}
    commit(code, "dora", "topic", "More", [page])
    head = code.mia.get(at(item))["sha"]
    code.mia.put(f"{at(item)}/rebase", 202)
    assert code.mia.get(at(item))["sha"] == head
    more = {"action": "create", "file_path": "x.md", "content": "x"}
    base = commit(code, "mia", "main", "Go on", [more])["id"]
    old = code.mia.get(f"{at(item)}/commits")
    code.mia.put(f"{at(item)}/rebase", 202)
    new = code.mia.get(f"{at(item)}/commits")
    assert [c["title"] for c in new] == [c["title"] for c in old]
    assert [c["author_name"] for c in new] == [c["author_name"] for c in old]
    assert {c["committer_name"] for c in new} == {"Mia"}
    assert new[-1]["parent_ids"] == [base]
    assert not {c["id"] for c in new} & {c["id"] for c in old}


def test_old_names_still_work(code: World) -> None:
    """Of what a merge request takes."""
    item = request(code, allow_maintainer_to_push=True, approvals_before_merge=2)
    assert (item["allow_collaboration"], item["approvals_before_merge"]) == (True, 2)
    assert code.mia.get(f"{at(item)}/approvals")["approvals_required"] == 2
    path = f"{code.path}/approvals"
    shown = code.mia.post(path, require_password_to_approve=True)
    assert shown["require_reauthentication_to_approve"] is True
    assert code.mia.get(path)["approvers"] == []


def test_authors_and_committers_may_be_kept_from_approving(code: World) -> None:
    """As the project has it set."""
    item = request(code, who="dora")
    path = f"{code.path}/approvals"
    code.mia.post(path, merge_requests_author_approval=False)
    code.dora.post(f"{at(item)}/approve", 401)
    code.mia.post(path, merge_requests_author_approval=True)
    code.mia.post(path, merge_requests_disable_committers_approval=True)
    code.dora.post(f"{at(item)}/approve", 401)
    code.mia.post(f"{at(item)}/approve")
    code.sim.tier = "free"
    code.dora.post(f"{at(item)}/approve")
    code.mia.get(path, 404)
    code.mia.get(f"{at(item)}/approval_state", 404)


def test_approval_rules_are_for_branches_and_copied(code: World) -> None:
    """A rule counts where it says; a merge request's rule remembers what it was made from."""
    item, path = request(code), f"{code.path}/approval_rules"
    made = code.mia.post(f"{code.path}/protected_branches", name="stable", push_access_level=40)
    fields: dict[str, Any] = {"name": "Two", "approvals_required": 2}
    rule = code.mia.post(path, **fields, protected_branch_ids=[made["id"]])
    assert [branch["name"] for branch in rule["protected_branches"]] == ["stable"]
    code.mia.post(path, 404, name="x", approvals_required=1, protected_branch_ids=[99])
    code.mia.post(path, 400, name="x" * 1025, approvals_required=1)
    code.mia.post(path, 400, name="x", approvals_required=1, rule_type="report_approver")
    assert code.mia.get(f"{at(item)}/approvals")["approvals_required"] == 0
    code.mia.put(f"{path}/{rule['id']}", applies_to_all_protected_branches=True)
    assert code.mia.get(f"{at(item)}/approvals")["approvals_required"] == 2
    sent = {"name": "Mine", "approvals_required": 1, "approval_project_rule_id": rule["id"]}
    own = code.mia.post(f"{at(item)}/approval_rules", **sent)
    assert (own["name"], own["overridden"]) == ("Two", True)
    assert own["source_rule"] == {"approvals_required": 2}
    code.mia.post(f"{at(item)}/approval_rules", 404, **(sent | {"approval_project_rule_id": 99}))
