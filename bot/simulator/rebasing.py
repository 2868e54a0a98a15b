"""Putting the commits of a merge request on top of its target branch, one after the other.

https://docs.gitlab.com/user/project/merge_requests/methods/#rebasing-in-semi-linear-merge-methods
"""

from bot.simulator import merging, pushing, trees
from bot.simulator import repository as git
from bot.simulator.model import MergeRequest, User
from bot.simulator.model_code import Commit
from bot.simulator.simulator import Simulator

_FAILED = "Rebase failed. Please rebase locally"


def rebase(sim: Simulator, actor: User, item: MergeRequest, *, skip_ci: bool = False) -> bool:
    """Rebase the source branch; nothing happens where it has all of the target. False on conflict.

    Every commit keeps its author and message, and has the actor as its committer.
    """
    target = item.project.branches.get(item.target_branch)
    item.merge_error = None
    if target in git.history(item.head):
        return True
    picked = _picked(target, item.head) if target else None
    if target is None or picked is None:
        item.merge_error = _FAILED
        return False
    before, place, branch = item.head, item.source_project, item.source_branch
    _move(sim, actor, item, target, picked)
    pushing.branch(sim, actor, place, branch, before=before, skip_ci=skip_ci)
    merging.branch_moved(sim, actor, place, branch)
    return True


def _picked(target: Commit, head: Commit) -> list[tuple[Commit, trees.Content]] | None:
    """What is to be picked, oldest first, with what it leads to; merges and empty ones are not."""
    onto: trees.Files = target
    found = []
    for entry in reversed(git.between(target, head)):
        if len(entry.parents) > 1:
            continue
        made = trees.merge(trees.before(entry), onto, entry)
        if made is None:
            return None
        if trees.changes(onto, made):
            found.append((entry, made))
        onto = made
    return found


def _move(
    sim: Simulator,
    actor: User,
    item: MergeRequest,
    target: Commit,
    picked: list[tuple[Commit, trees.Content]],
) -> None:
    """Make the commits anew on top of the target, and let the branch lead there."""
    place, head = item.source_project, target
    place.commits |= {entry.id: entry for entry in git.history(target)}
    for entry, content in picked:
        head = git.commit(
            sim,
            place,
            actor,
            entry.message,
            content.tree,
            parents=(head,),
            author_name=entry.author_name,
            author_email=entry.author_email,
            modes=content.modes,
        )
    git.set_branch(place, item.source_branch, head)
    item.base = target
