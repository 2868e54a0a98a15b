"""Protected branches of projects and, on Premium, of groups; protected tags.

https://docs.gitlab.com/api/protected_branches/, https://docs.gitlab.com/api/protected_tags/,
https://docs.gitlab.com/api/group_protected_branches/
Single users and groups are let in on Premium only.
"""

from typing import Any

from bot.simulator import repository
from bot.simulator.api import finders
from bot.simulator.errors import conflict, invalid, message, not_found
from bot.simulator.model import Holder, Level, Project
from bot.simulator.model_code import Grant, Protection
from bot.simulator.paging import paged
from bot.simulator.params import Params
from bot.simulator.permissions import MAINTAINERS, OWNERS, is_premium_or_refuse, require
from bot.simulator.routing import Answer, Call, Route

_WORDS = {0: "No one", 30: "Developers + Maintainers", 40: "Maintainers", 60: "Administrators"}
_KINDS = ("push", "merge", "unprotect")
_LEVELS = tuple(str(level) for level in _WORDS)


def list_branches(call: Call) -> Answer:
    """The protected branches whose name holds `search`."""
    search = call.params.text("search") or ""
    every = _holder(call).protected.values()
    found = sorted((e for e in every if search in e.name), key=lambda entry: entry.name)
    return paged(call, found, shown)


def get_branch(call: Call) -> Any:
    """One protected branch or wildcard."""
    return shown(_branch(call))


def protect_branch(call: Call) -> Any:
    """Let only some levels push and merge: Maintainers unless told otherwise."""
    holder = _changed(call)
    name = call.params.required_text("name")
    if name in holder.protected:
        raise conflict(f"Protected branch '{name}' already exists")
    for parameter in _KINDS:
        call.params.choice(f"{parameter}_access_level", _allowed_levels(parameter))
        _sent(call, parameter)
    entry = repository.protect(holder, name)
    _apply(call, entry)
    return shown(entry)


def update_branch(call: Call) -> Any:
    """Change who may do what."""
    _changed(call)
    entry = _branch(call)
    _apply(call, entry)
    return shown(entry)


def unprotect_branch(call: Call) -> None:
    """Let Developers push and merge again."""
    del _changed(call).protected[_branch(call).name]


def list_tags(call: Call) -> Answer:
    """The protected tags of a project."""
    found = sorted(finders.code(call).protected_tags.items())
    return paged(call, found, lambda entry: _shown_tag(*entry))


def get_tag(call: Call) -> Any:
    """One protected tag or wildcard."""
    project, name = finders.code(call), _tag(call)
    return _shown_tag(name, project.protected_tags[name])


def protect_tag(call: Call) -> Any:
    """Let only some make such tags: Maintainers unless told otherwise."""
    project = finders.code(call)
    require(call.sim, call.user, project, MAINTAINERS)
    name = call.params.required_text("name")
    if name in project.protected_tags:
        raise conflict(f"Protected tag '{name}' already exists")
    level, sent = call.params.choice("create_access_level", _LEVELS[:3]), _sent(call, "create")
    grants = [] if level is None else [Grant(id=_tag_grant(call), level=int(level))]
    for one in sent:
        _change(call, _tag_grant(call), grants, one)
    grants = grants or [Grant(id=_tag_grant(call), level=Level.MAINTAINER)]
    project.protected_tags[name] = grants
    return _shown_tag(name, project.protected_tags[name])


def unprotect_tag(call: Call) -> None:
    """Let Developers make such tags again."""
    project = finders.code(call)
    require(call.sim, call.user, project, MAINTAINERS)
    del project.protected_tags[_tag(call)]


def _holder(call: Call) -> Holder:
    if "/groups/" not in call.path:
        return finders.code(call)
    group = finders.group(call)
    is_premium_or_refuse(call.sim, "Group protected branches")
    require(call.sim, call.user, group, OWNERS)
    return group


def _changed(call: Call) -> Holder:
    holder = _holder(call)
    if isinstance(holder, Project):
        require(call.sim, call.user, holder, MAINTAINERS)
    return holder


def _branch(call: Call) -> Protection:
    found = _holder(call).protected.get(call.vars["branch"])
    if found is None:
        raise not_found()
    return found


def _tag_grant(call: Call) -> int:
    """A fresh number for one who may make tags; no other tag has it."""
    return call.sim.state.next_id("tag_grant")


def _tag(call: Call) -> str:
    if call.vars["tag"] not in finders.code(call).protected_tags:
        raise not_found()
    return call.vars["tag"]


