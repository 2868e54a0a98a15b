"""Access tokens: personal, impersonation, project and group ones.

https://docs.gitlab.com/api/personal_access_tokens/, https://docs.gitlab.com/api/user_tokens/,
https://docs.gitlab.com/api/project_access_tokens/, https://docs.gitlab.com/api/group_access_tokens/
"""

import secrets
from datetime import date, timedelta
from typing import Any

from bot.simulator import hook_groups, present
from bot.simulator.accounts import API_SCOPES, add_member, new_token, new_user
from bot.simulator.api import finders
from bot.simulator.errors import (
    bad_request,
    invalid,
    invalid_fields,
    message,
    not_found,
    unauthorized,
)
from bot.simulator.model import Holder, Level, Project, Token, User
from bot.simulator.paging import paged
from bot.simulator.params import Params
from bot.simulator.permissions import MAINTAINERS, OWNERS, level
from bot.simulator.routing import Answer, Call, Route

_LONGEST_LIFE = timedelta(days=365)
_LONGEST_DESCRIPTION = 255
_ROTATED_LIFE = timedelta(days=7)
_SORTS = tuple(
    f"{key}_{way}" for key in ("created", "expires", "last_used", "name") for way in ("asc", "desc")
)
_TOKEN_LEVELS = set(Level) - {Level.NONE, Level.MINIMAL}


def create_personal_token(call: Call) -> Any:
    """An administrator makes a token for a user; its value is shown this once."""
    finders.administrator(call)
    return made_for(call, finders.user(call, call.vars["user_id"]))


def made_for(call: Call, user: User) -> Any:
    """A new token as the parameters have it, with its value."""
    return _made(call, _token_from_params(call, user))


def create_own_token(call: Call) -> Any:
    """A token of the caller's own, for two narrow scopes only."""
    if not set(call.params.words("scopes")) <= {"k8s_proxy", "self_rotate"}:
        raise invalid("scopes does not have a valid value")
    tomorrow = call.sim.clock.now().date() + timedelta(days=1)
    return _made(call, _token_from_params(call, call.user, tomorrow))


def list_personal_tokens(call: Call) -> Answer:
    """The caller's tokens, for administrators those of all or of `user_id`."""
    if call.user.admin and call.params.text("user_id") == "":
        raise message(404, "404 Not Found")
    wanted = call.params.integer("user_id")
    if wanted is not None and wanted != call.user.id and not call.user.admin:
        raise unauthorized()
    if wanted is not None and wanted not in call.sim.state.users:
        raise message(404, "404 Not Found")
    found = [
        token
        for token in call.sim.state.tokens.values()
        if wanted in (None, token.user.id)
        if call.user.admin or (token.user is call.user and not token.impersonation)
    ]
    return listed(call, found)


def create_impersonation_token(call: Call) -> Any:
    """A token by which an administrator acts as a user."""
    finders.administrator(call)
    user = finders.user(call, call.vars["user_id"])
    call.params.require("name")
    if not call.params.has("scopes"):
        raise invalid_fields(scopes=["can't be blank"])
    token = _token_from_params(call, user)
    token.impersonation = True
    return _made(call, token)


def list_impersonation_tokens(call: Call) -> Answer:
    """All of a user's, or those of a `state`."""
    return listed(call, _impersonations(call))


def get_impersonation_token(call: Call) -> Any:
    """One by id."""
    return present.token(call.sim, _impersonation(call))


def revoke_impersonation_token(call: Call) -> None:
    """Revoke one by id."""
    _impersonation(call).revoked = True


def own_token(call: Call) -> Any:
    """The token that makes this call."""
    return present.token(call.sim, _used(call))


def get_personal_token(call: Call) -> Any:
    """One token by id."""
    return present.token(call.sim, _personal(call))


def revoke_own_token(call: Call) -> None:
    """Revoke the token that makes this call, unless an administrator made it for another."""
    if _used(call).impersonation and not call.user.admin:
        raise message(400, "400 Bad request")
    _used(call).revoked = True


def revoke_personal_token(call: Call) -> None:
    """Revoke a token by id; 400 for another's, and for one of an administrator's making."""
    for token in call.sim.state.tokens.values():
        if str(token.id) == call.vars["token_id"]:
            own = token.user is call.user and not token.impersonation
            if not (own or call.user.admin):
                raise message(400, "400 Bad request")
            token.revoked = True
            return
    raise not_found()


def rotate_own_token(call: Call) -> Answer:
    """Replace the token that makes this call; the old one dies at once."""
    return rotate(call, _used(call))


def rotate_personal_token(call: Call) -> Answer:
    """Replace a token by id."""
    return rotate(call, _personal(call))


