"""Badges of projects and groups.

https://docs.gitlab.com/api/project_badges/ and https://docs.gitlab.com/api/group_badges/
"""

import re
from typing import Any

from bot.simulator import present
from bot.simulator.api import finders
from bot.simulator.errors import invalid_fields, not_found
from bot.simulator.model import Holder, Project
from bot.simulator.paging import paged
from bot.simulator.permissions import MAINTAINERS, OWNERS, require
from bot.simulator.routing import Answer, Call, Route
from bot.simulator.simulator import Simulator
from bot.simulator.state import lineage

Entry = dict[str, Any]
_URLS = ("link_url", "image_url")
_BLOCKED = "is blocked: Only allowed schemes are http, https"


def list_badges(call: Call) -> Answer:
    """The badges here, oldest first; those of a project with the ones of the groups above."""
    holder, name = _holder(call), call.params.text("name")
    places = lineage(holder) if isinstance(holder, Project) else [holder]
    found = [entry for place in places for entry in _shelf(call, place).values()]
    found = sorted((e for e in found if name in (None, e["name"])), key=lambda e: e["id"])
    return paged(call, found, lambda entry: _shown(call, entry))


def preview_badge(call: Call) -> Any:
    """How a badge would look, without making it."""
    _changed(call)
    call.params.require(*_URLS)
    return _shown(call, {"name": None} | _urls(call))


def get_badge(call: Call) -> Any:
    """A badge that belongs here, not above."""
    return _shown(call, _badge(call, _holder(call)))


def create_badge(call: Call) -> Any:
    """A badge of this project or group."""
    holder = _changed(call)
    call.params.require(*_URLS)
    entry: Entry = {"name": call.params.text("name")} | _urls(call)
    entry["id"] = call.sim.state.next_id("badge")
    entry["kind"] = "project" if isinstance(holder, Project) else "group"
    _shelf(call, holder)[str(entry["id"])] = entry
    return _shown(call, entry)


def update_badge(call: Call) -> Any:
    """Change a badge that belongs here."""
    entry = _badge(call, _changed(call))
    entry |= _urls(call) | {"name": call.params.text("name", entry["name"])}
    return _shown(call, entry)


def delete_badge(call: Call) -> None:
    """Remove a badge that belongs here."""
    holder = _changed(call)
    del _shelf(call, holder)[str(_badge(call, holder)["id"])]


def _holder(call: Call) -> Holder:
    return finders.group(call) if "/groups/" in call.path else finders.project(call)


def _changed(call: Call) -> Holder:
    holder = _holder(call)
    require(call.sim, call.user, holder, MAINTAINERS if isinstance(holder, Project) else OWNERS)
    return holder


def _shelf(call: Call, holder: Holder) -> dict[str, Entry]:
    place = "projects" if isinstance(holder, Project) else "groups"
    return call.sim.state.kept.shelf(place, holder.id, "badges")


def _badge(call: Call, holder: Holder) -> Entry:
    found = _shelf(call, holder).get(call.vars["badge_id"])
    if found is None:
        raise not_found()
    return found


def _urls(call: Call) -> Entry:
    """The addresses that were sent, which have to be of the web."""
    sent = {name: call.params.text(name) or "" for name in _URLS if call.params.has(name)}
    wrong = {
        name: [_BLOCKED if url else "must be a valid URL"]
        for name, url in sent.items()
        if not url.startswith(("http://", "https://"))
    }
    if wrong:
        raise invalid_fields(**wrong)
    return sent


def _shown(call: Call, entry: Entry) -> Entry:
    """A badge with its addresses filled in, in a group from the project that is oldest there."""
    holder = _holder(call)
    inside = [holder] if isinstance(holder, Project) else call.sim.state.projects_in(holder)
    words = _words(call.sim, inside[0]) if inside else {}
    return entry | {f"rendered_{name}": _filled(entry[name], words) for name in _URLS}


def _filled(url: str, words: dict[str, str | None]) -> str:
    """The address with its placeholders replaced; what has no word stays."""
    return re.sub(r"%\{(\w+)\}", lambda found: words.get(found[1]) or found[0], url)


def _words(sim: Simulator, project: Project) -> dict[str, str | None]:
    head = project.branches.get(project.default_branch)
    tags = sorted(project.tags.values(), key=lambda tag: tag.created_at)
    top = project.namespace.lineage()[-1]
    return {
        "project_path": project.full_path,
        "project_title": project.name,
        "project_name": project.path,
        "project_id": str(project.id),
        "project_namespace": project.namespace.full_path,
        "group_name": None if top.owner else top.path,
        "gitlab_server": present.host(sim),
        "default_branch": project.default_branch,
        "commit_sha": head.id if head else None,
        "latest_tag": tags[-1].name if tags else None,
    }


ROUTES = tuple(
    Route(method, f"/{place}/:id/badges{rest}", handler)
    for place in ("projects", "groups")
    for method, rest, handler in (
        ("GET", "", list_badges),
        ("POST", "", create_badge),
        ("GET", "/render", preview_badge),
        ("GET", "/:badge_id", get_badge),
        ("PUT", "/:badge_id", update_badge),
        ("DELETE", "/:badge_id", delete_badge),
    )
)
