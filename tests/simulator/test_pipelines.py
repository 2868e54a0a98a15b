"""Pipelines, their jobs, and commit statuses.

https://docs.gitlab.com/api/pipelines/, https://docs.gitlab.com/api/jobs/ and
https://docs.gitlab.com/api/commits/#commit-status
"""

from datetime import timedelta
from typing import Any

import pytest

from tests.simulator.conftest import World
from tests.simulator.test_requests import code as code  # noqa: PLC0414 - the fixture
from tests.simulator.test_requests import commit

CI = """
workflow: {name: Nightly}
stages: [build, test, deploy]
cache: {paths: [tmp]}
.template: {script: [echo]}
compile: {stage: build, script: [make]}
lint: {script: [ruff], allow_failure: true}
unit: {stage: test, script: [pytest]}
ship: {stage: deploy, script: [ship], when: manual}
review: {script: [look], rules: [{if: $CI_PIPELINE_SOURCE == "merge_request_event"}]}
"""


@pytest.fixture
def ci(code: World) -> World:
    """A branch `ci` with a CI file, which has started a pipeline by being pushed."""
    code.dora.post(f"{code.path}/repository/branches", branch="ci", ref="main")
    action = {"action": "create", "file_path": ".gitlab-ci.yml", "content": CI}
    commit(code, "dora", "ci", "Build it", [action])
    code.sim.outbox.take()
    return code


def jobs(world: World, number: int, **params: Any) -> dict[str, str]:
    """The statuses of a pipeline's jobs, by name."""
    found = world.rita.get(f"{world.path}/pipelines/{number}/jobs", **params)
    return {job["name"]: job["status"] for job in found}


def end(world: World, number: int, name: str, status: str = "success") -> None:
    """Let a job end as a runner would."""
    found = world.rita.get(f"{world.path}/pipelines/{number}/jobs")
    job = next(job for job in found if job["name"] == name)
    answer = world.client.put(f"/simulator/jobs/{job['id']}", json={"status": status})
    assert answer.status_code == 200, answer.text


def test_jobs_come_from_the_ci_file_and_go_stage_by_stage(ci: World) -> None:
    """Manual jobs wait for somebody; what may fail does not stop the rest."""
    made = ci.dora.post(f"{ci.path}/pipeline", ref="ci")
    number = made["id"]
    assert (made["status"], made["name"]) == ("pending", "Nightly")
    first = {"compile": "pending", "lint": "created", "unit": "created", "ship": "created"}
    assert jobs(ci, number) == first
    end(ci, number, "compile")
    end(ci, number, "lint", "failed")
    assert ci.rita.get(f"{ci.path}/pipelines/{number}")["status"] == "running"
    ci.sim.clock.advance(timedelta(minutes=1))
    end(ci, number, "unit")
    assert jobs(ci, number)["ship"] == "manual"
    shown = ci.rita.get(f"{ci.path}/pipelines/{number}")
    assert (shown["status"], shown["duration"]) == ("success", 60)


def test_jobs_are_shown_as_documented(ci: World) -> None:
    """One by one, of a pipeline and of a project, by state."""
    number = ci.dora.post(f"{ci.path}/pipeline", ref="ci")["id"]
    found = ci.rita.get(f"{ci.path}/jobs", **{"scope[]": "pending"})
    assert {job["name"] for job in found} == {"compile"}
    job = ci.rita.get(f"{ci.path}/jobs/{found[0]['id']}")
    assert (job["stage"], job["ref"], job["pipeline"]["id"]) == ("build", "ci", number)
    assert (job["artifacts"], job["runner"], job["user"]["username"]) == ([], None, "dora")
    at = f"{ci.path}/jobs/{job['id']}"
    ci.rita.get(f"{at}/artifacts", 404)
    answer = ci.client.get(f"/api/v4{at}/trace", headers={"PRIVATE-TOKEN": ci.rita.token or ""})
    assert (answer.status_code, answer.text) == (200, "")
    ci.rita.get(f"{ci.path}/jobs/99", 404)
    ci.rita.get(f"{ci.path}/jobs", 400, scope="asleep")
    assert ci.rita.get(f"{ci.path}/pipelines/{number}/bridges") == []