def _apply(call: Call, entry: Protection) -> None:
    params = call.params
    for kind, grants in zip(_KINDS, _grants(entry), strict=True):
        sent = _sent(call, kind)
        level = params.choice(f"{kind}_access_level", _allowed_levels(kind))
        if level is not None or (sent and call.method == "POST"):
            grants.clear()
        if level is not None:
            grants.append(Grant(id=repository.next_grant(entry), level=int(level)))
        for one in sent:
            _change(call, repository.next_grant(entry), grants, one)
    entry.allow_force_push = bool(params.flag("allow_force_push", entry.allow_force_push))
    owners = params.flag("code_owner_approval_required", entry.code_owners)
    entry.code_owners = bool(owners) and call.sim.premium


def _allowed_levels(kind: str) -> tuple[str, ...]:
    """Somebody must be able to take a protection away."""
    return _LEVELS[1:] if kind == "unprotect" else _LEVELS


def _grants(entry: Protection) -> tuple[list[Grant], ...]:
    return entry.pushers, entry.mergers, entry.unprotectors


def _sent(call: Call, kind: str) -> list[Params]:
    """Who is to be let in (Premium): one level, user or group each, or one to be removed."""
    sent = call.params.values.get(f"allowed_to_{kind}") or []
    if not isinstance(sent, list) or not all(isinstance(entry, dict) for entry in sent):
        raise invalid(f"allowed_to_{kind} is invalid")
    found = [Params(entry) for entry in sent]
    for one in found:
        one.choice("access_level", _allowed_levels(kind))
        if not one.has("access_level", "user_id", "group_id", "deploy_key_id", "id"):
            names = "user_id, group_id, deploy_key_id, access_level, id"
            raise invalid(f"allowed_to_{kind}[0][{names}] are missing")
    return found if call.sim.premium else [one for one in found if one.has("deploy_key_id")]


def _change(call: Call, fresh: int, grants: list[Grant], sent: Params) -> None:
    """Add one with a fresh number, change the one of this number, or remove it."""
    number, state = sent.integer("id"), call.sim.state
    old = next((grant for grant in grants if grant.id == number), None)
    if number is not None and old is None:
        raise not_found()
    if old and sent.flag("_destroy"):
        grants.remove(old)
        return
    made = old or Grant(id=fresh)
    made.level = sent.integer("access_level")
    made.user = state.users.get(sent.integer("user_id") or 0)
    made.group = state.namespaces.get(sent.integer("group_id") or 0)
    made.deploy_key = _deploy_key(call, sent)
    if made.level is None and not (made.user or made.group or made.deploy_key):
        raise message(422, ["Push access levels user or group is not a member of the project"])
    if old is None:
        grants.append(made)


def _deploy_key(call: Call, sent: Params) -> int | None:
    """The number of a key that the project has."""
    number = sent.integer("deploy_key_id")
    place = finders.code(call) if "/projects/" in call.path else None
    keys = call.sim.state.kept.shelf("projects", place.id, "deploy_keys") if place else {}
    return number if str(number) in keys else None


def shown(entry: Protection) -> dict[str, Any]:
    """A protected branch, and who is let in."""
    return {
        "id": entry.id,
        "name": entry.name,
        "push_access_levels": [_granted(grant) for grant in entry.pushers],
        "merge_access_levels": [_granted(grant) for grant in entry.mergers],
        "unprotect_access_levels": [_granted(grant) for grant in entry.unprotectors],
        "allow_force_push": entry.allow_force_push,
        "code_owner_approval_required": entry.code_owners,
        "inherited": False,
    }


def _granted(grant: Grant) -> dict[str, Any]:
    """Whom a rule lets in; single users and groups have no level."""
    user, group, key = grant.user, grant.group, grant.deploy_key
    named = user.name if user else group.name if group else "Deploy key" if key else ""
    level = Level.MAINTAINER if key else None if named else grant.level or 0
    return {
        "id": grant.id,
        "access_level": level,
        "access_level_description": named or _WORDS[level or 0],
        "deploy_key_id": key,
        "user_id": user and user.id,
        "group_id": group and group.id,
    }


def _shown_tag(name: str, grants: list[Grant]) -> dict[str, Any]:
    return {"name": name, "create_access_levels": [_granted(grant) for grant in grants]}


ROUTES = (
    *(
        Route(method, f"/{place}/:id/protected_branches{rest}", handler)
        for place in ("projects", "groups")
        for method, rest, handler in (
            ("GET", "", list_branches),
            ("POST", "", protect_branch),
            ("GET", "/:branch", get_branch),
            ("PATCH", "/:branch", update_branch),
            ("DELETE", "/:branch", unprotect_branch),
        )
    ),
    Route("GET", "/projects/:id/protected_tags", list_tags),
    Route("POST", "/projects/:id/protected_tags", protect_tag),
    Route("GET", "/projects/:id/protected_tags/:tag", get_tag),
    Route("DELETE", "/projects/:id/protected_tags/:tag", unprotect_tag),
)
