"""Bodies for test deliveries: made from the newest fitting thing, as GitLab does.

https://docs.gitlab.com/api/project_webhooks/#trigger-a-test-project-webhook
"""

from collections.abc import Iterable
from typing import Any

from bot.simulator import hook_bodies, hook_requests
from bot.simulator.model import Holder, Project, User
from bot.simulator.simulator import Simulator


def sample(sim: Simulator, user: User, holder: Holder, trigger: str) -> dict[str, Any] | None:
    """A body for this trigger; None when there is nothing to make it from."""
    projects = [holder] if isinstance(holder, Project) else sim.state.projects_in(holder, deep=True)
    for project in projects:
        found = _from_project(sim, user, project, trigger)
        if found:
            return found
    return None


def _from_project(
    sim: Simulator, user: User, project: Project, trigger: str
) -> dict[str, Any] | None:
    issue = _last(project.issues.values())
    request = _last(project.merge_requests.values())
    stone = _last(project.milestones.values())
    notes = [n for i in project.issues.values() for n in i.notes if not n.system]
    match trigger:
        case "issues_events" | "confidential_issues_events" if issue:
            return hook_bodies.issue(sim, user, issue, None, {})
        case "note_events" | "confidential_note_events" if notes:
            note = notes[-1]
            above = hook_requests.parent(sim, note.noteable)
            return hook_bodies.note(sim, user, note, "create", above)
        case "merge_requests_events" if request:
            return hook_requests.merge_request(sim, user, request, None, {})
        case "milestone_events" if stone:
            return hook_bodies.milestone(sim, project, stone, "create")
        case "push_events" | "tag_push_events":
            kind = "push" if trigger == "push_events" else "tag_push"
            return {
                "object_kind": kind,
                "event_name": kind,
                "project_id": project.id,
                "project": hook_bodies.project(sim, project),
                "commits": [],
                "total_commits_count": 0,
            }
    return None


def _last(things: Iterable[Any]) -> Any:
    return next(reversed(list(things)), None)
