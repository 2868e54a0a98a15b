"""Attributes that the pages on commits, files and the repository document.

https://docs.gitlab.com/api/commits/, https://docs.gitlab.com/api/repository_files/,
https://docs.gitlab.com/api/repositories/
"""

from typing import Any

from tests.simulator.conftest import World
from tests.simulator.test_requests import at, commit, request
from tests.simulator.test_requests import code as code  # noqa: PLC0414 - the fixture


def commits(world: World) -> str:
    """The API path of the commits."""
    return f"{world.path}/repository/commits"


def test_commits_are_never_counted(code: World) -> None:
    """The headers with totals are left out."""
    headers = {"PRIVATE-TOKEN": code.rita.token or ""}
    answer = code.client.get(f"/api/v4{commits(code)}", headers=headers)
    assert "x-total" not in answer.headers
    assert answer.headers["x-page"] == "1"
    assert 'rel="last"' not in answer.headers["link"]


def test_history_follows_renames(code: World) -> None:
    """A file has the commits of its old name too, unless told otherwise."""
    move = {"action": "move", "file_path": "new.md", "previous_path": "docs/page.md"}
    commit(code, "dora", "topic", "Move", [move])
    sent: dict[str, Any] = {"ref_name": "topic", "path": "new.md"}
    found = code.rita.get(commits(code), **sent)
    assert [entry["title"] for entry in found] == ["Move", "Add a page"]
    assert len(code.rita.get(commits(code), follow=False, **sent)) == 1


def test_commit_begins_where_it_is_told(code: World) -> None:
    """A full id, or a branch, never both; nothing to do needs a word."""
    head = code.rita.get(f"{commits(code)}/main")["id"]
    usual = {"branch": "third", "commit_message": "Go"}
    code.dora.post(
        commits(code), 400, **usual, start_sha=head, start_branch="main", allow_empty=True
    )
    code.dora.post(commits(code), 400, **usual, start_sha=head[:8], allow_empty=True)
    code.dora.post(commits(code), 400, **usual, start_sha=head)
    made = code.dora.post(commits(code), **usual, start_sha=head, allow_empty=True)
    assert (made["parent_ids"], made["status"], made["stats"]["total"]) == ([head], None, 0)


def test_file_must_change(code: World) -> None:
    """The same content again is refused."""
    path = f"{code.path}/repository/files/docs%2Fpage.md"
    sent = {"branch": "topic", "commit_message": "Again"}
    code.dora.put(path, 400, content="one\ntwo\n", **sent)
    code.dora.put(path, content="one\ntwo\n", execute_filemode=True, **sent)


def test_reading_takes_what_is_documented(code: World) -> None:
    """Kinds of refs, unified differences, order of people, merge requests by state."""
    item = request(code)
    sha = item["sha"]
    found = code.rita.get(f"{commits(code)}/{sha}/refs", type="tag")
    assert found == []
    code.rita.get(f"{commits(code)}/{sha}/refs", 400, type="note")
    shown = code.rita.get(f"{commits(code)}/{sha}/diff", unidiff=True)
    assert shown[0]["diff"].startswith("--- /dev/null\n+++ b/docs/page.md\n")
    compared = code.rita.get(
        f"{code.path}/repository/compare", **{"from": "main", "to": "topic", "unidiff": True}
    )
    assert compared["diffs"][0]["diff"].startswith("---")
    people = f"{code.path}/repository/contributors"
    assert len(code.rita.get(people, ref="topic", order_by="name", sort="desc")) == 2
    code.rita.get(people, 400, order_by="age")
    related = f"{commits(code)}/{sha}/merge_requests"
    assert [r["iid"] for r in code.rita.get(related, state="opened")] == [item["iid"]]
    assert code.rita.get(related, state="merged") == []
    refused = code.rita.get(f"{commits(code)}/{sha}/signature", 404)
    assert refused["message"] == "404 Signature Not Found"
    assert code.dora.get(at(item))["changes_count"] == "1"


