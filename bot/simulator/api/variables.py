"""CI/CD variables of the instance, of groups and of projects: kept and shown, without any effect.

https://docs.gitlab.com/api/project_level_variables/,
https://docs.gitlab.com/api/group_level_variables/ and
https://docs.gitlab.com/api/instance_level_ci_variables/
"""

import re
from typing import Any

from bot.simulator.api import finders
from bot.simulator.errors import conflict, invalid_fields, not_found
from bot.simulator.kept import Entry
from bot.simulator.paging import paged
from bot.simulator.permissions import MAINTAINERS, OWNERS, require
from bot.simulator.routing import Answer, Call, Route

_TYPES = ("env_var", "file")
_FLAGS = ("protected", "masked", "raw")
_EVERYWHERE = "*"
_KEY = re.compile(r"[a-zA-Z0-9_]{1,255}")
_MASKABLE = re.compile(r"[a-zA-Z0-9_+=/@:.~-]{8,}")
_MASKABLE_RAW = re.compile(r"\S{8,}")
_SEVERAL = (
    "There are multiple variables with provided parameters. Please use 'filter[environment_scope]'"
)
_FOR_GOOD = "The visibility setting cannot be changed for masked and hidden variables."
_SCOPED = ("environment_scope", "hidden")
"""What variables of the instance do not have."""


def list_variables(call: Call) -> Answer:
    """All variables here."""
    return paged(call, list(_shelf(call).values()), lambda entry: _shown(call, entry))


def get_variable(call: Call) -> Any:
    """One variable."""
    return _shown(call, _one(call))


def create_variable(call: Call) -> Any:
    """A variable; the same key may come again for other environments."""
    shelf, params = _shelf(call), call.params
    params.require("key", "value")
    hidden = bool(params.flag("masked_and_hidden"))
    made = {"variable_type": "env_var", "key": params.text("key"), "value": None, "hidden": hidden}
    made |= dict.fromkeys(_FLAGS, False) | {"environment_scope": _EVERYWHERE, "description": None}
    made |= _sent(call) | ({"masked": True} if hidden else {})
    _require_valid(made, shelf)
    shelf[str(call.sim.state.next_id("variable"))] = made
    return _shown(call, made)


def update_variable(call: Call) -> Any:
    """Change a variable; what is hidden stays masked."""
    old = _one(call)
    new = old | _sent(call)
    _require_valid(new, {key: e for key, e in _shelf(call).items() if e is not old})
    if old["hidden"] and not new["masked"]:
        raise invalid_fields(base=[_FOR_GOOD])
    old |= new
    return _shown(call, old)


def delete_variable(call: Call) -> None:
    """Remove a variable."""
    shelf, one = _shelf(call), _one(call)
    del shelf[next(number for number, entry in shelf.items() if entry is one)]


def _shelf(call: Call) -> dict[str, Entry]:
    """Where they are kept, for who may read and change them."""
    kind, number = call.path.split("/")[3], 0
    if kind == "admin":
        finders.administrator(call)
    else:
        holder = finders.group(call) if kind == "groups" else finders.project(call)
        require(call.sim, call.user, holder, OWNERS if kind == "groups" else MAINTAINERS)
        number = holder.id
    return call.sim.state.kept.shelf(kind, number, "variables")


def _one(call: Call) -> Entry:
    """The variable of the path, and of the environments named in `filter`."""
    key, scope = call.vars["key"], call.params.sub("filter").text("environment_scope")
    entries = [e for e in _shelf(call).values() if e["key"] == key]
    found = [e for e in entries if scope in (None, e["environment_scope"])]
    if not found:
        owners = {"groups": "GroupVariable", "admin": "InstanceVariable"}
        raise not_found(owners.get(call.path.split("/")[3], "Variable"))
    if len(found) > 1:
        raise conflict(_SEVERAL)
    return found[0]


def _sent(call: Call) -> Entry:
    """The parameters that came; scopes in groups need Premium, and the instance has none."""
    params, kind = call.params, call.path.split("/")[3]
    found: Entry = {name: bool(params.flag(name)) for name in _FLAGS if params.has(name)}
    texts = ["value", "description"]
    if kind == "projects" or (kind == "groups" and call.sim.premium):
        texts.append("environment_scope")
    found |= {name: params.text(name) for name in texts if params.has(name)}
    if params.has("variable_type"):
        found["variable_type"] = params.choice("variable_type", _TYPES)
    return found


def _require_valid(entry: Entry, others: dict[str, Entry]) -> None:
    """Refuse a bad key, one that is taken in these environments, and what cannot be masked."""
    if not _KEY.fullmatch(str(entry["key"])):
        raise invalid_fields(key=["can contain only letters, digits and '_'."])
    same = [e for e in others.values() if e["key"] == entry["key"]]
    if any(e["environment_scope"] == entry["environment_scope"] for e in same):
        raise invalid_fields(key=[f"({entry['key']}) has already been taken"])
    pattern = _MASKABLE_RAW if entry["raw"] else _MASKABLE
    if entry["masked"] and not pattern.fullmatch(entry["value"] or ""):
        raise invalid_fields(value=["is invalid"])


def _shown(call: Call, entry: Entry) -> Entry:
    """A variable as GitLab shows it: a hidden one never tells its value again."""
    unknown = _SCOPED if call.path.split("/")[3] == "admin" else ()
    shown = {name: value for name, value in entry.items() if name not in unknown}
    return shown | ({"value": None} if entry["hidden"] else {})


ROUTES = tuple(
    Route(method, f"{place}/variables{rest}", handler)
    for place in ("/projects/:id", "/groups/:id", "/admin/ci")
    for method, rest, handler in (
        ("GET", "", list_variables),
        ("POST", "", create_variable),
        ("GET", "/:key", get_variable),
        ("PUT", "/:key", update_variable),
        ("DELETE", "/:key", delete_variable),
    )
)
