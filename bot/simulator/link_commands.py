"""Quick actions that tie issues to others: links, duplicates, moves, copies, merge requests.

https://docs.gitlab.com/user/project/quick_actions/
"""

import re
from collections.abc import Callable
from functools import partial

from bot.simulator import moving, opening, relations, system_notes
from bot.simulator import repository as git
from bot.simulator.command_reading import Effect, Reading
from bot.simulator.model import Issue, MergeRequest, Project
from bot.simulator.permissions import (
    DEVELOPERS,
    MEMBERS,
    PLANNING,
    can_comment,
    can_read,
    can_update,
    has,
)
from bot.simulator.present_issues import reference, web_url
from bot.simulator.text import sentence

_NO_TARGET = "Target project or group doesn't exist or doesn't support this item type."
_SAID = {
    "relates_to": "Added {names} as a linked item related to this {kind}.",
    "blocks": "Added {names} as a linked item blocked by this {kind}.",
    "is_blocked_by": "Added {names} as a linked item blocking this {kind}.",
}


def _relate_as(kind: str) -> Effect:
    def relate(it: Reading, argument: str) -> str | None:
        here = it.item
        if isinstance(here, MergeRequest) and kind != "relates_to":
            return _block(it, here, argument, kind)
        if not isinstance(here, Issue) or not has(it.sim, it.actor, here.project, MEMBERS):
            return ""
        if kind != "relates_to" and not it.sim.premium:
            return ""
        if not argument:
            return None
        others = [issue for issue in it.issues(argument) if issue is not here]
        for other in others:
            it.later(_relating(it, here, other, kind))
        names = sentence([reference(other, here.project) for other in others])
        return _SAID[kind].format(names=names, kind=here.issue_type) if names else ""

    return relate


def _block(it: Reading, here: MergeRequest, argument: str, kind: str) -> str | None:
    """Merge requests that wait for this one, or that it waits for."""
    if not it.sim.premium or not it.may_set():
        return ""
    if not argument:
        return None
    others = [x for x in it.things(argument) if isinstance(x, MergeRequest) and x is not here]
    for other in others:
        first, then = (here, other) if kind == "blocks" else (other, here)
        it.later(partial(relations.block, it.sim, first, then))
    names = sentence([reference(other, here.project) for other in others])
    return _SAID[kind].format(names=names, kind="merge request") if names else ""


def _relating(it: Reading, here: Issue, other: Issue, kind: str) -> Callable[[], object]:
    def step() -> None:
        if not relations.linked(here, other):
            relations.relate(it.sim, it.actor, here, other, kind)

    return step


def _unlink(it: Reading, argument: str) -> str | None:
    here, others = it.item, it.issues(argument)
    if isinstance(here, MergeRequest):
        return _unblock(it, here, argument)
    if not isinstance(here, Issue) or not has(it.sim, it.actor, here.project, MEMBERS):
        return ""
    if not argument:
        return None
    link = relations.linked(here, others[0]) if others else None
    if link is None:
        return "No linked item matches the provided parameter."
    it.later(lambda: relations.unlink(it.sim, it.actor, link))
    return f"Removed linked item {reference(others[0], here.project)}."


def _unblock(it: Reading, here: MergeRequest, argument: str) -> str | None:
    if not it.sim.premium or not it.may_set():
        return ""
    if not argument:
        return None
    for other in it.things(argument):
        if isinstance(other, MergeRequest) and relations.are_tied(here, other):
            it.later(partial(relations.unblock, here, other))
            return f"Removed linked item {reference(other, here.project)}."
    return "No linked item matches the provided parameter."


def _duplicate(it: Reading, argument: str) -> str | None:
    here = it.item
    if not isinstance(here, Issue) or not it.may_set():
        return ""
    if not argument:
        return None
    others, kind = it.issues(argument), here.issue_type.capitalize()
    if not others:
        return f"Failed to mark this {kind} as a duplicate because referenced item was not found."
    other = others[0]
    if other is here:
        return f"Failed to mark the {kind} as duplicate of itself."
    able = can_update(it.sim, it.actor, here) and can_comment(it.sim, it.actor, other)
    if not able:
        return f"Failed to mark this {kind} as duplicate due to insufficient permissions."
    it.want("state_event", value="close", canonical_issue_id=other.id)
    it.later(lambda: _mark_duplicate(it, here, other))
    return (
        f"Closed this {kind}. Marked as related to, and a duplicate of, {web_url(it.sim, other)}."
    )


