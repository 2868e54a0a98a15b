"""Auto-merge: https://docs.gitlab.com/user/project/merge_requests/auto_merge/."""

from typing import Any

import pytest

from tests.simulator.conftest import World
from tests.simulator.test_requests import at, commit, request
from tests.simulator.test_requests import code as code  # noqa: PLC0414 - the fixture

CI = """
unit: {script: [pytest], rules: [{if: $CI_PIPELINE_SOURCE == "merge_request_event"}]}
"""


def status(world: World, item: Any, state: str) -> None:
    """An outside system reports on the head."""
    world.dora.post(f"{world.path}/statuses/{item['sha']}", state=state)


def wait(world: World, item: Any) -> Any:
    """Mia sets auto-merge."""
    return world.mia.put(f"{at(item)}/merge", auto_merge=True)


def by_command(world: World, item: Any) -> None:
    """Mia does so in a comment."""
    world.mia.post(f"{at(item)}/notes", 202, body="/merge", merge_request_diff_head_sha=item["sha"])


def seen(world: World, item: Any) -> tuple[Any, ...]:
    """How a merge request stands."""
    shown = world.rita.get(at(item))
    fields = ("state", "merge_when_pipeline_succeeds", "detailed_merge_status")
    return tuple(shown[field] for field in fields)


def notes(world: World, item: Any) -> list[str]:
    """What GitLab says of auto-merge, oldest first."""
    found = world.rita.get(f"{at(item)}/notes", sort="asc", order_by="created_at")
    return [n["body"] for n in found if n["system"] and "automatic merge" in n["body"]]


@pytest.mark.parametrize("tier", ["free", "premium"])
@pytest.mark.parametrize("ending", ["failed", "canceled"])
@pytest.mark.parametrize("ask", [wait, by_command])
def test_pipeline_that_ends_badly_merges_nothing(
    code: World, tier: str, ending: str, ask: Any
) -> None:
    """Though the project requires none; auto-merge stays set for a better one."""
    code.sim.tier = tier
    item = request(code)
    status(code, item, "running")
    ask(code, item)
    assert seen(code, item) == ("opened", True, "ci_still_running")
    status(code, item, ending)
    assert seen(code, item) == ("opened", True, "ci_must_pass")
    status(code, item, "success")
    assert seen(code, item)[0] == "merged"


def test_job_that_fails_merges_nothing(code: World) -> None:
    """The same with a pipeline of jobs."""
    action = {"action": "create", "file_path": ".gitlab-ci.yml", "content": CI}
    commit(code, "dora", "topic", "Test it", [action])
    item = request(code)
    wait(code, item)
    [job] = code.rita.get(f"{code.path}/jobs")
    code.client.put(f"/simulator/jobs/{job['id']}", json={"status": "failed"})
    assert seen(code, item) == ("opened", True, "ci_must_pass")


@pytest.mark.parametrize("ending", ["failed", "canceled", "skipped"])
def test_pipeline_that_has_ended_badly_refuses_auto_merge(code: World, ending: str) -> None:
    """There is nothing to wait for; without auto-merge it may be merged."""
    item = request(code)
    status(code, item, ending)
    code.mia.put(f"{at(item)}/merge", 405, auto_merge=True)
    assert seen(code, item) == ("opened", False, "mergeable")
    assert code.mia.put(f"{at(item)}/merge")["state"] == "merged"


@pytest.mark.parametrize("states", [(), ("success",)])
def test_auto_merge_without_anything_to_wait_for_merges(
    code: World, states: tuple[str, ...]
) -> None:
    """Without a pipeline, and after a good one."""
    item = request(code)
    for state in states:
        status(code, item, state)
    assert wait(code, item)["state"] == "merged"


def test_auto_merge_waits_for_people_and_the_pipeline(code: World) -> None:
    """Both have to be content, whoever is first; meanwhile nobody merges it at once."""
    code.mia.put(code.path, only_allow_merge_if_all_discussions_are_resolved=True)
    item = request(code)
    thread = code.rita.post(f"{at(item)}/discussions", body="Why?")
    status(code, item, "failed")
    assert wait(code, item)["merge_when_pipeline_succeeds"] is True
    code.dora.put(f"{at(item)}/discussions/{thread['id']}", resolved=True)
    assert seen(code, item) == ("opened", True, "ci_must_pass")
    code.mia.put(f"{at(item)}/merge", 405)
    status(code, item, "success")
    assert seen(code, item)[0] == "merged"


def test_pipeline_is_the_last_reason(code: World) -> None:
    """What else is against it is told first, and a conflict beside it is not told as the only."""
    code.mia.put(code.path, only_allow_merge_if_pipeline_succeeds=True)
    item = request(code)
    assert seen(code, item)[2] == "ci_must_pass"
    page = {"action": "create", "file_path": "docs/page.md", "content": "three\n"}
    commit(code, "mia", "main", "Add it, too", [page])
    assert seen(code, item)[2] == "conflict"
    code.mia.put(f"{at(item)}/merge", 405)
    status(code, item, "success")
    code.mia.put(f"{at(item)}/merge", 422)


