"""Files, commits and branches beyond the usual: who wrote what, and what must not be lost.

https://docs.gitlab.com/api/repository_files/, https://docs.gitlab.com/api/commits/ and
https://docs.gitlab.com/api/branches/
"""

from datetime import timedelta
from typing import Any

import pytest

from tests.simulator.conftest import World
from tests.simulator.test_requests import at, commit, request
from tests.simulator.test_requests import code as code  # noqa: PLC0414 - the fixture

PAGE = "repository/files/docs%2Fpage.md"


def change(world: World, path: str, content: str, **fields: Any) -> Any:
    """One changed file on `topic`, as a commit."""
    action = {"action": "update", "file_path": path, "content": content}
    return commit(world, "dora", "topic", fields.pop("message", "Change"), [action | fields])


def test_file_that_changed_meanwhile_is_not_overwritten(code: World) -> None:
    """`last_commit_id` is the commit the writer knows; by file or by action."""
    at = f"{code.path}/{PAGE}"
    known = code.rita.get(at, ref="topic")["last_commit_id"]
    change(code, "docs/page.md", "else\n", last_commit_id=known)
    fields = {"branch": "topic", "commit_message": "Mine", "last_commit_id": known}
    refused = code.dora.put(at, 400, content="mine\n", **fields)
    assert refused["message"].endswith("has changed since you started editing it.")
    answer = code.client.request(
        "DELETE", f"/api/v4{at}", json=fields, headers={"PRIVATE-TOKEN": code.dora.token or ""}
    )
    assert (answer.status_code, "previously updated" in answer.text) == (400, True)
    action = {"action": "chmod", "file_path": "docs/page.md", "last_commit_id": known}
    path = f"{code.path}/repository/commits"
    actions = [action | {"execute_filemode": True}]
    code.dora.post(path, 400, branch="topic", commit_message="x", actions=actions)


def test_commits_have_the_author_that_is_sent(code: World) -> None:
    """The caller stays the committer; both filters and blame know who it was."""
    fields = {"branch": "topic", "commit_message": "Theirs\n\nHelped-by: Ann\nRefs: #1"}
    who = {"author_name": "Ann", "author_email": "ann@x.test"}
    code.sim.clock.advance(timedelta(minutes=1))
    code.dora.put(f"{code.path}/{PAGE}", content="one\nnew\ntwo\n", **fields, **who)
    found = code.rita.get(f"{code.path}/repository/commits", ref_name="topic", author="ann")
    assert [c["author_email"] for c in found] == ["ann@x.test"]
    assert (found[0]["committer_name"], "stats" in found[0]) == ("Dora", False)
    assert found[0]["trailers"] == {"Helped-by": "Ann", "Refs": "#1"}
    assert found[0]["extended_trailers"] == {"Helped-by": ["Ann"], "Refs": ["#1"]}
    listed = code.rita.get(f"{code.path}/repository/commits", ref_name="topic", with_stats=True)
    assert listed[0]["stats"] == {"additions": 1, "deletions": 0, "total": 1}
    assert "stats" not in code.rita.get(
        f"{code.path}/repository/commits/{found[0]['id']}", stats=False
    )
    blame = code.rita.get(f"{code.path}/{PAGE}/blame", ref="topic")
    assert [(e["commit"]["author_name"], e["lines"]) for e in blame] == [
        ("Dora", ["one"]),
        ("Ann", ["new"]),
        ("Dora", ["two"]),
    ]
    part = {"ref": "topic", "range[start]": 2, "range[end]": 2}
    assert len(code.rita.get(f"{code.path}/{PAGE}/blame", **part)) == 1
    for wrong in ({"range[start]": 3, "range[end]": 2}, {"range[start]": 9, "range[end]": 9}):
        code.rita.get(f"{code.path}/{PAGE}/blame", 400, ref="topic", **wrong)
    code.rita.get(f"{code.path}/{PAGE}/blame", 400, ref="topic", **{"range[start]": 1})


