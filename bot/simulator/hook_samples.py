"""Bodies for test deliveries: made from the newest fitting thing, as GitLab does.

https://docs.gitlab.com/api/project_webhooks/#trigger-a-test-project-webhook
"""

from collections.abc import Callable, Iterable
from typing import Any

from bot.simulator import (
    hook_bodies,
    hook_code,
    hook_groups,
    hook_pipelines,
    hook_requests,
)
from bot.simulator import repository as git
from bot.simulator.model import Holder, Project, User
from bot.simulator.simulator import Simulator

Body = dict[str, Any] | None

LACKS = {
    "issues_events": "issues",
    "confidential_issues_events": "issues",
    "note_events": "notes",
    "confidential_note_events": "notes",
    "merge_requests_events": "merge requests",
    "job_events": "CI jobs",
    "pipeline_events": "CI pipelines",
    "releases_events": "releases",
    "milestone_events": "milestones",
    "push_events": "at least one commit",
    "tag_push_events": "at least one commit",
    "emoji_events": "emoji",
    "resource_access_token_events": "access tokens",
}
"""What a project must have for a sample of each kind to be made."""


def sample(sim: Simulator, user: User, holder: Holder, trigger: str) -> dict[str, Any] | None:
    """A body for this trigger; None when there is nothing to make it from."""
    projects = [holder] if isinstance(holder, Project) else sim.state.projects_in(holder, deep=True)
    for project in projects:
        found = _from_project(sim, user, project, trigger)
        if found:
            return found
    return None


def _from_project(sim: Simulator, user: User, project: Project, trigger: str) -> Body:
    make = _MAKERS.get(trigger)
    return make(sim, user, project) if make else None


def _issue(sim: Simulator, user: User, project: Project) -> Body:
    found = _last(project.issues.values())
    return hook_bodies.issue(sim, user, found, None, {}) if found else None


def _note(sim: Simulator, user: User, project: Project) -> Body:
    items = (*project.issues.values(), *project.merge_requests.values())
    found = _last(note for item in items for note in item.notes if not note.system)
    if found is None:
        return None
    return hook_bodies.note(sim, user, found, "create", hook_requests.parent(sim, found.noteable))


def _request(sim: Simulator, user: User, project: Project) -> Body:
    found = _last(project.merge_requests.values())
    return hook_requests.merge_request(sim, user, found, None, {}) if found else None


def _milestone(sim: Simulator, _user: User, project: Project) -> Body:
    found = _last(project.milestones.values())
    return hook_bodies.milestone(sim, project, found, "create") if found else None


def _pipeline(sim: Simulator, _user: User, project: Project) -> Body:
    found = _last(project.pipelines.values())
    return hook_pipelines.pipeline(sim, found) if found else None


def _release(sim: Simulator, _user: User, project: Project) -> Body:
    found = _last(project.releases.values())
    return hook_code.release(sim, project, found, "create") if found else None


def _emoji(sim: Simulator, user: User, project: Project) -> Body:
    items = (*project.issues.values(), *project.merge_requests.values())
    found = _last((award, item) for item in items for award in item.awards)
    if found is None:
        return None
    award, item = found
    return hook_bodies.emoji(sim, user, award, "award", hook_requests.parent(sim, item))


def _push(kind: str) -> Callable[[Simulator, User, Project], Body]:
    def make(sim: Simulator, user: User, project: Project) -> Body:
        head = project.branches.get(project.default_branch)
        if head is None:
            return None
        before = head.parents[0] if head.parents else None
        ref = f"refs/{kind}/{project.default_branch}"
        new = git.between(before, head)
        return hook_code.push(sim, user, project, ref, before=before, after=head, commits=new)

    return make


def _token(sim: Simulator, _user: User, project: Project) -> Body:
    found = _last(token for token in sim.state.tokens.values() if token.holder is project)
    return hook_groups.access_token(sim, found) if found else None


def _last(things: Iterable[Any]) -> Any:
    return next(reversed(list(things)), None)


_MAKERS: dict[str, Callable[[Simulator, User, Project], Body]] = {
    "issues_events": _issue,
    "confidential_issues_events": _issue,
    "note_events": _note,
    "confidential_note_events": _note,
    "merge_requests_events": _request,
    "milestone_events": _milestone,
    "pipeline_events": _pipeline,
    "releases_events": _release,
    "emoji_events": _emoji,
    "push_events": _push("heads"),
    "tag_push_events": _push("tags"),
    "resource_access_token_events": _token,
}
