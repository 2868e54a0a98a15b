"""Users, the caller, and access tokens.

https://docs.gitlab.com/api/users/ and https://docs.gitlab.com/api/personal_access_tokens/
"""

import secrets
from datetime import date, timedelta
from typing import Any

from bot.simulator import present
from bot.simulator.accounts import API_SCOPES, add_member, new_token, new_user
from bot.simulator.api import finders
from bot.simulator.errors import (
    bad_request,
    conflict,
    forbidden,
    invalid,
    not_found,
    unauthorized,
)
from bot.simulator.model import Holder, Level, Project, Token, User
from bot.simulator.paging import paged
from bot.simulator.permissions import MAINTAINERS, OWNERS, level, require
from bot.simulator.routing import Answer, Call, Route

_LONGEST_LIFE = timedelta(days=365)
_ROTATED_LIFE = timedelta(days=7)


def list_users(call: Call) -> Answer:
    """All users; `username` is exact whatever the case, `search` looks into names too."""
    params, viewer = call.params, call.user
    found = list(call.sim.state.users.values())
    username, search = params.text("username"), (params.text("search") or "").lower()
    if username is not None:
        found = [u for u in found if u.username.lower() == username.lower()]
    if search:
        found = [u for u in found if _matches(u, search)]
    for state in ("active", "blocked"):
        if params.flag(state):
            found = [u for u in found if u.state == state]
    if params.flag("humans"):
        found = [u for u in found if not u.bot]
    found.sort(key=lambda u: u.id, reverse=params.text("sort") != "asc")
    show = present.user_full if viewer.admin else _basic
    return paged(call, found, lambda u: show(call.sim, u, viewer))


def get_user(call: Call) -> Any:
    """One user."""
    return present.user_full(call.sim, finders.user(call, call.vars["id"]), call.user)


def current_user(call: Call) -> Any:
    """The caller."""
    return present.user_full(call.sim, call.user, call.user)


def user_status(call: Call) -> Any:
    """A user's status; nobody has set one here."""
    finders.user(call, call.vars["id"])
    return {
        "emoji": None,
        "availability": None,
        "message": None,
        "message_html": "",
        "clear_status_at": None,
    }


def create_user(call: Call) -> Any:
    """Administrators make users; name and address must be new."""
    admin = finders.administrator(call)
    params = call.params
    params.require("email", "name", "username")
    if not (
        params.has("password")
        or params.flag("reset_password")
        or params.flag("force_random_password")
    ):
        raise invalid(
            "password, reset_password, force_random_password are missing,"
            " at least one parameter must be provided"
        )
    username, email = params.required_text("username"), params.required_text("email")
    if call.sim.state.holder_at(username) or call.sim.state.user_named(username):
        raise conflict("Username has already been taken")
    if any(u.email.lower() == email.lower() for u in call.sim.state.users.values()):
        raise conflict("Email has already been taken")
    user = new_user(
        call.sim.state, call.sim.clock.now(), username, params.required_text("name"), email
    )
    _apply(call, user)
    return present.user_full(call.sim, user, admin)


def update_user(call: Call) -> Any:
    """Administrators change users."""
    admin = finders.administrator(call)
    user = finders.user(call, call.vars["id"])
    name = call.params.text("username")
    if name and name != user.username:
        other = call.sim.state.holder_at(name)
        if other and other is not user.namespace:
            raise conflict("Username has already been taken")
        call.sim.state.rename_user(user, name)
    user.name = call.params.text("name") or user.name
    user.email = call.params.text("email") or user.email
    _apply(call, user)
    return present.user_full(call.sim, user, admin)


def delete_user(call: Call) -> None:
    """Administrators remove users; what they wrote stays."""
    finders.administrator(call)
    user = finders.user(call, call.vars["id"])
    state = call.sim.state
    for holder in [*state.namespaces.values(), *state.projects.values()]:
        holder.members.pop(user.id, None)
    for token in state.tokens.values():
        token.revoked = token.revoked or token.user is user
    state.remove_user(user)


def block_user(call: Call) -> bool:
    """Block a user, whose tokens then get 403."""
    finders.administrator(call)
    finders.user(call, call.vars["id"]).state = "blocked"
    return True


def unblock_user(call: Call) -> bool:
    """Let a blocked user in again."""
    finders.administrator(call)
    user = finders.user(call, call.vars["id"])
    if user.state != "blocked":
        raise forbidden("User is not blocked")
    user.state = "active"
    return True


def create_personal_token(call: Call) -> Any:
    """An administrator makes a token for a user; its value is shown this once."""
    finders.administrator(call)
    user = finders.user(call, call.vars["id"])
    return _made(_token_from_params(call, user))


def list_personal_tokens(call: Call) -> Answer:
    """The caller's tokens, for administrators those of all or of `user_id`."""
    wanted = call.params.integer("user_id")
    if wanted is not None and wanted != call.user.id and not call.user.admin:
        raise unauthorized()
    found = [
        token
        for token in call.sim.state.tokens.values()
        if token.holder is None
        and (call.user.admin or token.user is call.user)
        and wanted in (None, token.user.id)
    ]
    return paged(call, found, present.token)


def own_token(call: Call) -> Any:
    """The token that makes this call."""
    return present.token(_used(call))


def get_personal_token(call: Call) -> Any:
    """One token by id."""
    return present.token(_personal(call))


def revoke_own_token(call: Call) -> None:
    """Revoke the token that makes this call."""
    _used(call).revoked = True


def revoke_personal_token(call: Call) -> None:
    """Revoke a token by id."""
    _personal(call).revoked = True


