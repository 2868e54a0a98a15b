"""The hook body of pipelines, with their jobs.

https://docs.gitlab.com/user/project/integrations/webhook_events/#pipeline-events
"""

from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

from bot.simulator import hook_bodies, hook_code, present, present_issues, repository
from bot.simulator.model import MergeRequest, Project
from bot.simulator.model_ci import Job, Pipeline
from bot.simulator.simulator import Simulator

_WORDS = {"success": "passed", "manual": "waiting for manual action"}
_OLD_ADDRESSES = ("homepage", "url", "ssh_url", "http_url")
_REQUEST_EVENT = "merge_request_event"


def pipeline(sim: Simulator, entry: Pipeline) -> dict[str, Any]:
    """A pipeline whose status changed."""
    head, item = entry.project.commits.get(entry.sha), _for_request(entry)
    project = hook_bodies.project(sim, entry.project)
    return {
        "object_kind": "pipeline",
        "object_attributes": _attributes(sim, entry),
        "merge_request": _shown(sim, item) if item else None,
        "user": hook_bodies.user(entry.user),
        "project": {k: v for k, v in project.items() if k not in _OLD_ADDRESSES},
        "commit": hook_code.commit(sim, entry.project, head) if head else None,
        "builds": [_build(job) for job in entry.jobs if not job.retried],
    }


def _attributes(sim: Simulator, entry: Pipeline) -> dict[str, Any]:
    item = _for_request(entry)
    ref = item.source_branch if item else entry.ref
    return {
        "id": entry.id,
        "iid": entry.iid,
        "name": entry.name,
        "ref": ref,
        "tag": entry.ref in entry.project.tags,
        "sha": entry.sha,
        "before_sha": "0" * 40,
        "source": entry.source,
        "status": entry.status,
        "detailed_status": _WORDS.get(entry.status, entry.status),
        "stages": list(dict.fromkeys(job.stage for job in entry.jobs)),
        "created_at": entry.created_at,
        "finished_at": entry.finished_at,
        "duration": _seconds(entry.started_at, entry.finished_at),
        "queued_duration": _seconds(entry.created_at, entry.started_at),
        "protected_ref": _is_protected(entry.project, ref),
        "variables": [{"key": v["key"], "value": v["value"]} for v in entry.variables],
        "url": f"{present.holder_url(sim, entry.project)}/-/pipelines/{entry.id}",
    }


def _seconds(begin: datetime | None, end: datetime | None) -> int | None:
    return int((end - begin).total_seconds()) if begin and end else None


def _build(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "stage": job.stage,
        "name": job.name,
        "status": job.status,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
        "duration": _seconds(job.started_at, job.finished_at),
        "queued_duration": _seconds(job.created_at, job.started_at),
        "failure_reason": "script_failure" if job.status == "failed" else None,
        "when": "manual" if job.manual else "on_success",
        "manual": job.manual,
        "allow_failure": job.allow_failure,
        "user": hook_bodies.user(job.user),
        "runner": None,
        "artifacts_file": {"filename": None, "size": None},
        "environment": None,
    }


def _for_request(entry: Pipeline) -> MergeRequest | None:
    """The merge request that a pipeline is for."""
    if entry.source != _REQUEST_EVENT:
        return None
    number = entry.ref.split("/")[2]
    return entry.project.merge_requests.get(int(number)) if number.isdecimal() else None


def _is_protected(project: Project, ref: str) -> bool:
    """Whether the branch or tag is protected."""
    if ref in project.tags:
        return any(fnmatchcase(ref, rule) for rule in project.protected_tags)
    return repository.is_protected(project, ref)


def _shown(sim: Simulator, item: MergeRequest) -> dict[str, Any]:
    return {
        "id": item.id,
        "iid": item.iid,
        "title": item.title,
        "source_branch": item.source_branch,
        "source_project_id": item.source_project.id,
        "target_branch": item.target_branch,
        "target_project_id": item.project.id,
        "state": item.state,
        "merge_status": "can_be_merged" if item.state == "merged" else "unchecked",
        "detailed_merge_status": "not_open" if item.state != "opened" else "unchecked",
        "url": present_issues.web_url(sim, item),
    }
