"""Access tokens of projects and groups, each with a bot user of its own.

https://docs.gitlab.com/api/project_access_tokens/, https://docs.gitlab.com/api/group_access_tokens/
"""

import secrets
from typing import Any

from bot.simulator import hook_groups
from bot.simulator.accounts import API_SCOPES, add_member, new_user
from bot.simulator.api import finders, tokens
from bot.simulator.errors import bad_request, invalid, not_found, unauthorized
from bot.simulator.model import Holder, Level, Project, Token, User
from bot.simulator.permissions import MAINTAINERS, OWNERS, has, level
from bot.simulator.routing import Answer, Call, Route

_LEVELS = set(Level) - {Level.NONE, Level.MINIMAL}
_SCOPES = API_SCOPES - {"read_user", "sudo", "admin_mode", "read_service_ping"}
"""Those of people and of administrators are not for bots."""
_NOT_HELD = "permissions not held by the"


def create(call: Call) -> Any:
    """A token with a new bot user, who is a member at its level."""
    call.params.require("name", "scopes")
    if not set(call.params.words("scopes")) <= _SCOPES:
        raise invalid("scopes does not have a valid value")
    wanted = call.params.integer("access_level")
    wanted = Level.MAINTAINER if wanted is None else wanted
    if wanted not in _LEVELS:
        raise invalid("access_level does not have a valid value")
    holder = _holder(call)
    if not _keeps(call, holder):
        raise bad_request(f"User does not have permission to create {_kind(holder)} access token")
    if wanted > level(call.sim, call.user, holder):
        raise bad_request(f"Access level of the token contains {_NOT_HELD} creating user")
    return tokens.made(call, _with_bot(call, holder, wanted), _shown)


def list_all(call: Call) -> Answer:
    """The access tokens of a project or group."""
    call.params.choice("state", ("active", "inactive"))
    holder = _readable(call)
    found = [token for token in call.sim.state.tokens.values() if token.holder is holder]
    return tokens.listed(call, found, _shown)


def get(call: Call) -> Any:
    """One access token of a project or group."""
    return _shown(call, _known(call, _readable(call)))


def revoke(call: Call) -> None:
    """Revoke one; its bot user loses the membership."""
    holder = _holder(call)
    token = _known(call, holder)
    if not has(call.sim, call.user, holder, _makers(holder)):
        raise bad_request(f"{call.user.name} cannot delete {token.user.name}")
    token.revoked = True
    holder.members.pop(token.user.id, None)


def rotate(call: Call) -> Answer:
    """Replace one; the bot user stays."""
    holder = _holder(call)
    wanted, used = call.vars["token_id"], call.token
    if wanted == "self" and used and used.holder is holder:
        return tokens.rotate(call, used, _shown)
    token = _numbered(call, holder) if _keeps(call, holder) else None
    if token is None:
        raise tokens.unknown(call)
    if not token.revoked and (token.access_level or 0) > level(call.sim, call.user, holder):
        raise bad_request(f"Not eligible to rotate tokens with {_NOT_HELD} user")
    return tokens.rotate(call, token, _shown)


def _shown(call: Call, token: Token) -> dict[str, Any]:
    place: dict[str, Any] = {"access_level": token.access_level}
    if token.holder:
        place |= {"resource_type": _kind(token.holder), "resource_id": token.holder.id}
    return tokens.plain(call, token) | place


def _holder(call: Call) -> Holder:
    return finders.group(call) if "/groups/" in call.path else finders.project(call)


def _readable(call: Call) -> Holder:
    user, holder = call.user, _holder(call)
    if not has(call.sim, user, holder, _makers(holder)):
        raise unauthorized()
    return holder


def _makers(holder: Holder) -> frozenset[Level]:
    return MAINTAINERS if isinstance(holder, Project) else OWNERS


def _keeps(call: Call, holder: Holder) -> bool:
    """Whether the caller makes and rotates tokens here, which token bots never do."""
    by_bot = call.token is not None and call.token.holder is not None
    return not by_bot and has(call.sim, call.user, holder, _makers(holder))


def _kind(holder: Holder) -> str:
    return "project" if isinstance(holder, Project) else "group"


def _numbered(call: Call, holder: Holder) -> Token | None:
    for token in call.sim.state.tokens.values():
        if token.holder is holder and str(token.id) == call.vars["token_id"]:
            return token
    return None


def _known(call: Call, holder: Holder) -> Token:
    token, wanted = _numbered(call, holder), call.vars["token_id"]
    if token is None:
        raise not_found(f"Could not find {_kind(holder)} access token with token_id: {wanted}")
    return token


def _with_bot(call: Call, holder: Holder, wanted: int) -> Token:
    tokens.check(call)
    bot = _bot_user(call, holder, call.params.required_text("name"))
    add_member(call.sim.clock.now(), holder, bot, wanted, by=call.user)
    token = tokens.token_from_params(call, bot)
    token.holder, token.access_level = holder, wanted
    hook_groups.watch_expiry(call.sim, token)
    return token


def _bot_user(call: Call, holder: Holder, name: str) -> User:
    username = f"{_kind(holder)}_{holder.id}_bot_{secrets.token_hex(16)}"
    email = f"{username}@noreply.gitlab.test"
    bot = new_user(call.sim.state, call.sim.clock.now(), username, name, email)
    bot.bot = True
    return bot


ROUTES = tuple(
    Route(method, f"/{place}/:id/access_tokens{rest}", handler)
    for place in ("projects", "groups")
    for method, rest, handler in (
        ("GET", "", list_all),
        ("POST", "", create),
        ("GET", "/:token_id", get),
        ("DELETE", "/:token_id", revoke),
        ("POST", "/:token_id/rotate", rotate),
    )
)
