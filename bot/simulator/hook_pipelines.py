"""The hook body of pipelines; no job ever runs here, so there are no builds in it.

https://docs.gitlab.com/user/project/integrations/webhook_events/#pipeline-events
"""

from typing import Any

from bot.simulator import hook_bodies, hook_code, present, present_issues
from bot.simulator.model import MergeRequest, Pipeline
from bot.simulator.simulator import Simulator
from bot.simulator.text import hook_time

_WORDS = {"success": "passed"}
_REQUEST_EVENT = "merge_request_event"


def pipeline(sim: Simulator, entry: Pipeline) -> dict[str, Any]:
    """A pipeline whose status changed."""
    head = entry.project.commits.get(entry.sha)
    return {
        "object_kind": "pipeline",
        "object_attributes": _attributes(sim, entry),
        "merge_request": _request(sim, entry),
        "user": hook_bodies.user(entry.user),
        "project": hook_bodies.project(sim, entry.project),
        "commit": hook_code.commit(sim, entry.project, head) if head else None,
        "builds": [],
    }


def _attributes(sim: Simulator, entry: Pipeline) -> dict[str, Any]:
    over = entry.status in {"success", "failed", "canceled", "skipped"}
    return {
        "id": entry.id,
        "iid": entry.iid,
        "name": None,
        "ref": entry.ref,
        "tag": entry.ref in entry.project.tags,
        "sha": entry.sha,
        "before_sha": "0" * 40,
        "source": entry.source,
        "status": entry.status,
        "detailed_status": _WORDS.get(entry.status, entry.status),
        "stages": [],
        "created_at": hook_time(entry.created_at),
        "finished_at": hook_time(entry.updated_at) if over else None,
        "duration": None,
        "queued_duration": None,
        "variables": [],
        "url": f"{present.holder_url(sim, entry.project)}/-/pipelines/{entry.id}",
    }


def _request(sim: Simulator, entry: Pipeline) -> dict[str, Any] | None:
    """The merge request that a pipeline is for."""
    if entry.source != _REQUEST_EVENT:
        return None
    number = entry.ref.split("/")[2]
    item = entry.project.merge_requests.get(int(number)) if number.isdigit() else None
    return _shown(sim, item) if item else None


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
