"""What is set against approvals in groups and projects (Premium).

https://docs.gitlab.com/api/merge_request_approval_settings/
"""

from typing import Any

from bot.simulator import approving
from bot.simulator.api import finders
from bot.simulator.errors import not_found
from bot.simulator.model import Holder, Project
from bot.simulator.permissions import MAINTAINERS, OWNERS, require
from bot.simulator.routing import Call, Route

_NAMES = {
    "allow_author_approval": ("merge_requests_author_approval", True),
    "allow_committer_approval": ("merge_requests_disable_committers_approval", False),
    "allow_overrides_to_approver_list_per_merge_request": (
        "disable_overriding_approvers_per_merge_request",
        False,
    ),
    "retain_approvals_on_push": ("reset_approvals_on_push", False),
    "selective_code_owner_removals": ("selective_code_owner_removals", True),
    "require_password_to_approve": ("require_reauthentication_to_approve", True),
    "require_reauthentication_to_approve": ("require_reauthentication_to_approve", True),
}
"""By its name here: how the approvals page calls it, and whether it means the same there."""


def get_settings(call: Call) -> Any:
    """Each switch, and whether a group above holds it."""
    holder = _holder(call)
    values = approving.effective(holder)
    return {name: _shown(holder, values, name) for name in _NAMES}


def update_settings(call: Call) -> Any:
    """Change switches; what a group above holds stays as it is."""
    holder = _holder(call)
    for name, (switch, same) in _NAMES.items():
        value = call.params.flag(name)
        if value is not None:
            holder.approval_settings[switch] = value == same
    return get_settings(call)


def _shown(holder: Holder, values: dict[str, bool], name: str) -> dict[str, Any]:
    switch, same = _NAMES[name]
    forced = approving.forced_from(holder, switch) is not None
    value = values[switch] == same
    return {"value": value, "locked": forced, "inherited_from": "group" if forced else None}


def _holder(call: Call) -> Holder:
    """The group, for Owners, or the project, for Maintainers; 404 on Free."""
    if not call.sim.premium:
        raise not_found()
    holder = finders.group(call) if "/groups/" in call.path else finders.project(call)
    levels = MAINTAINERS if isinstance(holder, Project) else OWNERS
    require(call.sim, call.user, holder, levels)
    return holder


ROUTES = tuple(
    Route(method, f"/{place}/:id/merge_request_approval_setting", handler)
    for place in ("groups", "projects")
    for method, handler in (("GET", get_settings), ("PUT", update_settings))
)
