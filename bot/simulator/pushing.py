"""Telling of branches and tags that moved: hooks hear it, and pipelines start.

https://docs.gitlab.com/user/project/integrations/webhook_events/#push-events
That it may be done, and moving itself, is settled before; merge requests are not told here.
"""

from bot.simulator import closing, hook_code, hooks, pipelines
from bot.simulator import repository as git
from bot.simulator.model import Project, User
from bot.simulator.model_code import Commit, Push, Tag
from bot.simulator.simulator import Simulator


def branch(
    sim: Simulator,
    actor: User,
    project: Project,
    name: str,
    *,
    before: Commit | None,
    skip_ci: bool = False,
) -> None:
    """A branch was made, moved, or (when it is no longer there) removed.

    With `skip_ci` it gets no pipeline; those of merge requests are not skipped.
    """
    head = project.branches.get(name)
    new = git.between(before or _known(project, name), head) if head else []
    body = hook_code.push(
        sim, actor, project, f"refs/heads/{name}", before=before, after=head, commits=new
    )
    hooks.fire(sim, project, "push_events", body)
    _remember(sim, actor, project, kind="branch", ref=name, ends=(before, head), count=len(new))
    closing.pushed(sim, actor, project, name, new)
    if head and not skip_ci:
        pipelines.start(sim, project, actor, head=head, ref=name, source="push")


def tag(sim: Simulator, actor: User, project: Project, entry: Tag) -> None:
    """A tag was made or (when it is no longer there) removed."""
    here = entry.name in project.tags
    ends = {"before": None if here else entry.commit, "after": entry.commit if here else None}
    ref = f"refs/tags/{entry.name}"
    both = (ends["before"], ends["after"])
    _remember(sim, actor, project, kind="tag", ref=entry.name, ends=both, count=0)
    body = hook_code.push(sim, actor, project, ref, commits=[], message=entry.message, **ends)
    hooks.fire(sim, project, "tag_push_events", body)


def _remember(
    sim: Simulator,
    actor: User,
    project: Project,
    *,
    kind: str,
    ref: str,
    ends: tuple[Commit | None, Commit | None],
    count: int,
) -> None:
    """Keep what the activity of the project tells of it."""
    number, now = sim.state.next_id("push"), sim.clock.now()
    made = Push(
        id=number,
        user=actor,
        created_at=now,
        kind=kind,
        ref=ref,
        before=ends[0],
        after=ends[1],
        count=count,
    )
    project.pushes.append(made)


def _known(project: Project, name: str) -> Commit | None:
    """Where a new branch starts from: what the default branch has is not new."""
    default = project.branches.get(project.default_branch)
    return None if name == project.default_branch else default
