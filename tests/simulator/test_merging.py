"""What merging leaves behind: https://docs.gitlab.com/user/project/merge_requests/."""

from typing import Any

import pytest

from tests.simulator.conftest import World
from tests.simulator.test_requests import at, commit, request
from tests.simulator.test_requests import code as code  # noqa: PLC0414 - the fixture


def branches(world: World) -> set[str]:
    """The names of the branches that are there."""
    return {entry["name"] for entry in world.rita.get(f"{world.path}/repository/branches")}


def test_default_branch_outlives_merging(code: World) -> None:
    """Also where it is not protected, and whatever is asked for."""
    code.dora.post(f"{code.path}/repository/branches", branch="release", ref="main")
    code.mia.delete(f"{code.path}/protected_branches/main")
    page = {"action": "create", "file_path": "new.md", "content": "new\n"}
    fields: dict[str, Any] = {"branch": "main", "commit_message": "Add", "actions": [page]}
    code.dora.post(f"{code.path}/repository/commits", **fields)
    item = request(code, source_branch="main", target_branch="release")
    code.dora.put(f"{at(item)}/merge", should_remove_source_branch=True)
    assert branches(code) == {"main", "topic", "release"}


def test_protected_branch_outlives_merging(code: World) -> None:
    """Even where those who merge may push to it."""
    code.mia.post(f"{code.path}/protected_branches", name="top*", push_access_level=30)
    item = request(code, remove_source_branch=True)
    code.mia.put(f"{at(item)}/merge", should_remove_source_branch=True)
    assert branches(code) == {"main", "topic"}


@pytest.mark.parametrize(("ahead", "left"), [(True, {"main"}), (False, {"main", "topic"})])
def test_source_branch_in_a_fork_goes_with_who_may_push_there(
    code: World, ahead: bool, left: set[str]
) -> None:
    """The author, who asked for it ahead, may; who merges and asks for it then, may not."""
    fork = f"/projects/{code.dora.post(f'{code.path}/fork', visibility='private')['id']}"
    fields: dict[str, Any] = {"source_branch": "topic", "target_branch": "main", "title": "Page"}
    fields |= {"target_project_id": code.project["id"], "remove_source_branch": ahead}
    item = code.dora.post(f"{fork}/merge_requests", **fields)
    code.mia.put(f"{at(item)}/merge", **({} if ahead else {"should_remove_source_branch": True}))
    assert {entry["name"] for entry in code.dora.get(f"{fork}/repository/branches")} == left


def test_head_pipeline_is_the_newest_of_a_request(code: World) -> None:
    """Those of the branch come after those made for a merge request, however new they are."""
    path = f"{code.path}/pipeline"
    item = request(code)

    def head() -> Any:
        return code.rita.get(at(item))["head_pipeline"]["id"]

    of_branch = [code.dora.post(path, ref="topic")["id"] for _ in range(2)]
    assert head() == of_branch[-1]
    of_request = code.dora.post(f"{at(item)}/pipelines")["id"]
    code.dora.post(path, ref="topic")
    assert head() == of_request


def test_head_pipeline_may_be_of_the_target_though_the_fork_has_one(code: World) -> None:
    """The newest counts, in whichever project it is."""
    fork = f"/projects/{code.dora.post(f'{code.path}/fork')['id']}"
    fields = {"source_branch": "topic", "target_branch": "main", "title": "Page"}
    item = code.dora.post(f"{fork}/merge_requests", target_project_id=1, **fields)
    code.dora.post(f"{fork}/statuses/{item['sha']}", state="failed")
    code.dora.post(f"{code.path}/statuses/{item['sha']}", state="success")
    assert code.rita.get(at(item))["head_pipeline"]["status"] == "success"


RUN = {"action": "chmod", "file_path": "README.md", "execute_filemode": True}
REST = RUN | {"execute_filemode": False}


def can_run(world: World, ref: str = "main", path: str = "README.md") -> bool:
    """Whether a file can be run."""
    shown = world.rita.get(f"{world.path}/repository/files/{path}", ref=ref)
    return bool(shown["execute_filemode"])


def test_merging_brings_modes(code: World) -> None:
    """A request that changes nothing but a mode shows it, and merging sets or takes it back."""
    code.dora.post(f"{code.path}/repository/branches", branch="mode", ref="main")
    commit(code, "dora", "mode", "Let it run", [RUN])
    item = request(code, source_branch="mode")
    [shown] = code.rita.get(f"{at(item)}/diffs")
    assert (shown["a_mode"], shown["b_mode"], shown["diff"]) == ("100644", "100755", "")
    code.mia.put(f"{at(item)}/merge")
    assert can_run(code)
    code.dora.post(f"{code.path}/repository/branches", branch="back", ref="main")
    commit(code, "dora", "back", "Let it rest", [REST])
    code.mia.put(f"{at(request(code, source_branch='back'))}/merge", squash=True)
    assert not can_run(code)


def test_mode_and_content_merge_and_a_removed_file_does_not(code: World) -> None:
    """As in git: one side may change the mode while the other changes the lines."""
    code.dora.post(f"{code.path}/repository/branches", branch="gone", ref="main")
    commit(code, "dora", "topic", "Let it run", [RUN])
    commit(code, "dora", "gone", "Remove", [{"action": "delete", "file_path": "README.md"}])
    change = {"action": "update", "file_path": "README.md", "content": "# Bye\n"}
    commit(code, "mia", "main", "Change", [change])
    code.mia.put(f"{at(request(code))}/merge")
    assert can_run(code)
    assert code.rita.get(at(request(code, source_branch="gone")))["has_conflicts"]


def test_rebasing_and_picking_keep_modes(code: World) -> None:
    """Commits that only change a mode are commits all the same."""
    made = commit(code, "dora", "topic", "Let it run", [RUN])
    page = {"action": "create", "file_path": "new.md", "content": "new\n"}
    commit(code, "mia", "main", "Go on", [page])
    item = request(code)
    code.dora.put(f"{at(item)}/rebase", 202)
    assert can_run(code, "topic")
    path = f"{code.path}/repository/commits/{made['id']}"
    code.mia.post(f"{path}/cherry_pick", branch="main")
    assert can_run(code)
    code.mia.post(f"{path}/revert", branch="main")
    assert not can_run(code)


def test_note_of_new_commits_shows_their_titles_as_text(code: World) -> None:
    """What looks like HTML in a title is none."""
    item = request(code)
    page = {"action": "create", "file_path": "new.md", "content": "new\n"}
    commit(code, "dora", "topic", "Don't <b>shout</b>\n\nat all", [page])
    [note] = code.rita.get(f"{at(item)}/notes")
    assert "Don&#39;t &lt;b&gt;shout&lt;/b&gt;</li>" in note["body"]


@pytest.mark.parametrize("message", ["", " \n"])
def test_commit_needs_a_message(code: World, message: str) -> None:
    """Whichever way it is made."""
    page: dict[str, Any] = {"file_path": "new.md", "content": "new\n"}
    sent = {"branch": "topic", "commit_message": message}
    answer = {"error": "commit_message is empty"}
    path, actions = f"{code.path}/repository", [page | {"action": "create"}]
    assert code.dora.post(f"{path}/commits", 400, **sent, actions=actions) == answer
    assert code.dora.post(f"{path}/files/new.md", 400, **sent, content="new\n") == answer
