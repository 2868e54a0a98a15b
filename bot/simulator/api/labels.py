"""Labels of projects and groups: https://docs.gitlab.com/api/labels/."""

from typing import Any

from bot.simulator import colors, present, promoting
from bot.simulator.api import finders
from bot.simulator.errors import conflict, invalid_fields, message, not_modified
from bot.simulator.model import Holder, Issuable, Label, Namespace, Project
from bot.simulator.paging import paged
from bot.simulator.permissions import PLANNING, require
from bot.simulator.routing import Answer, Call, Route
from bot.simulator.simulator import Simulator
from bot.simulator.state import near_labels, visible_labels

_NO_PROMOTION = "Failed to promote project label to group label"
DEFAULT_COLOR = "#6699cc"
_CHANGES = ("new_name", "color", "description", "archived")


def list_labels(call: Call) -> Answer:
    """The labels usable here, with those of the groups above unless told otherwise."""
    holder, params = _holder(call), call.params
    found = _usable(call, holder)
    search, archived = (params.text("search") or "").lower(), params.flag("archived")
    found = [
        entry
        for entry in found
        if search in f"{entry.name}\n{entry.description or ''}".lower()
        and archived in (None, entry.archived)
    ]
    found.sort(key=lambda entry: entry.name.lower())
    return paged(call, found, lambda entry: _shown(call, entry, holder))


def _usable(call: Call, holder: Holder) -> list[Label]:
    """What a list shows and a name finds; the group of a project is not one above."""
    above = call.params.flag("include_ancestor_groups", default=True)
    found = visible_labels(holder) if above else near_labels(holder)
    return found + (_labels_below(call, holder) if isinstance(holder, Namespace) else [])


def _labels_below(call: Call, group: Namespace) -> list[Label]:
    """Those of the groups below, and of projects where not only groups' labels are asked for."""
    params, state = call.params, call.sim.state
    deep = bool(params.flag("include_descendant_groups"))
    groups = list(state.descendants(group)) if deep else []
    wanted: list[Holder] = [*groups]
    if not params.flag("only_group_labels", default=True):
        wanted += state.projects_in(group, deep=deep)
    return [label for place in wanted for label in place.labels.values()]


def get_label(call: Call) -> Any:
    """One label by id or name."""
    holder = _holder(call)
    label = finders.named_label(_usable(call, holder), call.vars["name"])
    return _counted(call, label, holder)


def create_label(call: Call) -> Any:
    """A label; 409 when the name is taken here or above."""
    call.params.require("name", "color")
    holder = _holder(call)
    require(call.sim, call.user, holder, PLANNING)
    name, color = call.params.required_text("name"), call.params.required_text("color")
    if any(entry.name == name for entry in visible_labels(holder)):
        raise conflict("Label already exists")
    label = make_label(call.sim, holder, _valid_name(name), valid_color(color))
    label.description = call.params.text("description")
    label.priority = _priority(call)
    label.archived = bool(call.params.flag("archived"))
    return _counted(call, label, holder)


def update_label(call: Call) -> Any:
    """Rename, recolour or describe; the things that carry it follow."""
    params, holder = call.params, _holder(call)
    name = _name(call)
    params.require_one(*_CHANGES, *(("priority",) if isinstance(holder, Project) else ()))
    require(call.sim, call.user, holder, PLANNING)
    label = finders.near_label(holder, name)
    if params.has(*_CHANGES):
        require(call.sim, call.user, label.holder, PLANNING)
    _rename(holder, label, params.text("new_name"))
    if params.has("color"):
        label.color = valid_color(params.required_text("color"))
    if params.has("description"):
        label.description = params.text("description")
    if params.has("priority"):
        label.priority = _priority(call)
    label.archived = bool(params.flag("archived", label.archived))
    label.updated_at = call.sim.clock.now()
    return _counted(call, label, holder)


def delete_label(call: Call) -> None:
    """Remove a label from where it belongs and from everything that carries it."""
    label = finders.near_label(_holder(call), _name(call))
    require(call.sim, call.user, label.holder, PLANNING)
    finders.unmodified(call, label.updated_at)
    label.holder.labels.pop(label.id)
    state = call.sim.state
    items: list[Issuable] = [*state.issues.values(), *state.merge_requests.values()]
    for item in items:
        if label in item.labels:
            item.labels.remove(label)
        for event in item.label_events:
            event.subject = None if event.subject is label else event.subject


