"""Protected branches of projects and, on Premium, of groups; protected tags.

https://docs.gitlab.com/api/protected_branches/, https://docs.gitlab.com/api/protected_tags/,
https://docs.gitlab.com/api/group_protected_branches/
Single users and groups cannot be let in here.
"""

from typing import Any

from bot.simulator import repository
from bot.simulator.api import finders
from bot.simulator.errors import conflict, not_found
from bot.simulator.model import Holder, Level, Project, Protection
from bot.simulator.paging import paged
from bot.simulator.permissions import MAINTAINERS, OWNERS, is_premium_or_refuse, require
from bot.simulator.routing import Answer, Call, Route

_WORDS = {0: "No one", 30: "Developers + Maintainers", 40: "Maintainers", 60: "Administrators"}
_LEVELS = tuple(str(level) for level in _WORDS)


def list_branches(call: Call) -> Answer:
    """The protected branches whose name holds `search`."""
    search = call.params.text("search") or ""
    every = _holder(call).protected.values()
    found = sorted((e for e in every if search in e.name), key=lambda entry: entry.name)
    return paged(call, found, _shown)


def get_branch(call: Call) -> Any:
    """One protected branch or wildcard."""
    return _shown(_branch(call))


def protect_branch(call: Call) -> Any:
    """Let only some levels push and merge: Maintainers unless told otherwise."""
    holder = _changed(call)
    name = call.params.required_text("name")
    if name in holder.protected:
        raise conflict(f"Protected branch '{name}' already exists")
    for parameter in ("push_access_level", "merge_access_level"):
        call.params.choice(parameter, _LEVELS)
    entry = repository.protect(holder, name)
    _apply(call, entry)
    return _shown(entry)


def update_branch(call: Call) -> Any:
    """Change who may do what."""
    _changed(call)
    entry = _branch(call)
    _apply(call, entry)
    return _shown(entry)


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
    """Let only some levels make such tags: Maintainers unless told otherwise."""
    project = finders.code(call)
    require(call.sim, call.user, project, MAINTAINERS)
    name = call.params.required_text("name")
    if name in project.protected_tags:
        raise conflict(f"Protected tag '{name}' already exists")
    project.protected_tags[name] = _level(call, "create_access_level", Level.MAINTAINER)
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


def _tag(call: Call) -> str:
    if call.vars["tag"] not in finders.code(call).protected_tags:
        raise not_found()
    return call.vars["tag"]


def _apply(call: Call, entry: Protection) -> None:
    params = call.params
    entry.push_level = _level(call, "push_access_level", entry.push_level)
    entry.merge_level = _level(call, "merge_access_level", entry.merge_level)
    entry.allow_force_push = bool(params.flag("allow_force_push", entry.allow_force_push))
    owners = params.flag("code_owner_approval_required", entry.code_owners)
    entry.code_owners = bool(owners) and call.sim.premium


def _level(call: Call, name: str, usual: int) -> int:
    return int(call.params.choice(name, _LEVELS) or usual)


def _shown(entry: Protection) -> dict[str, Any]:
    return {
        "id": entry.id,
        "name": entry.name,
        "push_access_levels": [_allowed(entry.push_level)],
        "merge_access_levels": [_allowed(entry.merge_level)],
        "unprotect_access_levels": [],
        "allow_force_push": entry.allow_force_push,
        "code_owner_approval_required": entry.code_owners,
        "inherited": False,
    }


def _allowed(level: int) -> dict[str, Any]:
    shown = {"id": level, "access_level": level, "access_level_description": _WORDS[level]}
    return shown | {"deploy_key_id": None, "user_id": None, "group_id": None}


def _shown_tag(name: str, level: int) -> dict[str, Any]:
    return {"name": name, "create_access_levels": [_allowed(level)]}


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
