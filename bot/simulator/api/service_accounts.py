"""Service accounts of the instance, of groups and of projects.

https://docs.gitlab.com/api/service_accounts/
"""

import secrets
from typing import Any

from bot.simulator import present
from bot.simulator.accounts import new_user
from bot.simulator.api import finders, tokens
from bot.simulator.errors import bad_request, invalid_fields, not_found
from bot.simulator.model import Holder, Namespace, Token, User
from bot.simulator.paging import paged
from bot.simulator.permissions import MAINTAINERS, OWNERS, require
from bot.simulator.routing import Answer, Call, Route


def create(call: Call) -> Any:
    """A bot user that is nobody's project or group token; names are made up where none is sent."""
    holder = _holder(call)
    kind = {"Namespace": "_group", "Project": "_project"}.get(type(holder).__name__, "")
    kind = f"service_account{kind}_{holder.id}" if holder else "service_account"
    made_up = f"{kind}_{secrets.token_hex(16)}"
    username = call.params.text("username") or made_up
    if call.sim.state.holder_at(username):
        raise invalid_fields(username=["has already been taken"])
    name = call.params.text("name") or "Service account user"
    email = _new_address(call) or f"{made_up}@noreply.gitlab.test"
    user = new_user(call.sim.state, call.sim.clock.now(), username, name, email)
    user.bot, user.service, user.external = True, True, True
    user.service_holder = holder
    return _shown(call, user)


def list_accounts(call: Call) -> Answer:
    """Those of the instance, or of a group or project."""
    order = call.params.choice("order_by", ("id", "username"), "id") or "id"
    falling = call.params.choice("sort", ("asc", "desc"), "desc") == "desc"
    found = sorted(_accounts(call), key=lambda user: getattr(user, order), reverse=falling)
    return paged(call, found, lambda user: _shown(call, user))


def update(call: Call) -> Any:
    """Another name or address."""
    user = _account(call)
    user.name = call.params.text("name") or user.name
    user.email = _new_address(call, user) or user.email
    username = call.params.text("username")
    if username and username != user.username:
        if call.sim.state.holder_at(username):
            raise invalid_fields(username=["has already been taken"])
        call.sim.state.rename_user(user, username)
    return _shown(call, user)


def delete(call: Call) -> None:
    """Remove an account, its memberships and its tokens."""
    user = _account(call)
    call.params.flag("hard_delete")  # what it wrote stays in any case
    state = call.sim.state
    for holder in [*state.namespaces.values(), *state.projects.values()]:
        holder.members.pop(user.id, None)
    for token in state.tokens.values():
        token.revoked = token.revoked or token.user is user
    state.remove_user(user)


def create_token(call: Call) -> Any:
    """A personal token for an account of a group or project."""
    return tokens.made_for(call, _account(call))


def list_tokens(call: Call) -> Answer:
    """The tokens of an account."""
    user = _account(call)
    return tokens.listed(call, [t for t in call.sim.state.tokens.values() if t.user is user])


def revoke_token(call: Call) -> None:
    """Revoke a token of an account."""
    _token(call).revoked = True


def rotate_token(call: Call) -> Answer:
    """Replace a token of an account."""
    return tokens.rotate(call, _token(call))


def _new_address(call: Call, user: User | None = None) -> str | None:
    """The address that was sent; 400 where it is somebody else's."""
    sent = call.params.text("email")
    others = [other for other in call.sim.state.users.values() if other is not user]
    if sent and any(other.email.lower() == sent.lower() for other in others):
        raise bad_request("Email has already been taken")
    return sent


def _holder(call: Call) -> Holder | None:
    """The group, for its Owners, or project, for Maintainers; None for the instance."""
    if "id" not in call.vars:
        finders.administrator(call)
        return None
    holder = finders.group(call) if "/groups/" in call.path else finders.project(call)
    require(call.sim, call.user, holder, OWNERS if isinstance(holder, Namespace) else MAINTAINERS)
    return holder


def _accounts(call: Call) -> list[User]:
    holder = _holder(call)
    users = call.sim.state.users.values()
    return [u for u in users if u.service and (holder is None or u.service_holder is holder)]


def _account(call: Call) -> User:
    for user in _accounts(call):
        if str(user.id) == call.vars["user_id"]:
            return user
    raise not_found("User")


def _token(call: Call) -> Token:
    user = _account(call)
    for token in call.sim.state.tokens.values():
        if token.user is user and str(token.id) == call.vars["token_id"]:
            return token
    raise not_found("Personal Access Token")


def _shown(call: Call, user: User) -> dict[str, Any]:
    basic = present.user_basic(call.sim, user)
    keys = ("id", "username", "name", "public_email")
    return {key: basic[key] for key in keys} | {"email": user.email}


_TOKENS = "/:user_id/personal_access_tokens"

ROUTES = (
    *(
        Route(method, f"{at}/service_accounts{rest}", handler)
        for at in ("", "/groups/:id", "/projects/:id")
        for method, rest, handler in (
            ("GET", "", list_accounts),
            ("POST", "", create),
            ("PATCH", "/:user_id", update),
            ("DELETE", "/:user_id", delete),
        )
    ),
    *(
        Route(method, f"{at}/service_accounts{_TOKENS}{rest}", handler)
        for at in ("/groups/:id", "/projects/:id")
        for method, rest, handler in (
            ("GET", "", list_tokens),
            ("POST", "", create_token),
            ("DELETE", "/:token_id", revoke_token),
            ("POST", "/:token_id/rotate", rotate_token),
        )
    ),
)
