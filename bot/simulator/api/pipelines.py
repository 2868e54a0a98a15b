"""Commit statuses and pipelines, as far as merging needs them. No job ever runs here.

https://docs.gitlab.com/api/commits/#set-commit-pipeline-status and
https://docs.gitlab.com/api/pipelines/
"""

from typing import Any

from bot.simulator import merging, pipelines, present_requests
from bot.simulator import repository as git
from bot.simulator.api import finders
from bot.simulator.errors import message, not_found
from bot.simulator.model import Commit, CommitStatus, Pipeline, Project
from bot.simulator.paging import paged
from bot.simulator.permissions import DEVELOPERS, OWNERS, require
from bot.simulator.routing import Answer, Call, Route

_STATES = ("pending", "running", "success", "failed", "canceled", "skipped")
_PIPELINE_STATES = (
    "created",
    "waiting_for_resource",
    "preparing",
    "pending",
    "running",
    "success",
    "failed",
    "canceling",
    "canceled",
    "skipped",
    "manual",
    "scheduled",
)
_WORST_FIRST = ("failed", "running", "pending", "canceled", "success", "skipped")
_DESCRIPTION_LIMIT = 255


def set_status(call: Call) -> Any:
    """Set a status on a commit; it joins the commit's pipeline or makes an external one."""
    project, params = finders.code(call), call.params
    require(call.sim, call.user, project, DEVELOPERS)
    state = params.choice("state", _STATES) or ""
    params.require("state")
    commit = finders.commit(project, call.vars["sha"])
    text = params.text("description")
    if text and len(text) > _DESCRIPTION_LIMIT:
        raise message(400, {"description": ["is too long (maximum is 255 characters)"]})
    ref = params.text("ref") or _ref_of(project, commit)
    name = params.text("name") or params.text("context") or "default"
    pipeline = _joined(call, project, commit, ref)
    entry = _entry(call, project, pipeline, name)
    entry.status, entry.description = state, text
    entry.target_url, now = params.text("target_url"), call.sim.clock.now()
    entry.finished_at = now if state not in {"pending", "running"} else None
    pipeline.updated_at = now
    pipelines.set_status(call.sim, pipeline, _worst(project, pipeline))
    merging.auto_merge(call.sim, project)
    return present_requests.commit_status(call.sim, entry)


def list_statuses(call: Call) -> Answer:
    """The newest statuses of a commit."""
    project = finders.code(call)
    commit = finders.commit(project, call.vars["sha"])
    found = [entry for entry in project.statuses if entry.sha == commit.id]
    return paged(call, found, lambda entry: present_requests.commit_status(call.sim, entry))


def list_pipelines(call: Call) -> Answer:
    """The pipelines, newest first."""
    project, params = finders.code(call), call.params
    params.choice("status", _PIPELINE_STATES)
    params.choice("scope", ("running", "pending", "finished", "branches", "tags"))
    found = [
        pipeline
        for pipeline in reversed(project.pipelines.values())
        if all(
            params.text(name) in (None, getattr(pipeline, name))
            for name in ("sha", "ref", "status", "source")
        )
    ]
    return paged(call, found, lambda p: present_requests.pipeline_basic(call.sim, p))


def get_pipeline(call: Call) -> Any:
    """One pipeline."""
    return present_requests.pipeline(call.sim, _pipeline(call))


def create_pipeline(call: Call) -> Any:
    """A pipeline for a ref; it stays `created` until statuses arrive."""
    project = finders.code(call)
    require(call.sim, call.user, project, DEVELOPERS)
    ref = call.params.required_text("ref")
    commit = git.resolve(project, ref)
    if commit is None:
        raise message(400, {"base": ["Reference not found"]})
    made = _new(call, project, commit.id, ref, "api")
    return present_requests.pipeline(call.sim, made)


def create_request_pipeline(call: Call) -> Any:
    """A pipeline for a merge request."""
    item = finders.merge_request(call)
    require(call.sim, call.user, item.project, DEVELOPERS)
    ref = f"refs/merge-requests/{item.iid}/head"
    made = _new(call, item.project, item.head.id, ref, "merge_request_event")
    return present_requests.pipeline(call.sim, made)


def list_request_pipelines(call: Call) -> Answer:
    """The pipelines of a merge request's head, newest first."""
    item = finders.merge_request(call)
    places = {item.project.id: item.project, item.source_project.id: item.source_project}
    found = [p for place in places.values() for p in place.pipelines.values()]
    found = [p for p in reversed(found) if p.sha == item.head.id]
    return paged(call, found, lambda p: present_requests.pipeline_basic(call.sim, p))


def retry_pipeline(call: Call) -> Any:
    """Run a pipeline again."""
    return _set(call, "running")