def create_resource_token(call: Call) -> Any:
    """A project or group access token, with a bot user of its own.

    https://docs.gitlab.com/api/project_access_tokens/
    """
    holder = _resource(call)
    call.params.require("name", "scopes")
    if not _manages(call, holder) or (call.token and call.token.holder):
        kind = _kind(holder)
        raise bad_request(f"User does not have permission to create {kind} access token")
    wanted = call.params.integer("access_level") or Level.MAINTAINER
    if wanted not in _TOKEN_LEVELS:
        raise invalid("access_level does not have a valid value")
    if wanted > level(call.sim, call.user, holder):
        raise bad_request("Access level of the token can't be greater the access level of the user")
    bot = _bot_user(call, holder, call.params.required_text("name"))
    add_member(call.sim.clock.now(), holder, bot, wanted, by=call.user)
    token = _token_from_params(call, bot)
    token.holder, token.access_level = holder, wanted
    hook_groups.watch_expiry(call.sim, token)
    return _made(call, token)


def list_resource_tokens(call: Call) -> Answer:
    """The access tokens of a project or group."""
    holder = _resource(call)
    if not _manages(call, holder):
        raise unauthorized()
    found = [token for token in call.sim.state.tokens.values() if token.holder is holder]
    return listed(call, found)


def get_resource_token(call: Call) -> Any:
    """One access token of a project or group."""
    return present.token(call.sim, _resource_token(call))


def revoke_resource_token(call: Call) -> None:
    """Revoke one; its bot user loses the membership."""
    token = _resource_token(call)
    token.revoked = True
    _resource(call).members.pop(token.user.id, None)


def rotate_resource_token(call: Call) -> Answer:
    """Replace one; the bot user stays."""
    holder, token = _resource(call), _resource_token(call)
    own = token is call.token
    if not own and (token.access_level or 0) > level(call.sim, call.user, holder):
        raise bad_request("Not eligible to rotate token with access level higher than the user")
    return rotate(call, token)


def _token_from_params(call: Call, user: User, usual_end: date | None = None) -> Token:
    call.params.require("name", "scopes")
    scopes = tuple(call.params.words("scopes"))
    if not set(scopes) <= API_SCOPES:
        raise invalid("scopes does not have a valid value")
    if not scopes:
        raise message(422, "Scopes can't be blank")
    name = call.params.required_text("name")
    if len(call.params.text("description") or "") > _LONGEST_DESCRIPTION:
        raise bad_request("Description is too long (maximum is 255 characters)")
    now = call.sim.clock.now()
    expires = _expiry(call, usual_end or now.date() + _LONGEST_LIFE)
    token = new_token(call.sim.state, now, user, name=name, scopes=scopes, expires_at=expires)
    token.description = call.params.text("description") or ""
    return token


def _expiry(call: Call, default: date) -> date:
    today = call.sim.clock.now().date()
    expires = call.params.day("expires_at") or default
    if expires > today + _LONGEST_LIFE:
        raise bad_request(f"Expiration date must be before {(today + _LONGEST_LIFE).isoformat()}")
    return expires


def _made(call: Call, token: Token) -> dict[str, Any]:
    return present.token(call.sim, token) | {"token": token.value}


def listed(call: Call, tokens: list[Token]) -> Answer:
    """The tokens that pass the documented filters."""
    params = call.params
    revoked, search = params.flag("revoked"), (params.text("search") or "").lower()
    state = params.choice("state", ("active", "inactive", "all"), "all")
    after, before = params.moment("created_after"), params.moment("created_before")
    found = [
        token
        for token in tokens
        if revoked in (None, token.revoked)
        and search in token.name.lower()
        and (state == "all" or present.is_active(call.sim, token) == (state == "active"))
        and (not after or token.created_at >= after)
        and (not before or token.created_at <= before)
        and _is_dated(params, token)
    ]
    order = params.choice("sort", _SORTS) or ""
    key, falling = order.rpartition("_")[0].replace("created", "created_at"), "_desc" in order
    if key:
        attribute = {"expires": "expires_at", "last_used": "last_used_at"}.get(key, key)
        empty = [t for t in found if getattr(t, attribute) is None]
        full = [t for t in found if getattr(t, attribute) is not None]
        full.sort(key=lambda t: (getattr(t, attribute), t.id), reverse=falling)
        found = full + empty
    return paged(call, found, lambda token: present.token(call.sim, token))


def _is_dated(params: Params, token: Token) -> bool:
    """Whether it expires and was used in the time asked for."""
    expires_after, expires_before = params.day("expires_after"), params.day("expires_before")
    used_after, used_before = params.moment("last_used_after"), params.moment("last_used_before")
    end, used = token.expires_at, token.last_used_at
    return (
        (not expires_after or (end is not None and end >= expires_after))
        and (not expires_before or (end is not None and end <= expires_before))
        and (not used_after or (used is not None and used >= used_after))
        and (not used_before or (used is not None and used <= used_before))
    )