def rotate_own_token(call: Call) -> Answer:
    """Replace the token that makes this call; the old one dies at once."""
    return _rotate(call, _used(call))


def rotate_personal_token(call: Call) -> Answer:
    """Replace a token by id."""
    return _rotate(call, _personal(call))


def create_resource_token(call: Call) -> Any:
    """A project or group access token, with a bot user of its own.

    https://docs.gitlab.com/api/project_access_tokens/
    """
    holder = _resource(call)
    require(call.sim, call.user, holder, _token_makers(holder))
    wanted = call.params.integer("access_level") or Level.MAINTAINER
    if wanted > level(call.sim, call.user, holder):
        raise bad_request("Access level of the token can't be greater the access level of the user")
    call.params.require("name", "scopes")
    bot = _bot_user(call, holder, call.params.required_text("name"))
    add_member(call.sim.clock.now(), holder, bot, wanted, by=call.user)
    token = _token_from_params(call, bot)
    token.holder, token.access_level = holder, wanted
    return _made(token)


def list_resource_tokens(call: Call) -> Answer:
    """The access tokens of a project or group."""
    holder = _resource(call)
    require(call.sim, call.user, holder, _token_makers(holder))
    found = [token for token in call.sim.state.tokens.values() if token.holder is holder]
    return paged(call, found, present.token)


def get_resource_token(call: Call) -> Any:
    """One access token of a project or group."""
    return present.token(_resource_token(call))


def revoke_resource_token(call: Call) -> None:
    """Revoke one; its bot user loses the membership."""
    token = _resource_token(call)
    token.revoked = True
    _resource(call).members.pop(token.user.id, None)


def rotate_resource_token(call: Call) -> Answer:
    """Replace one; the bot user stays."""
    return _rotate(call, _resource_token(call))


def _matches(user: User, search: str) -> bool:
    fields = (user.username.lower(), user.name.lower())
    return any(search in text for text in fields) or user.email.lower() == search


def _basic(sim: Any, user: User, _viewer: User) -> dict[str, Any]:
    return present.user_basic(sim, user)


def _apply(call: Call, user: User) -> None:
    params = call.params
    user.admin = bool(params.flag("admin", user.admin))
    user.external = bool(params.flag("external", user.external))
    user.public_email = params.text("public_email", user.public_email) or ""


def _token_from_params(call: Call, user: User) -> Token:
    call.params.require("name", "scopes")
    scopes = tuple(call.params.words("scopes"))
    if not scopes or not set(scopes) <= {*API_SCOPES, "admin_mode", "sudo"}:
        raise invalid("scopes does not have a valid value")
    name = call.params.required_text("name")
    now = call.sim.clock.now()
    expires = _expiry(call, now.date() + _LONGEST_LIFE)
    token = new_token(call.sim.state, now, user, name=name, scopes=scopes, expires_at=expires)
    token.description = call.params.text("description") or ""
    return token


def _expiry(call: Call, default: date) -> date:
    today = call.sim.clock.now().date()
    expires = call.params.day("expires_at") or default
    if expires > today + _LONGEST_LIFE:
        raise bad_request(f"Expiration date must be before {(today + _LONGEST_LIFE).isoformat()}")
    return expires


def _made(token: Token) -> dict[str, Any]:
    return present.token(token) | {"token": token.value}


def _used(call: Call) -> Token:
    if call.token is None:
        raise unauthorized()
    return call.token


def _personal(call: Call) -> Token:
    for token in call.sim.state.tokens.values():
        own = token.user is call.user or call.user.admin
        if str(token.id) == call.vars["token_id"] and own and token.holder is None:
            return token
    raise not_found()


def _rotate(call: Call, old: Token) -> Answer:
    if old.revoked:
        raise bad_request("Token already revoked")
    now = call.sim.clock.now()
    expires = _expiry(call, now.date() + _ROTATED_LIFE)
    new = new_token(
        call.sim.state, now, old.user, name=old.name, scopes=old.scopes, expires_at=expires
    )
    new.holder, new.access_level, new.description = old.holder, old.access_level, old.description
    old.revoked = True
    return Answer(_made(new))


def _resource(call: Call) -> Holder:
    return finders.group(call) if "/groups/" in call.path else finders.project(call)


def _token_makers(holder: Holder) -> frozenset[Level]:
    return MAINTAINERS if isinstance(holder, Project) else OWNERS


def _resource_token(call: Call) -> Token:
    holder, wanted = _resource(call), call.vars["token_id"]
    require(call.sim, call.user, holder, _token_makers(holder))
    for token in call.sim.state.tokens.values():
        if token.holder is holder and str(token.id) == wanted:
            return token
    raise not_found()


def _bot_user(call: Call, holder: Holder, name: str) -> User:
    kind = "project" if isinstance(holder, Project) else "group"
    username = f"{kind}_{holder.id}_bot_{secrets.token_hex(16)}"
    email = f"{username}@noreply.gitlab.test"
    bot = new_user(call.sim.state, call.sim.clock.now(), username, name, email)
    bot.bot = True
    return bot


ROUTES = (
    Route("GET", "/user", current_user),
    Route("GET", "/users", list_users),
    Route("POST", "/users", create_user),
    Route("GET", "/users/:id", get_user),
    Route("PUT", "/users/:id", update_user),
    Route("DELETE", "/users/:id", delete_user),
    Route("GET", "/users/:id/status", user_status),
    Route("POST", "/users/:id/block", block_user),
    Route("POST", "/users/:id/unblock", unblock_user),
    Route("POST", "/users/:id/personal_access_tokens", create_personal_token),
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
