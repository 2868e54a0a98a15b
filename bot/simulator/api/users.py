"""Users and the caller.

https://docs.gitlab.com/api/users/ and https://docs.gitlab.com/api/user_moderation/
"""

import re
from collections.abc import Callable
from itertools import product
from typing import Any

from bot.simulator import present
from bot.simulator.accounts import keep_address, new_user
from bot.simulator.api import avatars, finders
from bot.simulator.api.project_lists import attributes
from bot.simulator.errors import conflict, forbidden, invalid, invalid_fields, not_found
from bot.simulator.model import Level, User
from bot.simulator.paging import listed
from bot.simulator.params import Params
from bot.simulator.routing import Answer, Call, Route
from bot.simulator.text import iso

_LONGEST_BIO = 255
_ORDERS = ("id", "name", "username", "created_at", "updated_at")
_NAME = re.compile(r"[A-Za-z0-9_.](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
_BAD_NAME = (
    "can contain only letters, digits, '_', '-', '.'. Cannot start with '-' or end in '.', '.git'"
    " or '.atom'."
)
_PROFILE = (
    "bio",
    "location",
    "linkedin",
    "twitter",
    "discord",
    "website_url",
    "job_title",
    "pronouns",
    "organization",
    "github",
    "bluesky",
    "mastodon",
    "orcid",
    "note",
)


def list_users(call: Call) -> Answer:
    """All users; `username` is exact whatever the case, `search` looks into names too."""
    params, viewer = call.params, call.caller
    hidden = "public" in call.sim.state.settings["restricted_visibility_levels"]
    if viewer is None and (hidden or not params.has("username")):
        raise forbidden("Not authorized to access /api/v4/users")
    username, search = params.text("username"), (params.text("search") or "").lower()
    tests = _tests(call)
    found = [
        user
        for user in call.sim.state.users.values()
        if username in (None, "") or user.username.lower() == str(username).lower()
        if not search or _matches(user, search, private=bool(viewer and viewer.admin))
        if all(test(user) for test in tests)
    ]
    order = params.choice("order_by", _ORDERS, "id") or "id"
    order = "created_at" if order == "updated_at" else order
    falling = params.choice("sort", ("asc", "desc"), "desc") == "desc"

    def key(user: User) -> list[Any]:
        value = getattr(user, order)
        return [iso(value) if order == "created_at" else value, user.id]

    found.sort(key=key, reverse=falling)
    if search and not params.has("order_by", "sort"):
        found.sort(key=lambda user: (not _is_exactly(user, search), user.name.lower()))
    show = present.user_full if viewer and viewer.admin else _basic

    def shown(user: User) -> dict[str, Any]:
        return show(call.sim, user, viewer) | attributes(call, "users", user.id)

    orders = frozenset(product(_ORDERS, ("asc", "desc")))
    return listed(call, found, key, shown, orders, kind="User")


def _is_exactly(user: User, search: str) -> bool:
    return search in {user.username.lower(), user.name.lower(), user.public_email.lower()}


def _tests(call: Call) -> list[Callable[[User], bool]]:
    """The yes-or-no filters; several of them all have to hold."""
    params = call.params
    wanted: dict[str, Callable[[User], bool]] = {
        "active": lambda user: user.state == "active",
        "blocked": lambda user: user.state == "blocked",
        "external": lambda user: user.external,
        "humans": lambda user: not user.bot,
        "admins": lambda user: user.admin or not (call.caller and call.caller.admin),
        "exclude_active": lambda user: user.state != "active",
        "exclude_external": lambda user: not user.external,
        "exclude_humans": lambda user: user.bot,
        "exclude_internal": lambda _user: True,
        "without_project_bots": lambda user: not user.bot,
        "without_projects": lambda user: not _has_project(call, user),
        "auditors": lambda user: bool(user.settings.get("auditor")),
    }
    tests = [test for name, test in wanted.items() if params.flag(name)]
    after, before = params.moment("created_after"), params.moment("created_before")
    attributes = params.sub("custom_attributes").values
    kept = call.sim.state.kept
    if params.choice("two_factor", ("enabled", "disabled")) == "enabled":
        tests.append(lambda _user: False)
    address, uid = params.text("public_email"), params.text("extern_uid")
    provider = params.text("provider") or ""
    _check_identity(params)
    if uid and not (call.caller and call.caller.admin):
        raise forbidden()
    if params.flag("skip_ldap"):
        tests.append(lambda user: not any(name.startswith("ldap") for name in user.identities))
    if address:
        tests.append(lambda user: user.public_email == address)
    if uid:
        tests.append(lambda user: user.identities.get(provider) == uid)
    return [
        *tests,
        lambda user: not after or user.created_at >= after,
        lambda user: not before or user.created_at <= before,
        lambda user: kept.has_attributes("users", user.id, attributes),
    ]


def _check_identity(params: Params) -> None:
    """A provider goes with the number there, and the other way round."""
    if params.has("extern_uid") != params.has("provider"):
        raise invalid("extern_uid, provider provide all or none of parameters")


def _has_project(call: Call, user: User) -> bool:
    every = call.sim.state.projects.values()
    return any(user.id in p.members or p.creator is user for p in every)


def get_user(call: Call) -> Any:
    """One user, for who has a token."""
    if call.caller is None:
        raise forbidden("Not authorized!")
    user = finders.user(call, call.vars["id"])
    return present.user_full(call.sim, user, call.user) | attributes(call, "users", user.id)


def current_user(call: Call) -> Any:
    """The caller."""
    return present.user_full(call.sim, call.user, call.user)


def create_user(call: Call) -> Any:
    """Administrators make users; name and address must be new."""
    admin = finders.administrator(call)
    params = call.params
    params.require("email", "name", "username")
    ways = ("password", "reset_password", "force_random_password")
    made_up = [params.flag(name) for name in (*ways[1:], "skip_confirmation")][:2]
    if not (params.text("password") or any(made_up)):
        names = ", ".join(ways)
        raise invalid(f"{names} are missing, at least one parameter must be provided")
    username, email = params.required_text("username"), params.required_text("email")
    _check(params)
    _require_new(call, username, email)
    state, now = call.sim.state, call.sim.clock.now()
    user = new_user(state, now, username, params.required_text("name"), email)
    user.settings["created_by_id"] = admin.id
    _apply(call, user)
    return present.user_full(call.sim, user, admin)


def update_user(call: Call) -> Any:
    """Administrators change users."""
    admin = finders.administrator(call)
    user = finders.user(call, call.vars["id"])
    _check(call.params)
    name, email = call.params.text("username"), call.params.text("email")
    _require_new(call, name or user.username, email or user.email, user)
    if name and name != user.username:
        call.sim.state.rename_user(user, name)
    user.name = call.params.text("name") or user.name
    if call.params.flag("skip_reconfirmation"):  # else it waits for a mail that nobody gets
        user.email = email or user.email
        keep_address(call.sim.state, call.sim.clock.now(), user)
    call.params.text("password")  # nobody signs in with one
    _apply(call, user)
    return present.user_full(call.sim, user, admin)


def set_own_avatar(call: Call) -> Any:
    """The caller's own picture: https://docs.gitlab.com/api/users/#upload-an-avatar-for-yourself."""
    call.params.require("avatar")
    avatars.apply(call, call.user)
    return {"avatar_url": present.avatar(call.sim, call.user)}


def delete_user(call: Call) -> None:
    """Administrators remove users; what they wrote stays. 409 for a group's only Owner."""
    finders.administrator(call)
    user = finders.user(call, call.vars["id"])
    finders.unmodified(call, user.created_at)
    state = call.sim.state
    alone = [g for g in state.namespaces.values() if _only_owner(g.members, user)]
    if alone and not call.params.flag("hard_delete"):
        raise conflict("User cannot be removed if it is the sole owner of a group")
    for group in alone:
        if group.id in state.namespaces:
            state.remove_group(group)
    for holder in [*state.namespaces.values(), *state.projects.values()]:
        holder.members.pop(user.id, None)
    for token in state.tokens.values():
        token.revoked = token.revoked or token.user is user
    state.remove_user(user)


def delete_identity(call: Call) -> None:
    """Forget how a user signs in with a provider."""
    finders.administrator(call)
    user = finders.user(call, call.vars["id"])
    if user.identities.pop(call.vars["provider"], None) is None:
        raise not_found("Identity")


def _only_owner(members: dict[int, Any], user: User) -> bool:
    owners = [number for number, entry in members.items() if entry.access_level == Level.OWNER]
    return owners == [user.id]


def _matches(user: User, search: str, *, private: bool) -> bool:
    """Whether name or part of it fits, or a whole address: only `private` ones also unshown."""
    fields = (user.username.lower(), user.name.lower())
    addresses = [user.public_email.lower(), *([user.email.lower()] if private else [])]
    return any(search in text for text in fields) or search in addresses


def _basic(sim: Any, user: User, _viewer: User | None) -> dict[str, Any]:
    return present.user_basic(sim, user)


def _require_new(call: Call, username: str, email: str, user: User | None = None) -> None:
    """Refuse names and addresses that are no good or belong to somebody else."""
    if not _NAME.fullmatch(username) or username.endswith((".git", ".atom")):
        raise invalid_fields(username=[_BAD_NAME])
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", email):
        raise invalid_fields(email=["is invalid"])
    others = [other for other in call.sim.state.users.values() if other is not user]
    if any(other.email.lower() == email.lower() for other in others):
        raise conflict("Email has already been taken")
    for other in others:
        for entry in call.sim.state.kept.shelf("users", other.id, "emails").values():
            if str(entry["email"]).lower() == email.lower():
                _refuse_known(entry)
    holder = call.sim.state.holder_at(username)
    if holder and not (user and holder is user.namespace):
        raise conflict("Username has already been taken")


def _refuse_known(entry: dict[str, Any]) -> None:
    """An address that somebody has added besides: a conflict once it is confirmed."""
    if entry["confirmed_at"]:
        raise conflict("Email has already been taken")
    raise invalid_fields(email=["has already been taken"])


def _check(params: Params) -> None:
    """Refuse values that are no good, before anything is changed."""
    _check_identity(params)
    for name, numbers in (("theme_id", range(1, 11)), ("color_scheme_id", range(1, 7))):
        params.choice(name, [str(number) for number in numbers])
    problems = {}
    if len(params.text("bio") or "") > _LONGEST_BIO:
        problems["bio"] = [f"is too long (maximum is {_LONGEST_BIO} characters)"]
    if (params.integer("projects_limit") or 0) < 0:
        problems["projects_limit"] = ["must be greater than or equal to 0"]
    if problems:
        raise invalid_fields(**problems)


def _apply(call: Call, user: User) -> None:
    params = call.params
    user.admin = bool(params.flag("admin", user.admin))
    user.external = bool(params.flag("external", user.external))
    user.public_email = _own_address(call, user, "public_email", user.public_email)
    params.integer("group_id_for_saml")  # nobody signs in by SAML
    if params.has("commit_email"):
        user.settings["commit_email"] = _own_address(call, user, "commit_email", user.email)
    for name in _PROFILE:
        if params.has(name):
            user.profile[name] = params.text(name)
    known = present.USER_SETTINGS | (present.PREMIUM_USER_SETTINGS if call.sim.premium else {})
    for name, default in known.items():
        if params.has(name):
            value = params.flag(name) if isinstance(default, bool) else params.integer(name)
            user.settings[name] = default if value is None else value
    if params.has("view_diffs_file_by_file"):
        kept = call.sim.state.kept.shelf("users", user.id, "preferences").setdefault("all", {})
        kept["view_diffs_file_by_file"] = bool(params.flag("view_diffs_file_by_file"))
    provider = params.text("provider")
    if provider:
        user.identities[provider] = params.required_text("extern_uid")
    avatars.apply(call, user)


def _own_address(call: Call, user: User, name: str, default: str) -> str:
    """An address as sent, which has to belong to the user; `_private` is one that hides it."""
    sent = call.params.text(name, default) or ""
    kept = call.sim.state.kept.shelf("users", user.id, "emails").values()
    own = {user.email.lower(), *(str(entry["email"]).lower() for entry in kept)}
    if sent == "_private":
        return present.private_email(call.sim, user)
    if sent and sent != default and sent.lower() not in own:
        raise invalid_fields(**{name: ["must be an email you have verified"]})
    return sent


ROUTES = (
    Route("GET", "/user", current_user),
    Route("PUT", "/user/avatar", set_own_avatar),
    Route("GET", "/users", list_users),
    Route("POST", "/users", create_user),
    Route("GET", "/users/:id", get_user),
    Route("PUT", "/users/:id", update_user),
    Route("DELETE", "/users/:id", delete_user),
    Route("DELETE", "/users/:id/identities/:provider", delete_identity),
)