def _impersonations(call: Call) -> list[Token]:
    finders.administrator(call)
    user = finders.user(call, call.vars["user_id"])
    tokens = call.sim.state.tokens.values()
    return [token for token in tokens if token.user is user and token.impersonation]


def _impersonation(call: Call) -> Token:
    for token in _impersonations(call):
        if str(token.id) == call.vars["token_id"]:
            return token
    raise not_found("Impersonation Token")


def _used(call: Call) -> Token:
    if call.token is None:
        raise unauthorized()
    return call.token


def _personal(call: Call) -> Token:
    for token in call.sim.state.tokens.values():
        own = token.user is call.user or call.user.admin
        if (
            str(token.id) == call.vars["token_id"]
            and own
            and not (token.holder or token.impersonation)
        ):
            return token
    raise not_found() if call.user.admin else unauthorized()


def rotate(call: Call, old: Token) -> Answer:
    """A new token for an old one; rotating a dead one kills all that came from it."""
    if old.revoked:
        for token in call.sim.state.tokens.values():
            token.revoked = token.revoked or token.family == old.family
        raise bad_request("Token already revoked")
    now = call.sim.clock.now()
    expires = _expiry(call, now.date() + _ROTATED_LIFE)
    new = new_token(
        call.sim.state, now, old.user, name=old.name, scopes=old.scopes, expires_at=expires
    )
    new.holder, new.access_level, new.description = old.holder, old.access_level, old.description
    old.revoked, new.family = True, old.family
    hook_groups.watch_expiry(call.sim, new)
    return Answer(_made(call, new))


def _resource(call: Call) -> Holder:
    return finders.group(call) if "/groups/" in call.path else finders.project(call)


def _token_makers(holder: Holder) -> frozenset[Level]:
    return MAINTAINERS if isinstance(holder, Project) else OWNERS


def _resource_token(call: Call) -> Token:
    holder, wanted = _resource(call), call.vars["token_id"]
    if wanted == "self" and call.token and call.token.holder is holder:
        return call.token
    tokens = call.sim.state.tokens.values()
    found = next((t for t in tokens if t.holder is holder and str(t.id) == wanted), None)
    if not _manages(call, holder):
        if found and call.method == "DELETE":
            raise bad_request(f"{call.user.name} cannot delete {found.user.name}")
        raise unauthorized()
    if call.token and call.token.holder and call.path.endswith("/rotate"):
        raise unauthorized()
    if found is None:
        what = f"{_kind(holder)} access token with token_id: {wanted}"
        raise not_found(f"Could not find {what}")
    return found


def _manages(call: Call, holder: Holder) -> bool:
    """Whether the caller makes and sees the tokens of a project or group."""
    return level(call.sim, call.user, holder) in _token_makers(holder)


def _kind(holder: Holder) -> str:
    return "project" if isinstance(holder, Project) else "group"


def _bot_user(call: Call, holder: Holder, name: str) -> User:
    kind = _kind(holder)
    username = f"{kind}_{holder.id}_bot_{secrets.token_hex(16)}"
    email = f"{username}@noreply.gitlab.test"
    bot = new_user(call.sim.state, call.sim.clock.now(), username, name, email)
    bot.bot = True
    return bot


ROUTES = (
    Route("POST", "/users/:user_id/personal_access_tokens", create_personal_token),
    Route("POST", "/user/personal_access_tokens", create_own_token),
    Route("GET", "/users/:user_id/impersonation_tokens", list_impersonation_tokens),
    Route("POST", "/users/:user_id/impersonation_tokens", create_impersonation_token),
    Route("GET", "/users/:user_id/impersonation_tokens/:token_id", get_impersonation_token),
    Route("DELETE", "/users/:user_id/impersonation_tokens/:token_id", revoke_impersonation_token),
    Route("GET", "/personal_access_tokens", list_personal_tokens),
    Route("GET", "/personal_access_tokens/self", own_token),
    Route("DELETE", "/personal_access_tokens/self", revoke_own_token),
    Route("POST", "/personal_access_tokens/self/rotate", rotate_own_token),
    Route("GET", "/personal_access_tokens/:token_id", get_personal_token),
    Route("DELETE", "/personal_access_tokens/:token_id", revoke_personal_token),
    Route("POST", "/personal_access_tokens/:token_id/rotate", rotate_personal_token),
    *(
        Route(method, f"/{place}/:id/access_tokens{rest}", handler)
        for place in ("projects", "groups")
        for method, rest, handler in (
            ("GET", "", list_resource_tokens),
            ("POST", "", create_resource_token),
            ("GET", "/:token_id", get_resource_token),
            ("DELETE", "/:token_id", revoke_resource_token),
            ("POST", "/:token_id/rotate", rotate_resource_token),
        )
    ),
)