def test_jobs_are_canceled_retried_played_and_erased(ci: World) -> None:
    """By Developers, each when it can be; a new job replaces the one retried."""
    number = ci.dora.post(f"{ci.path}/pipeline", ref="ci")["id"]
    first = next(
        j for j in ci.rita.get(f"{ci.path}/pipelines/{number}/jobs") if j["name"] == "compile"
    )
    at = f"{ci.path}/jobs/{first['id']}"
    ci.rita.post(f"{at}/cancel", 403)
    ci.dora.post(f"{at}/retry", 403)
    ci.dora.post(f"{at}/erase", 403)
    ci.dora.post(f"{at}/play", 400)
    assert ci.dora.post(f"{at}/cancel")["status"] == "canceled"
    ci.dora.post(f"{at}/cancel", 403)
    assert ci.dora.post(f"{at}/erase")["erased_at"]
    again = ci.dora.post(f"{at}/retry")
    assert (again["status"], again["id"] > first["id"]) == ("pending", True)
    ci.dora.post(f"{at}/retry", 403)
    every = ci.rita.get(f"{ci.path}/pipelines/{number}/jobs", include_retried=True)
    assert len([job for job in every if job["name"] == "compile"]) == 2
    for name in ("compile", "lint", "unit"):
        end(ci, number, name)
    ship = next(j for j in ci.rita.get(f"{ci.path}/pipelines/{number}/jobs") if j["name"] == "ship")
    played = ci.mia.post(f"{ci.path}/jobs/{ship['id']}/play")
    assert (played["status"], played["user"]["username"]) == ("pending", "mia")


def test_pipelines_are_canceled_and_retried_with_their_jobs(ci: World) -> None:
    """What is over stays; the rest is canceled, and comes again."""
    number = ci.dora.post(f"{ci.path}/pipeline", ref="ci")["id"]
    end(ci, number, "compile")
    at = f"{ci.path}/pipelines/{number}"
    assert ci.dora.post(f"{at}/cancel", 200)["status"] == "canceled"
    assert jobs(ci, number)["unit"] == "canceled"
    assert ci.dora.post(f"{at}/retry")["status"] == "running"
    assert jobs(ci, number) == {
        "compile": "success",
        "lint": "pending",
        "unit": "pending",
        "ship": "manual",
    }


def test_pipeline_needs_a_job_for_its_source(ci: World) -> None:
    """Without one it is refused; a merge request has its own."""
    action = {
        "action": "update",
        "file_path": ".gitlab-ci.yml",
        "content": "a: {script: [x], rules: [{if: $CI_PIPELINE_SOURCE == 'push'}]}",
    }
    commit(ci, "dora", "ci", "Only pushes", [action])
    before = len(ci.rita.get(f"{ci.path}/pipelines"))
    refused = ci.dora.post(f"{ci.path}/pipeline", 400, ref="ci")
    assert refused["message"]["base"][0].startswith("Pipeline will not run")
    assert len(ci.rita.get(f"{ci.path}/pipelines")) == before


def test_rebase_may_skip_the_pipeline_of_the_branch(ci: World) -> None:
    """That of the merge request is started all the same."""
    fields = {"source_branch": "ci", "target_branch": "main", "title": "Build"}
    at = f"{ci.path}/merge_requests/{ci.dora.post(f'{ci.path}/merge_requests', **fields)['iid']}"
    for skipped, sources in (
        (True, ["merge_request_event"]),
        (False, ["merge_request_event", "push"]),
    ):
        more = {"action": "create", "file_path": f"{skipped}.md", "content": "x"}
        commit(ci, "mia", "main", "Go on", [more])
        ci.mia.put(f"{at}/rebase", 202, skip_ci=skipped)
        found = ci.mia.get(f"{ci.path}/pipelines", sha=ci.mia.get(at)["sha"])
        assert sorted(pipeline["source"] for pipeline in found) == sources


