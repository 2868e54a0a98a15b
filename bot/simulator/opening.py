"""Opening merge requests: https://docs.gitlab.com/api/merge_requests/. Knows nothing of HTTP."""

from collections.abc import Callable

from bot.simulator import closing, editing, merging
from bot.simulator import repository as git
from bot.simulator.editing import Wanted
from bot.simulator.model import MergeRequest, Project, User
from bot.simulator.simulator import Simulator

Begin = Callable[[Simulator, User, MergeRequest, Wanted], None]


def create(
    sim: Simulator,
    actor: User,
    project: Project,
    source: Project,
    wanted: Wanted,
    *,
    begin: Begin = editing.begin,
) -> MergeRequest:
    """A new merge request between branches that exist; `begin` gives it its first values."""
    editing.validate(wanted)
    now = sim.clock.now()
    head = source.branches[wanted["source_branch"]]
    target = project.branches[wanted["target_branch"]]
    item = MergeRequest(
        id=sim.state.next_id("merge_request"),
        iid=sim.state.next_iid(project, "merge_request"),
        project=project,
        source_project=source,
        author=actor,
        title=wanted.pop("title"),
        created_at=now,
        updated_at=now,
        source_branch=wanted.pop("source_branch"),
        target_branch=wanted.pop("target_branch"),
        head=head,
        base=git.merge_base(target, head) or head,
    )
    sim.state.merge_requests[item.id] = item
    project.merge_requests[item.iid] = item
    merging.keep_version(sim, item)
    merging.start_pipeline(sim, actor, item)
    begin(sim, actor, item, wanted)
    closing.remember(sim, actor, item)
    merging.plan_auto_merge(sim, item)
    return item
