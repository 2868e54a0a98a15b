"""Quick actions for assignees and reviewers.

https://docs.gitlab.com/user/project/quick_actions/
"""

from collections.abc import Callable

from bot.simulator import hook_requests, hooks
from bot.simulator.command_reading import Effect, Reading, user_names
from bot.simulator.model import MergeRequest, User

_NOBODY = "Failed to assign a user because no user was found."
_NO_REVIEWER = "Failed to assign a reviewer because no user was specified."
_NO_REVIEW = "Failed to request a review because no user was specified."


def _people(it: Reading) -> list[User]:
    return list(it.outcome.wanted.get("assignees", it.item.assignees))


def _assign(it: Reading, argument: str) -> str:
    if not it.may_set():
        return ""
    users = _usable(it, argument)
    if not users:
        return _NOBODY
    it.want("assignees", value=_joined(it, _people(it), users))
    return f"Assigned {user_names(users)}."


def _unassign(it: Reading, argument: str) -> str:
    if not _people(it) or not it.may_set():
        return ""
    users = _to_remove(it, argument, _people(it))
    it.want("assignees", value=[user for user in _people(it) if user not in users])
    return f"Removed {_plural('assignee', users)} {user_names(users)}."


def _reassign(it: Reading, argument: str) -> str | None:
    """Premium, as it is for several assignees."""
    if not it.sim.premium or not it.may_set():
        return ""
    users = it.users(argument)
    if not users:
        return None
    it.want("assignees", value=users)
    return f"Changed assignee(s) to {user_names(users)}."


def _reviewers(it: Reading) -> list[User]:
    item = it.item
    now = item.reviewers if isinstance(item, MergeRequest) else []
    return list(it.outcome.wanted.get("reviewers", now))


def _assign_reviewer(it: Reading, argument: str) -> str:
    if not isinstance(it.item, MergeRequest) or not it.may_set():
        return ""
    users = _usable(it, argument)
    if not users:
        return _NO_REVIEWER
    _ask(it, it.item, users)
    return f"Assigned {user_names(users)} as {_plural('reviewer', users)}."


def _request_review(it: Reading, argument: str) -> str:
    if not isinstance(it.item, MergeRequest) or not it.may_set():
        return ""
    users = _usable(it, argument)
    if not users:
        return _NO_REVIEW
    _ask(it, it.item, users)
    return f"Requested a review from {user_names(users)}."


def _ask(it: Reading, item: MergeRequest, users: list[User]) -> None:
    """Who is a reviewer already is asked again, the others become one."""
    again = [user for user in users if user in item.reviewers]
    if again:
        it.later(_asking_again(it, item, again))
    if len(again) < len(users):
        it.want("reviewers", value=_joined(it, _reviewers(it), users))


def _asking_again(it: Reading, item: MergeRequest, users: list[User]) -> Callable[[], object]:
    def step() -> None:
        before = hook_requests.reviewers(item)
        for user in users:
            item.reviews.pop(user.id, None)
            item.approvals.pop(user.id, None)
        changes = {"reviewers": [before, hook_requests.reviewers(item, again=users)]}
        hooks.merge_request_changed(it.sim, it.actor, item, "update", changes)

    return step


def _reassign_reviewer(it: Reading, argument: str) -> str | None:
    """Premium, as it is for several reviewers."""
    if not isinstance(it.item, MergeRequest) or not it.sim.premium or not it.may_set():
        return ""
    users = it.users(argument)
    if not users:
        return None
    it.want("reviewers", value=users)
    return f"Changed reviewer(s) to {user_names(users)}."


def _unassign_reviewer(it: Reading, argument: str) -> str:
    if not isinstance(it.item, MergeRequest) or not _reviewers(it) or not it.may_set():
        return ""
    users = _to_remove(it, argument, _reviewers(it))
    it.want("reviewers", value=[user for user in _reviewers(it) if user not in users])
    return f"Removed {_plural('reviewer', users)} {user_names(users)}."


def _usable(it: Reading, argument: str) -> list[User]:
    """Free takes the first only."""
    users = it.users(argument)
    return users if it.sim.premium else users[:1]


def _joined(it: Reading, old: list[User], new: list[User]) -> list[User]:
    return list(dict.fromkeys([*old, *new])) if it.sim.premium else new


def _to_remove(it: Reading, argument: str, old: list[User]) -> list[User]:
    """Those named; without names, and on Free in any case, all."""
    return (it.users(argument) if it.sim.premium else []) or old


def _plural(noun: str, users: list[User]) -> str:
    return noun if len(users) == 1 else f"{noun}s"


EFFECTS: dict[str, Effect] = {
    "assign": _assign,
    "assign_reviewer": _assign_reviewer,
    "reassign": _reassign,
    "reassign_reviewer": _reassign_reviewer,
    "remove_reviewer": _unassign_reviewer,
    "request_review": _request_review,
    "reviewer": _assign_reviewer,
    "unassign": _unassign,
    "unassign_reviewer": _unassign_reviewer,
}
