"""Push rules, pull mirrors and integrations: one entry to a place, kept and shown without effect.

https://docs.gitlab.com/api/project_push_rules/, https://docs.gitlab.com/api/project_pull_mirroring/
and https://docs.gitlab.com/api/project_integrations/
"""

from typing import Any

from bot.simulator.api import finders
from bot.simulator.errors import message, not_found
from bot.simulator.model import Project
from bot.simulator.paging import paged
from bot.simulator.params import Params
from bot.simulator.permissions import MAINTAINERS, OWNERS, require
from bot.simulator.routing import Answer, Call, Route
from bot.simulator.text import iso

Entry = dict[str, Any]
_PUSH_RULE: Entry = {
    "commit_message_regex": "",
    "commit_message_negative_regex": "",
    "branch_name_regex": "",
    "deny_delete_tag": False,
    "member_check": False,
    "prevent_secrets": False,
    "author_email_regex": "",
    "file_name_regex": "",
    "max_file_size": 0,
    "commit_committer_check": False,
    "commit_committer_name_check": False,
    "reject_unsigned_commits": False,
    "reject_non_dco_commits": False,
}
_MIRROR: Entry = {
    "url": "",
    "enabled": False,
    "mirror_trigger_builds": False,
    "only_mirror_protected_branches": False,
    "mirror_overwrites_diverged_branches": False,
    "mirror_branch_regex": "",
}
_MIRROR_STATE: Entry = {
    "update_status": "none",
    "last_error": None,
    "last_update_at": None,
    "last_update_started_at": None,
    "last_successful_update_at": None,
}
_COMMON = (
    "commit",
    "push",
    "issues",
    "merge_requests",
    "note",
    "pipeline",
    "tag_push",
    "wiki_page",
)


def get_push_rule(call: Call) -> Any:
    """The push rule, `null` where there is none (Premium)."""
    found = _shelf(call, "push rules").get("rule")
    return found or Answer(None, json=True)


def set_push_rule(call: Call) -> Any:
    """Make or change the push rule; a second one is refused."""
    shelf = _shelf(call, "push rules")
    if call.method == "POST" and "rule" in shelf:
        raise message(422, "Project push rule exists")
    if call.method == "PUT" and "rule" not in shelf:
        raise not_found("Push Rule")
    fresh: Entry = {"id": call.sim.state.next_id("push_rule"), **_PUSH_RULE}
    fresh["created_at"] = iso(call.sim.clock.now())
    shelf["rule"] = shelf.get("rule", fresh) | _sent(call.params, _PUSH_RULE)
    return shelf["rule"]


def delete_push_rule(call: Call) -> None:
    """Remove the push rule."""
    if _shelf(call, "push rules").pop("rule", None) is None:
        raise not_found("Push Rule")


def get_mirror(call: Call) -> Any:
    """From where a project is mirrored (Premium)."""
    found = _shelf(call, "pull mirror").get("mirror")
    if found is None:
        raise message(400, "The project is not mirrored")
    return found


def set_mirror(call: Call) -> Any:
    """Mirror from an address, or no longer; nothing is ever fetched."""
    shelf = _shelf(call, "pull mirror")
    fresh: Entry = {"id": call.sim.state.next_id("pull_mirror"), **_MIRROR_STATE, **_MIRROR}
    shelf["mirror"] = shelf.get("mirror", fresh) | _sent(call.params, _MIRROR)
    return Answer(shelf["mirror"])


def list_integrations(call: Call) -> Answer:
    """The integrations that are set up."""
    return paged(call, list(_shelf(call, "integrations").values()), _summary)


def get_integration(call: Call) -> Any:
    """One of them, with its properties."""
    found = _shelf(call, "integrations").get(call.vars["slug"])
    if found is None:
        raise message(404, "404 Integration Not Found")
    return found


def set_integration(call: Call) -> Any:
    """Set an integration up; nothing is ever sent to the other side."""
    shelf, slug, now = _shelf(call, "integrations"), call.vars["slug"], iso(call.sim.clock.now())
    title = slug.replace("-", " ").capitalize()
    fresh: Entry = {"id": call.sim.state.next_id("integrations"), "slug": slug, "title": title}
    fresh |= {"created_at": now, "active": True, "inherited": False, "properties": {}}
    fresh |= {f"{name}_events": True for name in _COMMON}
    found = shelf.setdefault(slug, fresh)
    sent = dict(call.params.values)
    found |= {name: bool(call.params.flag(name)) for name in list(sent) if name in fresh}
    found["properties"] |= {name: value for name, value in sent.items() if name not in fresh}
    found |= {"active": True, "updated_at": now}
    return found


def delete_integration(call: Call) -> None:
    """Take an integration down."""
    get_integration(call)
    del _shelf(call, "integrations")[call.vars["slug"]]


def _summary(entry: Entry) -> Entry:
    return {key: value for key, value in entry.items() if key != "properties"}


def _shelf(call: Call, kind: str) -> dict[str, Entry]:
    """What is kept here, for Maintainers (in groups: Owners); all but integrations is Premium."""
    place = "groups" if "/groups/" in call.path else "projects"
    holder = finders.group(call) if place == "groups" else finders.project(call)
    levels = MAINTAINERS if isinstance(holder, Project) else OWNERS
    require(call.sim, call.user, holder, levels)
    if kind != "integrations" and not call.sim.premium:
        raise not_found()
    return call.sim.state.kept.shelf(place, holder.id, kind)


def _sent(params: Params, defaults: Entry) -> Entry:
    """What was sent of these, each as the type of its default."""
    values: Entry = {}
    for name, default in defaults.items():
        if not params.has(name):
            continue
        if isinstance(default, bool):
            values[name] = bool(params.flag(name))
        else:
            values[name] = params.integer(name) if default == 0 else params.text(name)
    return values


_MIRRORED = "/projects/:id/mirror/pull"

ROUTES = (
    *(
        Route(method, f"/{place}/:id/push_rule", handler)
        for place in ("projects", "groups")
        for method, handler in (
            ("GET", get_push_rule),
            ("POST", set_push_rule),
            ("PUT", set_push_rule),
            ("DELETE", delete_push_rule),
        )
    ),
    Route("GET", _MIRRORED, get_mirror),
    Route("PUT", _MIRRORED, set_mirror),
    *(
        Route(method, f"/{place}/:id/{name}{rest}", handler)
        for place in ("projects", "groups")
        for name in ("integrations", "services")
        for method, rest, handler in (
            ("GET", "", list_integrations),
            ("GET", "/:slug", get_integration),
            ("PUT", "/:slug", set_integration),
            ("DELETE", "/:slug", delete_integration),
        )
    ),
)