def promote_label(call: Call) -> Any:
    """Turn a project label into a label of the project's group."""
    project = finders.project(call)
    group = project.namespace
    if group.owner:
        raise message(400, _NO_PROMOTION)
    require(call.sim, call.user, group, PLANNING)
    name = call.vars.get("name") or call.params.required_text("name")
    label = finders.near_label(project, name)
    if label.holder is not project:
        raise message(400, _NO_PROMOTION)
    return _counted(call, promoting.label(call.sim, group, label), group)


def subscribe(call: Call) -> Any:
    """Subscribe to a label, or no longer; 304 where it is so already."""
    holder = _holder(call)
    label, wanted = finders.label(holder, call.vars["name"]), not call.path.endswith("/unsubscribe")
    if (call.user.id in label.subscribers) == wanted:
        raise not_modified()
    label.subscribers ^= {call.user.id}
    return _counted(call, label, holder)


def make_label(sim: Simulator, holder: Holder, name: str, color: str = DEFAULT_COLOR) -> Label:
    """Store a new label; who may and whether the name is free is settled before."""
    now = sim.clock.now()
    number = sim.state.next_id("label")
    label = Label(id=number, name=name, color=color, holder=holder, created_at=now, updated_at=now)
    holder.labels[number] = label
    return label


def _holder(call: Call) -> Holder:
    return finders.group(call) if "/groups/" in call.path else finders.project(call)


def _name(call: Call) -> str:
    """Which label is to be changed, by the path, or by one of two parameters."""
    if "name" in call.vars:
        return call.vars["name"]
    return call.params.text(call.params.exactly_one("label_id", "name")) or ""


def _rename(holder: Holder, label: Label, name: str | None) -> None:
    if not name or name == label.name:
        return
    if any(entry.name == name for entry in visible_labels(holder)):
        raise invalid_fields(title=["has already been taken"])
    label.name = _valid_name(name)


def _valid_name(name: str) -> str:
    if not name.strip() or "," in name:
        raise invalid_fields(title=["is invalid" if name.strip() else "can't be blank"])
    return name.strip()


def valid_color(text: str) -> str:
    """A colour, from its digits or its name; else 400."""
    color = colors.read(text)
    if color is None:
        raise invalid_fields(color=["must be a valid color code"])
    return color


def _shown(call: Call, label: Label, holder: Holder) -> dict[str, Any]:
    shown = present.label(label, holder, call.caller)
    return shown | _counts(call, label, holder) if call.params.flag("with_counts") else shown


def _counted(call: Call, label: Label, holder: Holder) -> dict[str, Any]:
    """A label alone, which the page shows with its counts."""
    return present.label(label, holder, call.caller) | _counts(call, label, holder)


def _priority(call: Call) -> int | None:
    number = call.params.integer("priority")
    if number is not None and number < 0:
        raise invalid_fields(priority=["must be greater than or equal to 0"])
    return number


def _counts(call: Call, label: Label, holder: Holder) -> dict[str, int]:
    projects = (
        [holder] if isinstance(holder, Project) else call.sim.state.projects_in(holder, deep=True)
    )
    states = [i.state for p in projects for i in p.issues.values() if label in i.labels]
    requests = [m.state for p in projects for m in p.merge_requests.values() if label in m.labels]
    return {
        "open_issues_count": states.count("opened"),
        "closed_issues_count": states.count("closed"),
        "open_merge_requests_count": requests.count("opened"),
    }


ROUTES = (
    *(
        Route(method, f"/{place}/:id/labels{rest}", handler)
        for place in ("projects", "groups")
        for method, rest, handler in (
            ("GET", "", list_labels),
            ("POST", "", create_label),
            ("PUT", "", update_label),
            ("DELETE", "", delete_label),
            ("GET", "/:name", get_label),
            ("PUT", "/:name", update_label),
            ("DELETE", "/:name", delete_label),
            ("POST", "/:name/subscribe", subscribe),
            ("POST", "/:name/unsubscribe", subscribe),
        )
    ),
    Route("PUT", "/projects/:id/labels/:name/promote", promote_label),
    Route("PUT", "/projects/:id/labels/promote", promote_label),
)
