"""Access tokens of people: personal and impersonation ones.

https://docs.gitlab.com/api/personal_access_tokens/, https://docs.gitlab.com/api/user_tokens/
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from bot.simulator import hook_groups, present
from bot.simulator.accounts import API_SCOPES, new_token
from bot.simulator.api import finders
from bot.simulator.errors import (
    ApiError,
    bad_request,
    invalid,
    invalid_fields,
    message,
    missing,
    not_found,
    unauthorized,
)
from bot.simulator.model import Token, User
from bot.simulator.paging import paged
from bot.simulator.params import Params
from bot.simulator.routing import Answer, Call, Route

_LONGEST_LIFE = timedelta(days=365)
_LONGEST_DESCRIPTION = 255
_ROTATED_LIFE = timedelta(days=7)
_SORTS = tuple(
    f"{key}_{way}" for key in ("created", "expires", "last_used", "name") for way in ("asc", "desc")
)
_STATES = ("active", "inactive")


def create_personal_token(call: Call) -> Any:
    """An administrator makes a token for a user; its value is shown this once."""
    finders.administrator(call)
    return made_for(call, finders.user(call, call.vars["user_id"]))


def made_for(call: Call, user: User) -> Any:
    """A new token as the parameters have it, with its value."""
    return made(call, token_from_params(call, user))


def create_own_token(call: Call) -> Any:
    """A token of the caller's own, for two narrow scopes only."""
    if not set(call.params.words("scopes")) <= {"k8s_proxy", "self_rotate"}:
        raise invalid("scopes does not have a valid value")
    tomorrow = call.sim.clock.now().date() + timedelta(days=1)
    return made(call, token_from_params(call, call.user, tomorrow))


def list_personal_tokens(call: Call) -> Answer:
    """The caller's own; for administrators all of everybody, or of `user_id`."""
    call.params.choice("state", _STATES)
    wanted, tokens = call.params.integer("user_id"), call.sim.state.tokens.values()
    if not call.user.admin:
        if wanted not in (None, call.user.id):
            raise unauthorized()
        return listed(call, [t for t in tokens if t.user is call.user and not t.impersonation])
    if call.params.has("user_id") and wanted not in call.sim.state.users:
        raise missing()
    return listed(call, [token for token in tokens if wanted in (None, token.user.id)])


def create_impersonation_token(call: Call) -> Any:
    """A token by which an administrator acts as a user."""
    finders.administrator(call)
    user = finders.user(call, call.vars["user_id"])
    call.params.require("name")
    if not call.params.has("scopes"):
        raise invalid_fields(scopes=["can't be blank"])
    token = token_from_params(call, user)
    token.impersonation = True
    return made(call, token, _impersonating)


def list_impersonation_tokens(call: Call) -> Answer:
    """All of a user's, or those of a `state`."""
    return listed(call, _impersonations(call), _impersonating)


def get_impersonation_token(call: Call) -> Any:
    """One by id."""
    return _impersonating(call, _impersonation(call))


def revoke_impersonation_token(call: Call) -> None:
    """Revoke one by id."""
    _impersonation(call).revoked = True


def own_token(call: Call) -> Any:
    """The token that makes this call."""
    return _with_addresses(call, _used(call))


def get_personal_token(call: Call) -> Any:
    """One token by id."""
    return _with_addresses(call, _personal(call))


def revoke_own_token(call: Call) -> None:
    """Revoke the token that makes this call."""
    _revoke(call, _used(call))


def revoke_personal_token(call: Call) -> None:
    """Revoke a token by id."""
    token = _numbered(call)
    if token is None:
        raise not_found()
    _revoke(call, token)


def rotate_own_token(call: Call) -> Answer:
    """Replace the token that makes this call; the old one dies at once."""
    return rotate(call, _used(call))


def rotate_personal_token(call: Call) -> Answer:
    """Replace a token by id."""
    return rotate(call, _personal(call))


def token_from_params(call: Call, user: User, usual_end: date | None = None) -> Token:
    """A new token of the user, as the parameters have it."""
    check(call)
    name, scopes = call.params.required_text("name"), tuple(call.params.words("scopes"))
    now = call.sim.clock.now()
    expires = _expiry(call, usual_end or now.date() + _LONGEST_LIFE)
    token = new_token(call.sim.state, now, user, name=name, scopes=scopes, expires_at=expires)
    token.description = call.params.text("description") or ""
    return token


def check(call: Call) -> None:
    """Refuse parameters of which no token can be made."""
    call.params.require("name", "scopes")
    scopes = set(call.params.words("scopes"))
    if not scopes <= API_SCOPES:
        raise invalid("scopes does not have a valid value")
    if not scopes:
        raise message(422, "Scopes can't be blank")
    if len(call.params.text("description") or "") > _LONGEST_DESCRIPTION:
        raise bad_request("Description is too long (maximum is 255 characters)")
    _expiry(call, call.sim.clock.now().date())


def _expiry(call: Call, default: date) -> date:
    today = call.sim.clock.now().date()
    expires = call.params.day("expires_at") or default
    if expires > today + _LONGEST_LIFE:
        raise bad_request(f"Expiration date must be before {(today + _LONGEST_LIFE).isoformat()}")
    return expires


def plain(call: Call, token: Token) -> dict[str, Any]:
    """A token as most answers have it."""
    return present.token(call.sim, token)


def _with_addresses(call: Call, token: Token) -> dict[str, Any]:
    return plain(call, token) | {"last_used_ips": []}


def _impersonating(call: Call, token: Token) -> dict[str, Any]:
    return plain(call, token) | {"impersonation": True}


def made(
    call: Call, token: Token, shown: Callable[[Call, Token], dict[str, Any]] = plain
) -> dict[str, Any]:
    """A token with its value, which is shown this once."""
    return shown(call, token) | {"token": token.value}


def listed(
    call: Call,
    tokens: list[Token],
    shown: Callable[[Call, Token], dict[str, Any]] = plain,
) -> Answer:
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
    return paged(call, found, lambda token: shown(call, token))


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
    token = _numbered(call)
    if token and (call.user.admin or token.user is call.user):
        return token
    raise unknown(call)


def _numbered(call: Call) -> Token | None:
    tokens = call.sim.state.tokens.values()
    return next((token for token in tokens if str(token.id) == call.vars["token_id"]), None)


def unknown(call: Call) -> ApiError:
    """The refusal of a token that is not there or not the caller's; administrators learn which."""
    return missing() if call.user.admin else unauthorized()


def _revoke(call: Call, token: Token) -> None:
    """People end their own, but not those that impersonate them."""
    if not call.user.admin and (token.user is not call.user or token.impersonation):
        raise message(400, "400 Bad request")
    token.revoked = True


def rotate(
    call: Call, old: Token, shown: Callable[[Call, Token], dict[str, Any]] = plain
) -> Answer:
    """A new token for an old one, which dies."""
    if old.revoked:
        raise bad_request("Token already revoked")
    now = call.sim.clock.now()
    expires = _expiry(call, now.date() + _ROTATED_LIFE)
    new = new_token(
        call.sim.state, now, old.user, name=old.name, scopes=old.scopes, expires_at=expires
    )
    new.holder, new.access_level, new.description = old.holder, old.access_level, old.description
    new.impersonation = old.impersonation
    old.revoked, new.family = True, old.family
    hook_groups.watch_expiry(call.sim, new)
    return Answer(made(call, new, shown))


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
)