def test_modes_follow_the_file(code: World) -> None:
    """What can be run is told by the file, the tree and a moved file."""
    chmod = {"action": "chmod", "file_path": "docs/page.md", "execute_filemode": True}
    commit(code, "dora", "topic", "Run it", [chmod])
    assert code.rita.get(f"{code.path}/{PAGE}", ref="topic")["execute_filemode"] is True
    tree = code.rita.get(f"{code.path}/repository/tree", ref="topic", path="docs")
    assert [entry["mode"] for entry in tree] == ["100755"]
    move = {"action": "move", "file_path": "run.md", "previous_path": "docs/page.md"}
    commit(code, "dora", "topic", "Move it", [move])
    assert code.rita.get(f"{code.path}/repository/files/run.md", ref="topic")["execute_filemode"]
    still = {"action": "chmod", "file_path": "run.md", "execute_filemode": False}
    commit(code, "dora", "topic", "Not any more", [still])
    shown = code.rita.get(f"{code.path}/repository/files/run.md", ref="topic")
    assert shown["execute_filemode"] is False


WRONG: list[dict[str, Any]] = [
    {"action": "create", "file_path": "../x", "content": ""},
    {"action": "create", "file_path": "README.md", "content": ""},
    {"action": "update", "file_path": "none.md", "content": ""},
    {"action": "chmod", "file_path": "none.md", "execute_filemode": True},
    {"action": "move", "file_path": "new.md", "previous_path": "none.md"},
    {"action": "move", "file_path": "README.md", "previous_path": "docs/page.md"},
    {"action": "create", "file_path": "new.md", "content": "a", "encoding": "base64"},
    {"action": "create", "file_path": "new.md", "content": "", "encoding": "utf-7"},
]


@pytest.mark.parametrize("action", WRONG, ids=[f"{w['action']} {w['file_path']}" for w in WRONG])
def test_wrong_file_actions_change_nothing(code: World, action: dict[str, Any]) -> None:
    """400, and the branch stays where it was."""
    before = code.rita.get(f"{code.path}/repository/branches/topic")["commit"]["id"]
    path = f"{code.path}/repository/commits"
    code.dora.post(path, 400, branch="topic", commit_message="x", actions=[action])
    assert code.rita.get(f"{code.path}/repository/branches/topic")["commit"]["id"] == before


def test_trees_go_by_keyset(code: World) -> None:
    """`page_token` is the last entry seen."""
    headers = {"PRIVATE-TOKEN": code.rita.token or ""}
    params = {"ref": "topic", "pagination": "keyset", "per_page": "1", "recursive": "true"}
    names, address = [], f"/api/v4{code.path}/repository/tree"
    answer = code.client.get(address, params=params, headers=headers)
    names += [entry["path"] for entry in answer.json()]
    while "next" in answer.links:
        answer = code.client.get(answer.links["next"]["url"], headers=headers)
        names += [entry["path"] for entry in answer.json()]
    assert names == ["docs", "README.md", "docs/page.md"]
    code.rita.get(f"{code.path}/repository/tree", 404, path="nowhere")


@pytest.mark.parametrize("kind", ["branches", "tags"])
def test_branches_and_tags_go_by_keyset(code: World, kind: str) -> None:
    """`page_token` is the name of the last one seen; it has to be there."""
    headers = {"PRIVATE-TOKEN": code.dora.token or ""}
    for name in ("v1", "v2", "v3"):
        code.dora.post(f"{code.path}/repository/tags", tag_name=name, ref="main")
    address = f"/api/v4{code.path}/repository/{kind}"
    seen = code.client.get(address, params={"pagination": "keyset"}, headers=headers).json()
    answer = code.client.get(
        address, params={"pagination": "keyset", "per_page": "1"}, headers=headers
    )
    names = [entry["name"] for entry in answer.json()]
    while "next" in answer.links:
        answer = code.client.get(answer.links["next"]["url"], headers=headers)
        names += [entry["name"] for entry in answer.json()]
    assert names == [entry["name"] for entry in seen]
    path = f"{code.path}/repository/{kind}"
    told = code.dora.get(path, 422, pagination="keyset", page_token="unknown")
    refs = {"branches": "heads", "tags": "tags"}[kind]
    assert told == {"message": f"Invalid page token: refs/{refs}/unknown"}


def go_on(code: World) -> None:
    """A commit on `main`."""
    count = len(code.rita.get(f"{code.path}/repository/tree"))
    action = {"action": "create", "file_path": f"{count}.md", "content": "more\n"}
    commit(code, "mia", "main", "Go on", [action])


