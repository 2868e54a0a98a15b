"""Following people, and what a client asks about its own user.

https://docs.gitlab.com/api/user_follow_unfollow/, https://docs.gitlab.com/api/users/,
https://docs.gitlab.com/api/avatar/
"""

import secrets
from datetime import timedelta
from typing import Any

from bot.simulator import present
from bot.simulator.api import finders
from bot.simulator.errors import bad_request, forbidden, not_found, not_modified
from bot.simulator.model import MergeRequest, User
from bot.simulator.paging import paged
from bot.simulator.permissions import shows_profile
from bot.simulator.routing import Answer, Call, Route
from bot.simulator.text import iso, parse_moment

_SHOWN_SIZE = 80
_ADMINS_KEEP_IT = (
    "Two-factor authentication for admins cannot be disabled via the API. Use the Rails console"
)
_PIN_LASTS = timedelta(days=7)
Entry = dict[str, Any]


def follow(call: Call) -> Any:
    """Follow somebody; 304 who does already."""
    user = finders.user(call, call.vars["id"])
    if user is call.user or user.id in call.user.follows:
        raise not_modified()
    call.user.follows[user.id] = user
    return present.user_basic(call.sim, user)


def unfollow(call: Call) -> Any:
    """Follow no longer; 304 who did not."""
    user = finders.user(call, call.vars["id"])
    if call.user.follows.pop(user.id, None) is None:
        raise not_modified()
    return present.user_basic(call.sim, user)


def list_followers(call: Call) -> Answer:
    """Who follows a user."""
    user = _open(call)
    found = [other for other in call.sim.state.users.values() if user.id in other.follows]
    return _users(call, found)


def list_following(call: Call) -> Answer:
    """Whom a user follows."""
    return _users(call, list(_open(call).follows.values()))


def _open(call: Call) -> User:
    """The user of the path; 404 where the profile is private."""
    user = finders.user(call, call.vars["id"])
    if not shows_profile(call.caller, user):
        raise not_found("User")
    return user


def count_associations(call: Call) -> Any:
    """How much a user has, for administrators and the user."""
    user = finders.user(call, call.vars["id"])
    if user is not call.user:
        finders.administrator(call)
    state = call.sim.state
    groups = [space for space in state.namespaces.values() if space.owner is None]
    return {
        "groups_count": sum(user.id in group.members for group in groups),
        "projects_count": sum(user.id in project.members for project in state.projects.values()),
        "issues_count": sum(issue.author is user for issue in state.issues.values()),
        "merge_requests_count": sum(r.author is user for r in state.merge_requests.values()),
    }


def count_open(call: Call) -> Any:
    """How much waits for the caller."""
    user, state = call.user, call.sim.state
    opened = [item for item in state.merge_requests.values() if item.state == "opened"]
    assigned = sum(user in item.assignees for item in opened)
    reviewing = sum(_reviews(user, item) for item in opened)
    issues = [item for item in state.issues.values() if item.state == "opened"]
    return {
        "merge_requests": assigned,
        "assigned_issues": sum(user in item.assignees for item in issues),
        "assigned_merge_requests": assigned,
        "review_requested_merge_requests": reviewing,
        "todos": sum(todo.state == "pending" for todo in user.todos),
    }


def get_preferences(call: Call) -> Any:
    """The caller's preferences."""
    usual = {"view_diffs_file_by_file": False, "show_whitespace_in_diffs": True}
    usual |= {"pass_user_identities_to_ci_jwt": False}
    kept = call.sim.state.kept.shelf("users", call.user.id, "preferences")
    return {"id": call.user.id, "user_id": call.user.id} | usual | kept.get("all", {})


def set_preferences(call: Call) -> Any:
    """Keep the preferences; they change nothing here."""
    names = (
        "view_diffs_file_by_file",
        "show_whitespace_in_diffs",
        "pass_user_identities_to_ci_jwt",
    )
    sent = {name: bool(call.params.flag(name)) for name in names if call.params.has(name)}
    kept = call.sim.state.kept.shelf("users", call.user.id, "preferences")
    kept["all"] = kept.get("all", {}) | sent
    return get_preferences(call)


def disable_two_factor(call: Call) -> None:
    """Nobody has a second factor here; those of administrators cannot be switched off."""
    finders.administrator(call)
    if finders.user(call, call.vars["id"]).admin:
        raise forbidden(_ADMINS_KEEP_IT)
    raise bad_request("Two-factor authentication is not enabled for this user")


def make_pin(call: Call) -> Entry:
    """A number by which GitLab Support would know the caller; it lasts seven days."""
    entry = {"pin": f"{secrets.randbelow(1_000_000):06}", "expires_at": _pin_end(call)}
    _pins(call, call.user)["pin"] = entry
    return entry


def get_pin(call: Call) -> Entry:
    """The caller's number, or for administrators another's."""
    user = call.user
    if "id" in call.vars:
        finders.administrator(call)
        user = finders.user(call, call.vars["id"])
    entry = _pins(call, user).get("pin")
    if entry is None or parse_moment(entry["expires_at"]) <= call.sim.clock.now():
        raise not_found("Support PIN")
    return entry


def revoke_pin(call: Call) -> Answer:
    """An administrator ends a number at once."""
    get_pin(call)
    _pins(call, finders.user(call, call.vars["id"])).clear()
    return Answer({"message": "202 Accepted"}, 202)


def _pins(call: Call, user: User) -> dict[str, Entry]:
    return call.sim.state.kept.shelf("users", user.id, "support_pin")


def _pin_end(call: Call) -> str | None:
    return iso(call.sim.clock.now() + _PIN_LASTS)


def get_avatar(call: Call) -> Any:
    """The address of the picture that belongs to an email address."""
    email = call.params.required_text("email")
    size = call.params.integer("size") or _SHOWN_SIZE
    return {"avatar_url": present.gravatar_of(email, size)}


def _users(call: Call, users: list[User]) -> Answer:
    return paged(call, users, lambda user: present.user_basic(call.sim, user))


def _reviews(user: User, item: MergeRequest) -> bool:
    return user in item.reviewers


ROUTES = (
    Route("POST", "/users/:id/follow", follow),
    Route("POST", "/users/:id/unfollow", unfollow),
    Route("GET", "/users/:id/followers", list_followers),
    Route("GET", "/users/:id/following", list_following),
    Route("GET", "/users/:id/associations_count", count_associations),
    Route("GET", "/user_counts", count_open),
    Route("GET", "/user/preferences", get_preferences),
    Route("PUT", "/user/preferences", set_preferences),
    Route("GET", "/avatar", get_avatar),
    Route("POST", "/user/support_pin", make_pin),
    Route("GET", "/user/support_pin", get_pin),
    Route("GET", "/users/:id/support_pin", get_pin),
    Route("POST", "/users/:id/support_pin/revoke", revoke_pin),
    Route("PATCH", "/users/:id/disable_two_factor", disable_two_factor),
)
