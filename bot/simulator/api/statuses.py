"""Commit statuses: https://docs.gitlab.com/api/commits/#commit-status."""

import re
from typing import Any

from bot.simulator import merging, pipelines, present_requests
from bot.simulator import repository as git
from bot.simulator.api import finders
from bot.simulator.errors import invalid, invalid_fields, message, not_found
from bot.simulator.model import Project
from bot.simulator.model_ci import CommitStatus, Pipeline
from bot.simulator.model_code import Commit
from bot.simulator.paging import paged
from bot.simulator.permissions import DEVELOPERS, require
from bot.simulator.routing import Answer, Call, Route

_LIMIT = 255
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_NEW, _OPEN = "created", ("pending", "running")
_EVENTS = {
    "pending": ("enqueue", (_NEW,)),
    "running": ("run", (_NEW, "pending")),
    "success": ("success", (_NEW, *_OPEN)),
    "failed": ("drop", (_NEW, *_OPEN)),
    "canceled": ("cancel", (_NEW, *_OPEN)),
    "skipped": ("skip", (_NEW, "pending")),
}
"""By the state asked for: what GitLab calls getting there, and from where it can be got to."""


def set_status(call: Call) -> Any:
    """Set a status on a commit; it joins the commit's pipeline or makes an external one."""
    project, params = finders.code(call), call.params
    require(call.sim, call.user, project, DEVELOPERS)
    params.require("state")
    state = params.choice("state", _EVENTS) or ""
    commit = finders.commit(project, call.vars["sha"])
    for field in ("description", "target_url", "ref"):
        if len(params.text(field) or "") > _LIMIT:
            raise message(400, {field: [f"is too long (maximum is {_LIMIT} characters)"]})
    address = params.text("target_url")
    if address and not _ADDRESS.match(address):
        raise invalid_fields(target_url=["is blocked: Only allowed schemes are http, https"])
    pipeline = _joined(call, project, commit)
    ref = params.text("ref") or pipeline.ref
    name = params.text("name") or params.text("context") or "default"
    entry = _entry(call, pipeline, name, ref)
    _move(call, entry, state)
    entry.description = params.text("description", entry.description)
    entry.target_url = address or entry.target_url
    entry.coverage = _coverage(call, entry.coverage)
    pipeline.updated_at = call.sim.clock.now()
    pipelines.refresh(call.sim, pipeline)
    merging.auto_merge(call.sim, project)
    return present_requests.commit_status(call.sim, entry)


def list_statuses(call: Call) -> Answer:
    """The statuses of a commit; of each name the newest, unless `all` are asked for."""
    project, params = finders.code(call), call.params
    commit = finders.commit(project, call.vars["sha"])
    every, number = params.flag("all"), params.integer("pipeline_id")
    found = [
        entry
        for entry in project.statuses
        if entry.sha == commit.id
        and (every or not entry.retried)
        and params.text("ref") in (None, entry.ref)
        and params.text("name") in (None, entry.name)
        and params.text("stage") in (None, "external")
        and number in (None, entry.pipeline.id)
    ]
    key = params.choice("order_by", ("id", "pipeline_id"), "id")
    falling = params.choice("sort", ("asc", "desc"), "asc") == "desc"
    by_pipeline = key == "pipeline_id"
    found.sort(key=lambda e: (e.pipeline.id if by_pipeline else 0, e.id), reverse=falling)
    return paged(call, found, lambda entry: present_requests.commit_status(call.sim, entry))


def _coverage(call: Call, old: float | None) -> float | None:
    text = call.params.text("coverage")
    try:
        return float(text) if text else old
    except ValueError:
        raise invalid("coverage is invalid") from None


def _ref_of(project: Project, commit: Commit) -> str:
    """A branch that the commit is on."""
    names = [name for name, head in project.branches.items() if head is commit]
    names += [name for name, head in project.branches.items() if commit in git.history(head)]
    if not names:
        raise not_found("References for commit")
    return names[0]


def _joined(call: Call, project: Project, commit: Commit) -> Pipeline:
    """The commit's pipeline, of this number or ref where one is sent."""
    number, ref = call.params.integer("pipeline_id"), call.params.text("ref")
    found = [
        pipeline
        for pipeline in project.pipelines.values()
        if pipeline.sha == commit.id
        and number in (None, pipeline.id)
        and ref in (None, pipeline.ref)
    ]
    if number is not None and not found:
        raise not_found("Pipeline")
    if found:
        return found[-1]
    ref = ref or _ref_of(project, commit)
    return pipelines.make(call.sim, project, call.user, sha=commit.id, ref=ref, source="external")


def _entry(call: Call, pipeline: Pipeline, name: str, ref: str) -> CommitStatus:
    """The one that is not over yet, else a new one, which replaces those of its name."""
    statuses = pipeline.project.statuses
    same = [e for e in statuses if e.pipeline is pipeline and (e.name, e.ref) == (name, ref)]
    for entry in same:
        if entry.status in _OPEN and entry.author is call.user:
            return entry
    for entry in same:
        entry.retried = True
    entry = CommitStatus(
        id=call.sim.state.next_id("status"),
        sha=pipeline.sha,
        ref=ref,
        name=name,
        status=_NEW,
        author=call.user,
        pipeline=pipeline,
        created_at=call.sim.clock.now(),
    )
    statuses.append(entry)
    return entry


def _move(call: Call, entry: CommitStatus, state: str) -> None:
    """Change the state; 400 where GitLab has no way there, as from running to running."""
    event, origins = _EVENTS[state]
    if entry.status not in origins:
        why = f'Reason(s): Status cannot transition via "{event}"'
        raise message(400, f"Cannot transition status via :{event} from :{entry.status} ({why})")
    entry.status, now = state, call.sim.clock.now()
    if state != "pending":
        entry.started_at = entry.started_at or now
    entry.finished_at = None if state in _OPEN else now


ROUTES = (
    Route("POST", "/projects/:id/statuses/:sha", set_status),
    Route("GET", "/projects/:id/repository/commits/:sha/statuses", list_statuses),
)
