"""Bodies for test deliveries: made from the newest fitting thing, as GitLab does.

https://docs.gitlab.com/api/project_webhooks/#trigger-a-test-project-webhook
"""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from bot.simulator import (
    hook_bodies,
    hook_code,
    hook_groups,
    hook_pipelines,
    hook_requests,
)
from bot.simulator import repository as git
from bot.simulator.model import Award, Holder, Milestone, Note, Project, Token, User
from bot.simulator.model_code import Commit
from bot.simulator.simulator import Simulator

Body = dict[str, Any] | None
_COMMITS = 3

LACKS = {
    "issues_events": "project has issues",
    "confidential_issues_events": "project has issues",
    "note_events": "project has notes",
    "merge_requests_events": "project has merge requests",
    "job_events": "project has CI jobs",
    "pipeline_events": "project has CI pipelines",
    "releases_events": "project has releases",
    "emoji_events": "project has notes",
    "wiki_page_events": "wiki is enabled and has pages",
}
"""What must be there for a sample of each kind to be made."""


def can_make(trigger: str) -> bool:
    """Whether deliveries of this kind can be tested at all."""
    return trigger in _MAKERS or trigger in LACKS


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
    return hook_bodies.issue(sim, user, found, "open", {}) if found else None


def _last_note(project: Project) -> Note | None:
    items = (*project.issues.values(), *project.merge_requests.values())
    found: Note | None = _last(n for item in items for n in item.notes if not n.system)
    return found


def _note(sim: Simulator, user: User, project: Project) -> Body:
    found = _last_note(project)
    if found is None:
        return None
    return hook_bodies.note(sim, user, found, "create", hook_requests.parent(sim, found.noteable))


def _request(sim: Simulator, user: User, project: Project) -> Body:
    found = _last(project.merge_requests.values())
    return hook_requests.merge_request(sim, user, found, "open", {}) if found else None


def _milestone(sim: Simulator, _user: User, project: Project) -> Body:
    """The first milestone, or a made up one."""
    now = sim.clock.now()
    sample = Milestone(
        id=1,
        iid=1,
        title="Sample milestone",
        description="Sample milestone description",
        holder=project,
        created_at=now,
        updated_at=now,
    )
    found = next(iter(project.milestones.values()), sample)
    return hook_bodies.milestone(sim, project, found, "create")


def _pipeline(sim: Simulator, _user: User, project: Project) -> Body:
    found = _last(project.pipelines.values())
    return hook_pipelines.pipeline(sim, found) if found else None


def _release(sim: Simulator, _user: User, project: Project) -> Body:
    found = _last(project.releases.values())
    return hook_code.release(sim, project, found, "create") if found else None


def _emoji(sim: Simulator, user: User, project: Project) -> Body:
    """A made up reaction to the newest comment."""
    note = _last_note(project)
    if note is None:
        return None
    award = Award(id=1, name="thumbsup", user=user, created_at=sim.clock.now(), awardable=note)
    return hook_bodies.emoji(sim, user, award, "award", hook_requests.parent(sim, note.noteable))


def _push(kind: str) -> Callable[[Simulator, User, Project], Body]:
    def make(sim: Simulator, user: User, project: Project) -> Body:
        head = project.branches.get(project.default_branch) or _made_up_commit(sim, user)
        name = project.default_branch if kind == "heads" else max(project.tags, default="v1.0.0")
        new, ref = git.history(head)[:_COMMITS], f"refs/{kind}/{name}"
        return hook_code.push(sim, user, project, ref, before=new[-1], after=head, commits=new)

    return make


def _made_up_commit(sim: Simulator, user: User) -> Commit:
    """What a project without commits is tested with."""
    return Commit(
        id="0123456789" * 4,
        message="Hello World",
        author_name=user.name,
        author_email=user.email,
        committer_name=user.name,
        committer_email=user.email,
        created_at=sim.clock.now(),
        parents=(),
        tree={},
    )


def _token(sim: Simulator, user: User, project: Project) -> Body:
    """A made up token of the project, by its bot where it has one."""
    now = sim.clock.now()
    bots = (token.user for token in sim.state.tokens.values() if token.holder is project)
    token = Token(
        id=1,
        value="",
        user=next(bots, user),
        name="pat_for_webhook_event",
        scopes=(),
        created_at=now,
        expires_at=now.date() + timedelta(days=2),
        holder=project,
    )
    return hook_groups.access_token(sim, token)


def _last(things: Iterable[Any]) -> Any:
    return next(reversed(list(things)), None)


_MAKERS: dict[str, Callable[[Simulator, User, Project], Body]] = {
    "issues_events": _issue,
    "confidential_issues_events": _issue,
    "note_events": _note,
    "merge_requests_events": _request,
    "milestone_events": _milestone,
    "pipeline_events": _pipeline,
    "releases_events": _release,
    "emoji_events": _emoji,
    "push_events": _push("heads"),
    "tag_push_events": _push("tags"),
    "resource_access_token_events": _token,
}
