"""Pipelines: https://docs.gitlab.com/api/pipelines/. No job ever runs here."""

from typing import Any

from bot.simulator import pipelines, present_requests
from bot.simulator import repository as git
from bot.simulator.api import finders
from bot.simulator.errors import forbidden, invalid, message
from bot.simulator.model import Project
from bot.simulator.model_ci import CommitStatus, Job, Pipeline
from bot.simulator.paging import paged
from bot.simulator.permissions import DEVELOPERS, OWNERS, require
from bot.simulator.routing import Answer, Call, Route

_STATES = (
    *("created", "waiting_for_resource", "preparing", "waiting_for_callback", "pending"),
    *("running", "success", "failed", "canceling", "canceled", "skipped", "manual", "scheduled"),
)
_SCOPES = ("running", "pending", "finished", "branches", "tags")
_ORDERS = ("id", "status", "ref", "updated_at", "user_id")
NO_JOBS = (
    "Pipeline will not run for the selected trigger. "
    "The rules configuration prevented any jobs from being added to the pipeline."
)


def list_pipelines(call: Call) -> Answer:
    """The pipelines, newest first unless asked otherwise."""
    project, params = finders.code(call), call.params
    params.choice("status", _STATES)
    scope = params.choice("scope", _SCOPES)
    found = [entry for entry in project.pipelines.values() if _fits(call, entry)]
    if scope:
        found = _in_scope(project, found, scope)
    key = params.choice("order_by", _ORDERS, "id") or "id"
    falling = params.choice("sort", ("asc", "desc"), "desc") == "desc"

    def rank(entry: Pipeline) -> tuple[Any, int]:
        return (entry.user.id if key == "user_id" else getattr(entry, key), entry.id)

    found.sort(key=rank, reverse=falling)
    return paged(call, found, lambda p: present_requests.pipeline_basic(call.sim, p))


def _fits(call: Call, entry: Pipeline) -> bool:
    """The filters by value and by time; a file that cannot be read makes no pipeline here."""
    params = call.params
    equal = ("sha", "ref", "status", "source", "name")
    after, before = params.moment("updated_after"), params.moment("updated_before")
    since, until = params.moment("created_after"), params.moment("created_before")
    return (
        all(params.text(name) in (None, getattr(entry, name)) for name in equal)
        and params.text("username") in (None, entry.user.username)
        and not params.flag("yaml_errors")
        and (after is None or entry.updated_at > after)
        and (before is None or entry.updated_at < before)
        and (since is None or entry.created_at > since)
        and (until is None or entry.created_at < until)
    )


def _in_scope(project: Project, found: list[Pipeline], scope: str) -> list[Pipeline]:
    """Those that run, wait or are over, or the newest of each branch or tag."""
    if scope == "finished":
        return [entry for entry in found if entry.status in pipelines.OVER]
    if scope in {"running", "pending"}:
        return [entry for entry in found if entry.status == scope]
    names = project.branches if scope == "branches" else project.tags
    return list({entry.ref: entry for entry in found if entry.ref in names}.values())


def get_pipeline(call: Call) -> Any:
    """One pipeline."""
    return present_requests.pipeline(call.sim, finders.pipeline(call))


def latest(call: Call) -> Any:
    """The newest of the head of a branch or tag; 403 where there is none."""
    project = finders.code(call)
    head = git.resolve(project, call.params.text("ref") or project.default_branch)
    found = [p for p in project.pipelines.values() if head and p.sha == head.id]
    if not found:
        raise forbidden()
    return present_requests.pipeline(call.sim, found[-1])


def create_pipeline(call: Call) -> Any:
    """A pipeline for a ref; where there is no CI file it stays `created` until statuses arrive."""
    project = finders.code(call)
    require(call.sim, call.user, project, DEVELOPERS)
    ref, variables = call.params.required_text("ref"), _variables(call)
    head = project.branches.get(ref) or (project.tags[ref].commit if ref in project.tags else None)
    if head is None:
        raise message(400, {"base": ["Reference not found"]})
    made = pipelines.for_ref(call.sim, call.user, project, head=head, ref=ref, source="api")
    if pipelines.has_ci_file(head) and not made.jobs:
        del project.pipelines[made.id]
        raise message(400, {"base": [NO_JOBS]})
    made.variables = variables
    return present_requests.pipeline(call.sim, made)


def _variables(call: Call) -> list[dict[str, str]]:
    sent = call.params.values.get("variables") or []
    if not isinstance(sent, list) or not all(isinstance(entry, dict) for entry in sent):
        raise invalid("variables is invalid")
    if any("key" not in entry for entry in sent):
        raise invalid("variables[0][key] is missing")
    if any(entry.get("variable_type", "env_var") not in ("env_var", "file") for entry in sent):
        raise invalid("variables[0][variable_type] does not have a valid value")
    return [
        {
            "key": str(entry["key"]),
            "value": str(entry.get("value", "")),
            "variable_type": str(entry.get("variable_type", "env_var")),
        }
        for entry in sent
    ]