def test_branches_are_sorted_matched_and_tidied(code: World) -> None:
    """By name or time, by pattern; merged ones go, protected ones stay."""
    path = f"{code.path}/repository/branches"
    code.dora.post(path, branch="done", ref="main")
    go_on(code)
    assert [b["name"] for b in code.rita.get(path, regex="^(done|to)")] == ["done", "topic"]
    code.rita.get(path, 400, regex="(")
    code.sim.clock.advance(timedelta(minutes=1))
    change(code, "docs/page.md", "newer\n")
    assert code.rita.get(path, sort="updated_desc")[0]["name"] == "topic"
    assert code.rita.get(path, sort="updated_asc")[-1]["name"] == "topic"
    code.dora.delete(f"{code.path}/repository/merged_branches", 202)
    assert [b["name"] for b in code.rita.get(path)] == ["main", "topic"]
    code.rita.delete(f"{code.path}/repository/merged_branches", 403)


def test_fresh_branch_is_not_merged(code: World) -> None:
    """It is, and can be tidied away, only once the default branch is ahead of it."""
    path = f"{code.path}/repository/branches"
    code.dora.post(path, branch="fresh", ref="main")
    assert code.rita.get(f"{path}/fresh")["merged"] is False
    code.dora.delete(f"{code.path}/repository/merged_branches", 202)
    assert code.rita.get(f"{path}/fresh")["merged"] is False
    go_on(code)
    shown = {entry["name"]: entry["merged"] for entry in code.rita.get(path)}
    assert shown == {"fresh": True, "main": False, "topic": False}
    code.dora.delete(f"{code.path}/repository/merged_branches", 202)
    code.rita.get(f"{path}/fresh", 404)


def test_branches_of_open_requests_are_not_tidied_away(code: World) -> None:
    """Neither those they come from nor those they go into, though they are merged."""
    path = f"{code.path}/repository/branches"
    code.dora.post(path, branch="old", ref="main")
    go_on(code)
    code.dora.post(path, branch="newer", ref="main")
    go_on(code)
    item = request(code, source_branch="newer", target_branch="old")
    code.dora.delete(f"{code.path}/repository/merged_branches", 202)
    assert [b["name"] for b in code.rita.get(path)] == ["main", "newer", "old", "topic"]
    code.dora.put(at(item), state_event="close")
    code.dora.delete(f"{code.path}/repository/merged_branches", 202)
    assert [b["name"] for b in code.rita.get(path)] == ["main", "topic"]


def test_ranges_of_commits(code: World) -> None:
    """`a..b`, the main line alone, and comparing with the project forked from."""
    path = f"{code.path}/repository/commits"
    change(code, "docs/page.md", "newer\n", message="Newer")
    titles = [c["title"] for c in code.rita.get(path, ref_name="main..topic")]
    assert titles == ["Newer", "Add a page"]
    assert len(code.rita.get(path, ref_name="topic", first_parent=True)) == 3
    code.rita.get(path, 404, ref_name="main..nowhere")
    fork = code.dora.post(f"{code.path}/fork", path="mine")
    shown = code.dora.get(
        f"/projects/{fork['id']}/repository/compare",
        **{"from": "main", "to": "topic", "from_project_id": code.project["id"]},
    )
    assert len(shown["commits"]) == 2
    assert shown["web_url"].count("...") == 1


def test_branch_is_asked_for_by_its_head(code: World) -> None:
    """204 where it is, 404 where it is not."""
    code.dora.call("HEAD", f"{code.path}/repository/branches/main", 204)
    headers = {"PRIVATE-TOKEN": code.dora.token or ""}
    path = f"/api/v4{code.path}/repository/branches/nope"
    assert code.client.head(path, headers=headers).status_code == 404


def test_raw_file_is_plain_text(code: World) -> None:
    """Whatever is in it."""
    path = f"/api/v4{code.path}/repository/files/docs%2Fpage.md/raw?ref=topic"
    answer = code.client.get(path, headers={"PRIVATE-TOKEN": code.dora.token or ""})
    assert answer.headers["content-type"].split(";")[0] == "text/plain"