def test_pipeline_of_a_fork_lets_auto_merge_go(code: World) -> None:
    """It belongs to the fork, the merge request to the project of origin."""
    fork = f"/projects/{code.dora.post(f'{code.path}/fork')['id']}"
    action = {"action": "create", "file_path": "fix.md", "content": "fixed"}
    change = {"branch": "fix", "start_branch": "main", "commit_message": "Fix"}
    code.dora.post(f"{fork}/repository/commits", **change, actions=[action])
    fields = {"source_branch": "fix", "target_branch": "main", "title": "Fix"}
    item = code.dora.post(f"{fork}/merge_requests", target_project_id=1, **fields)
    code.dora.post(f"{fork}/statuses/{item['sha']}", state="running")
    assert wait(code, item)["merge_when_pipeline_succeeds"] is True
    code.dora.post(f"{fork}/statuses/{item['sha']}", state="success")
    assert seen(code, item)[0] == "merged"


def retitle(world: World, item: Any) -> None:
    """Dora says so by the title."""
    world.dora.put(at(item), title="A page")


def say_ready(world: World, item: Any) -> None:
    """Dora says so in a comment."""
    world.dora.post(f"{at(item)}/notes", 202, body="/ready")


@pytest.mark.parametrize("make_ready", [retitle, say_ready])
def test_draft_that_is_ready_merges(code: World, make_ready: Any) -> None:
    """Where auto-merge waits for nothing else; in the name of who set it."""
    item = request(code, title="Draft: A page")
    wait(code, item)
    assert seen(code, item) == ("opened", True, "draft_status")
    make_ready(code, item)
    shown = code.rita.get(at(item))
    assert (shown["state"], shown["merge_user"]["username"]) == ("merged", "mia")


def test_auto_merge_never_waits_for_a_conflict(code: World) -> None:
    """Even where something else is in the way that it would wait for."""
    item = request(code, title="Draft: A page")
    page = {"action": "create", "file_path": "docs/page.md", "content": "three\n"}
    commit(code, "mia", "main", "Add it, too", [page])
    code.mia.put(f"{at(item)}/merge", 405, auto_merge=True)
    code.mia.put(at(item), title="A page")
    code.mia.put(f"{at(item)}/merge", 422, auto_merge=True)
    assert seen(code, item) == ("opened", False, "conflict")


def test_auto_merge_leaves_notes(code: World) -> None:
    """When it is set, once, and when somebody cancels it."""
    item = request(code)
    status(code, item, "running")
    wait(code, item)
    wait(code, item)
    code.mia.post(f"{at(item)}/cancel_merge_when_pipeline_succeeds")
    enabled = f"enabled an automatic merge when all merge checks for {item['sha']} pass"
    assert notes(code, item) == [enabled, "canceled the automatic merge"]


def close(world: World, item: Any) -> None:
    """Mia closes it."""
    world.mia.put(at(item), state_event="close")


def retarget(world: World, item: Any) -> None:
    """Mia lets it go elsewhere."""
    world.mia.post(f"{world.path}/repository/branches", branch="old", ref="main")
    world.mia.put(at(item), target_branch="old")


def push(world: World, branch: str) -> None:
    """Mia adds a file."""
    action = {"action": "create", "file_path": f"{branch}.md", "content": "more\n"}
    commit(world, "mia", branch, "More", [action])


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (close, "merge request was closed"),
        (retarget, "target branch was changed"),
        (lambda world, _: push(world, "topic"), "the source branch was updated. [Learn more]("),
    ],
    ids=["close", "retarget", "push"],
)
def test_change_aborts_auto_merge(code: World, change: Any, why: str) -> None:
    """It says why; a good pipeline merges nothing after that, nor after reopening."""
    item = request(code)
    status(code, item, "running")
    wait(code, item)
    change(code, item)
    code.mia.put(at(item), state_event="reopen")
    status(code, item, "success")
    shown = code.rita.get(at(item))
    assert (shown["state"], shown["merge_when_pipeline_succeeds"]) == ("opened", False)
    assert shown["merge_user"] is None
    assert notes(code, item)[-1].startswith(f"aborted the automatic merge because {why}")


@pytest.mark.parametrize(("method", "waits"), [("ff", False), ("merge", True)])
def test_target_that_goes_on_aborts_auto_merge(code: World, method: str, waits: bool) -> None:
    """Only where the request has to be rebased."""
    code.mia.put(code.path, merge_method=method)
    item = request(code)
    status(code, item, "running")
    wait(code, item)
    push(code, "main")
    assert code.rita.get(at(item))["merge_when_pipeline_succeeds"] is waits
    aborted = "aborted the automatic merge because target branch was updated"
    assert (aborted in notes(code, item)) is not waits