def related(world: World, ref: str) -> list[int]:
    """The numbers of the merge requests that a commit, branch or tag came with."""
    return [item["iid"] for item in world.rita.get(f"{commits(world)}/{ref}/merge_requests")]


def test_commits_made_by_merging_lead_to_the_request(code: World) -> None:
    """The merge commit, the squash commit and those squashed; not what was there before."""
    item = request(code, squash=True)
    before = code.rita.get(f"{commits(code)}/main")["id"]
    merged = code.mia.put(f"{at(item)}/merge")
    for sha in (merged["merge_commit_sha"], merged["squash_commit_sha"], merged["sha"]):
        assert related(code, sha) == [item["iid"]]
        assert related(code, sha[:8]) == [item["iid"]]
    assert related(code, before) == []


def test_names_lead_to_requests_as_commits_do(code: World) -> None:
    """A branch or tag stands for its commit; of several merge requests the newest is first."""
    code.dora.post(f"{code.path}/repository/branches", branch="next", ref="main")
    first, second = request(code), request(code, target_branch="next")
    code.mia.post(f"{code.path}/repository/tags", tag_name="v1", ref="topic")
    assert related(code, "topic") == [second["iid"], first["iid"]]
    assert related(code, "v1") == [second["iid"], first["iid"]]
    assert related(code, "main") == []


def test_requests_of_a_commit_need_a_commit_and_its_code(code: World) -> None:
    """An unknown commit is not found; who may not read the code is refused."""
    path = f"{commits(code)}/nope/merge_requests"
    assert code.rita.get(path, 404)["message"] == "404 Commit Not Found"
    code.gus.get(f"{commits(code)}/topic/merge_requests", 403)


def test_comment_lies_on_a_line_that_is_there(code: World) -> None:
    """Else it is about the commit as a whole."""
    path = f"{commits(code)}/topic/comments"
    good = {"note": "Nice", "path": "docs/page.md", "line": 2, "line_type": "new"}
    assert code.rita.post(path, **good)["line"] == 2
    for bad in ({"line": 9}, {"path": "none.md"}, {"line_type": "old"}):
        shown = code.rita.post(path, **(good | bad))
        assert (shown["path"], shown["line"], shown["line_type"]) == (None, None, None)


def test_threads_on_commits_are_like_others(code: World) -> None:
    """A thread is none of a single note; it may lie on a line and be dated by Owners."""
    path = f"{commits(code)}/topic/discussions"
    head = code.rita.get(f"{commits(code)}/topic")
    refs = {"base_sha": head["parent_ids"][0], "start_sha": head["parent_ids"][0]}
    place = refs | {"head_sha": head["id"], "position_type": "text", "new_line": 1}
    place |= {"new_path": "docs/page.md", "old_path": "docs/page.md"}
    made = code.olga.post(path, body="Hm", position=place, created_at="2026-01-01T00:00:00Z")
    [note] = made["notes"]
    assert (made["individual_note"], note["type"]) == (False, "DiffNote")
    assert (note["created_at"], note["position"]["new_line"]) == ("2026-01-01T00:00:00.000Z", 1)
    reply = code.rita.post(f"{path}/{made['id']}/notes", body="Yes")
    assert reply["type"] == "DiffNote"
    code.rita.post(path, 400, body="Hm", position=place | {"new_line": 99})
    plain = code.rita.post(f"{commits(code)}/topic/comments", note="One")
    assert plain["note"] == "One"
    assert code.rita.get(path)[-1]["individual_note"] is True


def test_statuses_have_short_texts(code: World) -> None:
    """255 characters for the address, the text and the ref."""
    sha = code.rita.get(f"{commits(code)}/topic")["id"]
    refused = code.dora.post(
        f"{code.path}/statuses/{sha}", 400, state="success", target_url="git://ci.test"
    )["message"]
    assert refused == {"target_url": ["is blocked: Only allowed schemes are http, https"]}
    for name in ("target_url", "description", "ref"):
        refused = code.dora.post(
            f"{code.path}/statuses/{sha}", 400, state="success", **{name: "x" * 256}
        )
        assert refused["message"] == {name: ["is too long (maximum is 255 characters)"]}