def create_request_pipeline(call: Call) -> Any:
    """A pipeline for a merge request."""
    item = finders.merge_request(call)
    require(call.sim, call.user, item.project, DEVELOPERS)
    return present_requests.pipeline(call.sim, pipelines.for_request(call.sim, call.user, item))


def list_request_pipelines(call: Call) -> Answer:
    """The pipelines of a merge request's head, newest first."""
    item = finders.merge_request(call)
    places = {item.project.id: item.project, item.source_project.id: item.source_project}
    found = [p for place in places.values() for p in place.pipelines.values()]
    found = [p for p in reversed(found) if p.sha == item.head.id]
    return paged(call, found, lambda p: present_requests.pipeline_basic(call.sim, p))


def retry_pipeline(call: Call) -> Any:
    """Failed and canceled jobs again; a pipeline without jobs runs again as a whole."""
    pipeline = _changeable(call)
    if not pipeline.jobs:
        pipelines.set_status(call.sim, pipeline, "running")
    for job in pipelines.latest_jobs(pipeline):
        if job.status in {"failed", "canceled"}:
            pipelines.again(call.sim, job)
    pipelines.go_on(call.sim, pipeline)
    return present_requests.pipeline(call.sim, pipeline)


def cancel_pipeline(call: Call) -> Any:
    """Stop a pipeline with all that is not over."""
    pipeline = _changeable(call)
    statuses = [s for s in pipeline.project.statuses if s.pipeline is pipeline]
    every: list[Job | CommitStatus] = [*pipeline.jobs, *statuses]
    for entry in every:
        if entry.status not in pipelines.OVER:
            entry.status, entry.finished_at = "canceled", call.sim.clock.now()
    if pipeline.status not in pipelines.OVER:
        pipelines.set_status(call.sim, pipeline, "canceled")
    return Answer(present_requests.pipeline(call.sim, pipeline))


def rename_pipeline(call: Call) -> Any:
    """Give a pipeline a name."""
    pipeline = _changeable(call)
    pipeline.name = call.params.required_text("name")
    return present_requests.pipeline(call.sim, pipeline)


def delete_pipeline(call: Call) -> None:
    """Owners remove a pipeline with its statuses."""
    pipeline = finders.pipeline(call)
    require(call.sim, call.user, pipeline.project, OWNERS)
    del pipeline.project.pipelines[pipeline.id]
    rest = [entry for entry in pipeline.project.statuses if entry.pipeline is not pipeline]
    pipeline.project.statuses = rest


def list_variables(call: Call) -> Answer:
    """What a pipeline was started with."""
    pipeline = finders.pipeline(call)
    require(call.sim, call.user, pipeline.project, DEVELOPERS)
    return paged(call, pipeline.variables, dict)


def get_test_report(call: Call) -> Any:
    """The test report of a pipeline: no job ever wrote one."""
    finders.pipeline(call)
    counts = ("total_count", "success_count", "failed_count", "skipped_count", "error_count")
    return {"total_time": 0, **dict.fromkeys(counts, 0), "test_suites": []}


def get_report_summary(call: Call) -> Any:
    """The same, in short."""
    finders.pipeline(call)
    counts = ("time", "count", "success", "failed", "skipped", "error")
    return {"total": dict.fromkeys(counts, 0) | {"suite_error": None}, "test_suites": []}


def _changeable(call: Call) -> Pipeline:
    pipeline = finders.pipeline(call)
    require(call.sim, call.user, pipeline.project, DEVELOPERS)
    return pipeline


_AT = "pipelines/:pipeline_id"

ROUTES = tuple(
    Route(method, f"/projects/:id/{path}", handler)
    for method, path, handler in (
        ("GET", "pipelines", list_pipelines),
        ("POST", "pipeline", create_pipeline),
        ("GET", "pipelines/latest", latest),
        ("GET", _AT, get_pipeline),
        ("DELETE", _AT, delete_pipeline),
        ("GET", f"{_AT}/variables", list_variables),
        ("GET", f"{_AT}/test_report", get_test_report),
        ("GET", f"{_AT}/test_report_summary", get_report_summary),
        ("POST", f"{_AT}/retry", retry_pipeline),
        ("POST", f"{_AT}/cancel", cancel_pipeline),
        ("PUT", f"{_AT}/metadata", rename_pipeline),
        ("GET", "merge_requests/:iid/pipelines", list_request_pipelines),
        ("POST", "merge_requests/:iid/pipelines", create_request_pipeline),
    )
)
