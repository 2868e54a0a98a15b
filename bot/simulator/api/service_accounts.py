"""Service accounts of the instance and of groups: https://docs.gitlab.com/api/service_accounts/."""

import secrets
from typing import Any

from bot.simulator import present
from bot.simulator.accounts import new_user
from bot.simulator.api import finders, tokens
from bot.simulator.errors import invalid_fields, not_found
from bot.simulator.model import Level, Namespace, User
from bot.simulator.paging import paged
from bot.simulator.permissions import require
from bot.simulator.routing import Answer, Call, Route


def create(call: Call) -> Any:
    """A bot user that is nobody's project or group token; names are made up where none is sent."""
    group = _group(call)
    kind = f"service_account_group_{group.id}" if group else "service_account"
    made_up = f"{kind}_{secrets.token_hex(16)}"
    username = call.params.text("username") or made_up
    if call.sim.state.holder_at(username):
        raise invalid_fields(username=["has already been taken"])
    name = call.params.text("name") or "Service account user"
    email = call.params.text("email") or f"{made_up}@noreply.gitlab.test"
    user = new_user(call.sim.state, call.sim.clock.now(), username, name, email)
    user.bot, user.service, user.external = True, True, True
    user.service_group = group
    return _shown(call, user)


def list_accounts(call: Call) -> Answer:
    """Those of the instance, or of a group."""
    return paged(call, _accounts(call), lambda user: _shown(call, user))


def update(call: Call) -> Any:
    """Another name."""
    user = _account(call)
    user.name = call.params.text("name") or user.name
    username = call.params.text("username")
    if username and username != user.username:
        if call.sim.state.holder_at(username):
            raise invalid_fields(username=["has already been taken"])
        call.sim.state.rename_user(user, username)
    return _shown(call, user)


def delete(call: Call) -> None:
    """Remove an account, its memberships and its tokens."""
    user = _account(call)
    state = call.sim.state
    for holder in [*state.namespaces.values(), *state.projects.values()]:
        holder.members.pop(user.id, None)
    for token in state.tokens.values():
        token.revoked = token.revoked or token.user is user
    state.remove_user(user)


def create_token(call: Call) -> Any:
    """A personal token for an account of a group."""
    return tokens.made_for(call, _account(call))


def _group(call: Call) -> Namespace | None:
    """The group, for its Owners; None for the instance, for administrators."""
    if "/groups/" not in call.path:
        finders.administrator(call)
        return None
    group = finders.group(call)
    require(call.sim, call.user, group, frozenset({Level.OWNER}))
    return group


def _accounts(call: Call) -> list[User]:
    group = _group(call)
    users = call.sim.state.users.values()
    return [u for u in users if u.service and (group is None or u.service_group is group)]


def _account(call: Call) -> User:
    for user in _accounts(call):
        if str(user.id) == call.vars["user_id"]:
            return user
    raise not_found("User")


def _shown(call: Call, user: User) -> dict[str, Any]:
    basic = present.user_basic(call.sim, user)
    keys = ("id", "username", "name", "public_email")
    return {key: basic[key] for key in keys} | {"email": user.email}


_IN_GROUP = "/groups/:id/service_accounts"

ROUTES = (
    *(
        Route(method, f"{at}{rest}", handler)
        for at in ("/service_accounts", _IN_GROUP)
        for method, rest, handler in (
            ("GET", "", list_accounts),
            ("POST", "", create),
            ("PATCH", "/:user_id", update),
            ("DELETE", "/:user_id", delete),
        )
    ),
    Route("POST", f"{_IN_GROUP}/:user_id/personal_access_tokens", create_token),
)