def _mark_duplicate(it: Reading, here: Issue, other: Issue) -> None:
    here.duplicated_to = other
    name = reference(other, here.project)
    body = f"marked this issue as a duplicate of {name}"
    system_notes.add(it.sim, here, it.actor, body, mentioned_from=other)
    back = f"marked {reference(here, other.project)} as a duplicate of this issue"
    system_notes.add(it.sim, other, it.actor, back, mentioned_from=here)
    _relating(it, here, other, "relates_to")()


def _move(it: Reading, argument: str) -> str | None:
    here = it.item
    if not isinstance(here, Issue) or not it.may_plan():
        return ""
    if not argument:
        return None
    target, reason = _target(it, argument)
    if target is None:
        return f"Unable to move. {reason}"
    if target is here.project:  # GitLab says so, and leaves it where it is
        return f"Moved this item to {argument}."
    it.later(lambda: moving.move(it.sim, it.actor, here, target))
    return f"Moved this item to {target.full_path}."


def _clone(it: Reading, argument: str) -> str:
    here, words = it.item, argument.split()
    with_notes = "--with_notes" in words
    paths = [word for word in words if word != "--with_notes"]
    if not isinstance(here, Issue) or not it.may_plan():
        return ""
    if len(paths) > 1:
        return "Failed to clone this item: wrong parameters."
    target, reason = _target(it, paths[0] if paths else "")
    if target is None:
        return f"Unable to clone. {reason}"
    step = lambda: moving.clone(it.sim, it.actor, here, target, with_notes=with_notes)  # noqa: E731
    it.later(step, clone_with_notes=with_notes)
    return f"Cloned this item to {target.full_path}."


def _target(it: Reading, path: str) -> tuple[Project | None, str]:
    """Where to move or clone to, or why not there."""
    place = it.sim.state.project_at(path) if path else it.item.project
    if place is None or not can_read(it.sim, it.actor, place):
        return None, _NO_TARGET
    if not has(it.sim, it.actor, place, PLANNING):
        return None, "Insufficient permissions."
    return place, ""


def _create_merge_request(it: Reading, argument: str) -> str:
    """A branch off the default one, and a draft that closes the issue."""
    here, project = it.item, it.item.project
    able = has(it.sim, it.actor, project, DEVELOPERS) and not project.archived
    if not isinstance(here, Issue) or not able or project.default_branch not in project.branches:
        return ""
    slug = re.sub(r"[^a-z0-9]+", "-", here.title.lower()).strip("-")
    name = argument or f"{here.iid}-{slug}"
    if name in project.branches or not git.is_branch_name(name):
        return ""
    asked = {"branch_name": argument or None, "issue_iid": here.iid}
    it.later(lambda: _open_request(it, here, name), create_merge_request=asked)
    what = f"branch '{argument}'" if argument else "a branch"
    return f"Created {what} and a merge request to resolve this issue."


def _open_request(it: Reading, here: Issue, name: str) -> None:
    project = here.project
    git.set_branch(project, name, project.branches[project.default_branch])
    wanted = {
        "title": f'Draft: Resolve "{here.title}"',
        "description": f"Closes #{here.iid}",
        "source_branch": name,
        "target_branch": project.default_branch,
        "assignees": [it.actor],
        "labels": list(here.labels),
        "milestone": here.milestone,
    }
    opening.create(it.sim, it.actor, project, project, wanted)


EFFECTS: dict[str, Effect] = {
    "blocked_by": _relate_as("is_blocked_by"),
    "blocks": _relate_as("blocks"),
    "clone": _clone,
    "create_merge_request": _create_merge_request,
    "duplicate": _duplicate,
    "move": _move,
    "relate": _relate_as("relates_to"),
    "unlink": _unlink,
}