def test_pipelines_have_variables_and_names(code: World) -> None:
    """Variables as they were sent, for Developers; names can be changed."""
    sent = [{"key": "A", "value": "1"}, {"key": "B", "value": "x", "variable_type": "file"}]
    made = code.dora.post(f"{code.path}/pipeline", ref="topic", variables=sent)
    at = f"{code.path}/pipelines/{made['id']}"
    assert code.dora.get(f"{at}/variables") == [
        {"key": "A", "value": "1", "variable_type": "env_var"},
        {"key": "B", "value": "x", "variable_type": "file"},
    ]
    code.rita.get(f"{at}/variables", 403)
    code.dora.post(f"{code.path}/pipeline", 400, ref="topic", variables="A=1")
    code.dora.post(f"{code.path}/pipeline", 400, ref="topic", variables=[{"value": "1"}])
    assert code.dora.put(f"{at}/metadata", name="Release")["name"] == "Release"
    assert len(code.rita.get(f"{code.path}/pipelines", name="Release")) == 1


def test_pipelines_are_filtered_and_ordered(code: World) -> None:
    """By every documented parameter."""
    path = f"{code.path}/pipelines"
    one = code.dora.post(f"{code.path}/pipeline", ref="topic")["id"]
    code.sim.clock.advance(timedelta(hours=1))
    two = code.mia.post(f"{code.path}/pipeline", ref="main")["id"]
    code.dora.post(f"{path}/{one}/cancel", 200)

    def found(**params: Any) -> list[int]:
        return [entry["id"] for entry in code.rita.get(path, **params)]

    assert found() == [two, one]
    assert found(sort="asc") == [one, two]
    assert found(order_by="ref", sort="asc") == [two, one]
    assert found(order_by="user_id", sort="asc") == [one, two]
    assert found(username="mia") == [two]
    assert found(scope="finished") == [one]
    assert found(scope="running") == []
    assert found(scope="branches") == [two, one]
    assert found(scope="tags") == []
    assert found(created_after="2026-03-02T09:30:00Z") == [two]
    assert found(created_before="2026-03-02T09:30:00Z") == [one]
    assert found(updated_before="2026-03-02T09:30:00Z") == []
    assert found(yaml_errors=True) == []
    code.rita.get(path, 400, order_by="length")


def test_statuses_go_only_where_gitlab_lets_them(code: World) -> None:
    """Running to running is refused; what is over is followed by a new one."""
    sha = code.rita.get(f"{code.path}/repository/branches/topic")["commit"]["id"]
    at = f"{code.path}/statuses/{sha}"
    first = code.dora.post(at, state="pending", name="docs", coverage=80.5)
    assert (first["coverage"], first["started_at"], first["finished_at"]) == (80.5, None, None)
    running = code.dora.post(at, state="running", name="docs")
    assert (running["id"], running["started_at"] is not None) == (first["id"], True)
    refused = code.dora.post(at, 400, state="running", name="docs")
    assert refused["message"].startswith("Cannot transition status via :run from :running")
    code.dora.post(at, 400, state="skipped", name="docs")
    code.dora.post(at, state="success", name="docs")
    new = code.dora.post(at, state="failed", name="docs", description="broken")
    assert new["id"] > first["id"]
    listed = f"{code.path}/repository/commits/{sha}/statuses"
    assert [s["status"] for s in code.rita.get(listed)] == ["failed"]
    assert [s["status"] for s in code.rita.get(listed, all=True)] == ["success", "failed"]
    code.dora.post(at, state="success", name="lint")
    assert [s["name"] for s in code.rita.get(listed, name="lint")] == ["lint"]
    assert [s["name"] for s in code.rita.get(listed, sort="desc")] == ["lint", "docs"]
    assert code.rita.get(listed, ref="main") == []
    assert code.rita.get(listed, stage="test") == []
    assert code.rita.get(f"{code.path}/pipelines/{new['pipeline_id']}")["status"] == "failed"
    code.dora.post(at, 400, state="failed", coverage="high")
    code.dora.post(at, 400, state="unknown")