def cancel_pipeline(call: Call) -> Any:
    """Stop a pipeline."""
    return _set(call, "canceled")


def delete_pipeline(call: Call) -> None:
    """Owners remove a pipeline with its statuses."""
    pipeline = _pipeline(call)
    require(call.sim, call.user, pipeline.project, OWNERS)
    del pipeline.project.pipelines[pipeline.id]
    rest = [entry for entry in pipeline.project.statuses if entry.pipeline is not pipeline]
    pipeline.project.statuses = rest


def get_test_report(call: Call) -> Any:
    """The test report of a pipeline: no job ever wrote one."""
    _pipeline(call)
    counts = ("total_count", "success_count", "failed_count", "skipped_count", "error_count")
    return {"total_time": 0, **dict.fromkeys(counts, 0), "test_suites": []}


def get_report_summary(call: Call) -> Any:
    """The same, in short."""
    _pipeline(call)
    counts = ("time", "count", "success", "failed", "skipped", "error")
    return {"total": dict.fromkeys(counts, 0) | {"suite_error": None}, "test_suites": []}


def list_project_jobs(call: Call) -> Answer:
    """The jobs of a project: there are none."""
    finders.code(call)
    return paged(call, [], str)


def list_jobs(call: Call) -> Answer:
    """The jobs of a pipeline: there are none."""
    _pipeline(call)
    return paged(call, [], str)


def _pipeline(call: Call) -> Pipeline:
    project, text = finders.code(call), call.vars["pipeline_id"]
    if text == "latest" and project.pipelines:
        return list(project.pipelines.values())[-1]
    found = project.pipelines.get(int(text) if text.isdigit() else 0)
    if found is None:
        raise not_found()
    return found


def _set(call: Call, status: str) -> Any:
    pipeline = _pipeline(call)
    require(call.sim, call.user, pipeline.project, DEVELOPERS)
    pipelines.set_status(call.sim, pipeline, status)
    return present_requests.pipeline(call.sim, pipeline)


def _ref_of(project: Project, commit: Commit) -> str:
    names = [name for name, head in project.branches.items() if head is commit]
    return names[0] if names else project.default_branch


def _joined(call: Call, project: Project, commit: Commit, ref: str) -> Pipeline:
    number = call.params.integer("pipeline_id")
    found = [p for p in project.pipelines.values() if p.sha == commit.id and number in (None, p.id)]
    if number is not None and not found:
        raise not_found("Pipeline")
    return found[-1] if found else _new(call, project, commit.id, ref, "external")


def _new(call: Call, project: Project, sha: str, ref: str, source: str) -> Pipeline:
    return pipelines.make(call.sim, project, call.user, sha=sha, ref=ref, source=source)


def _entry(call: Call, project: Project, pipeline: Pipeline, name: str) -> CommitStatus:
    for entry in project.statuses:
        if entry.pipeline is pipeline and entry.name == name:
            return entry
    entry = CommitStatus(
        id=call.sim.state.next_id("status"),
        sha=pipeline.sha,
        ref=pipeline.ref,
        name=name,
        status="pending",
        author=call.user,
        pipeline=pipeline,
        created_at=call.sim.clock.now(),
    )
    project.statuses.append(entry)
    return entry


def _worst(project: Project, pipeline: Pipeline) -> str:
    states = {entry.status for entry in project.statuses if entry.pipeline is pipeline}
    return next((state for state in _WORST_FIRST if state in states), pipeline.status)


ROUTES = tuple(
    Route(method, f"/projects/:id/{path}", handler)
    for method, path, handler in (
        ("POST", "statuses/:sha", set_status),
        ("GET", "repository/commits/:sha/statuses", list_statuses),
        ("GET", "pipelines", list_pipelines),
        ("POST", "pipeline", create_pipeline),
        ("GET", "pipelines/:pipeline_id", get_pipeline),
        ("DELETE", "pipelines/:pipeline_id", delete_pipeline),
        ("GET", "jobs", list_project_jobs),
        ("GET", "pipelines/:pipeline_id/jobs", list_jobs),
        ("GET", "pipelines/:pipeline_id/bridges", list_jobs),
        ("GET", "pipelines/:pipeline_id/variables", list_jobs),
        ("GET", "pipelines/:pipeline_id/test_report", get_test_report),
        ("GET", "pipelines/:pipeline_id/test_report_summary", get_report_summary),
        ("POST", "pipelines/:pipeline_id/retry", retry_pipeline),
        ("POST", "pipelines/:pipeline_id/cancel", cancel_pipeline),
        ("GET", "merge_requests/:iid/pipelines", list_request_pipelines),
        ("POST", "merge_requests/:iid/pipelines", create_request_pipeline),
    )
)
