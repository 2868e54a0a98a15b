"""Who may still come in: https://docs.gitlab.com/api/user_moderation/."""

from bot.simulator.api import finders
from bot.simulator.errors import conflict, forbidden, message
from bot.simulator.model import User
from bot.simulator.routing import Answer, Call, Route


def block_user(call: Call) -> Answer:
    """Block a user, whose tokens then get 403; a second time gives null."""
    user = _moderated(call)
    if user is call.caller:
        raise forbidden("The API initiating user cannot be blocked by the API")
    known, user.state = user.state == "blocked", "blocked"
    return Answer(None if known else True, 201, json=True)


def unblock_user(call: Call) -> bool:
    """Let a blocked user in again; false for who is not blocked."""
    user = _moderated(call)
    if user.state == "deactivated":
        raise forbidden("Deactivated users cannot be unblocked by the API")
    if user.state != "blocked":
        return False
    user.state = "active"
    return True


def ban_user(call: Call) -> bool:
    """Ban an active user."""
    return _step(call, "active", "banned", "You cannot ban %s users.")


def unban_user(call: Call) -> bool:
    """Let a banned user in again."""
    return _step(call, "banned", "active", "You cannot unban %s users.")


def deactivate_user(call: Call) -> bool:
    """Put an active user to rest."""
    return _step(
        call, "active", "deactivated", "Error occurred. A blocked user cannot be deactivated"
    )


def activate_user(call: Call) -> bool:
    """Wake a user."""
    problem = "Error occurred. A blocked user must be unblocked to be activated"
    if _moderated(call).state == "active":
        return True
    return _step(call, "deactivated", "active", problem)


def approve_user(call: Call) -> Answer:
    """Nobody waits for an approval here."""
    _require_administrator(call, "approve")
    _moderated(call)
    raise conflict("The user you are trying to approve is not pending approval")


def reject_user(call: Call) -> Answer:
    """Nobody waits for one, so that nobody is rejected."""
    _require_administrator(call, "reject")
    _moderated(call)
    raise conflict("User does not have a pending request")


def _require_administrator(call: Call, step: str) -> None:
    if not call.user.admin:
        raise message(403, f"You are not allowed to {step} a user")


def _step(call: Call, before: str, after: str, problem: str) -> bool:
    """From one state to another; the state reached already is fine where GitLab says so."""
    user = _moderated(call)
    if user.state == after and "deactivated" in {before, after}:
        return True
    if user.state != before:
        raise message(403, problem.replace("%s", user.state))
    user.state = after
    return True


def _moderated(call: Call) -> User:
    finders.administrator(call)
    return finders.user(call, call.vars["id"])


ROUTES = (
    Route("POST", "/users/:id/block", block_user),
    Route("POST", "/users/:id/unblock", unblock_user),
    Route("POST", "/users/:id/ban", ban_user),
    Route("POST", "/users/:id/unban", unban_user),
    Route("POST", "/users/:id/deactivate", deactivate_user),
    Route("POST", "/users/:id/activate", activate_user),
    Route("POST", "/users/:id/approve", approve_user),
    Route("POST", "/users/:id/reject", reject_user),
)
