"""Badges of projects and groups.

https://docs.gitlab.com/api/project_badges/ and https://docs.gitlab.com/api/group_badges/
"""

import re
from operator import itemgetter
from typing import Any

from bot.simulator import present
from bot.simulator.api import finders
from bot.simulator.errors import invalid_fields, message, not_found
from bot.simulator.model import Holder, Project
from bot.simulator.paging import paged
from bot.simulator.permissions import MAINTAINERS, OWNERS, require
from bot.simulator.routing import Answer, Call, Route
from bot.simulator.simulator import Simulator
from bot.simulator.state import lineage

Entry = dict[str, Any]
_URLS = ("link_url", "image_url")
_PLACEHOLDER = re.compile(r"%\{(\w+)\}")


def list_badges(call: Call) -> Answer:
    """The badges here, oldest first; those of a project with the ones of the groups above."""
    holder, name = _holder(call), call.params.text("name")
    places = lineage(holder) if isinstance(holder, Project) else [holder]
    found = [entry for place in places for entry in _shelf(call, place).values()]
    if name is not None:
        found = [entry for entry in found if entry["name"] == name]
    words = _words(call.sim, holder)
    return paged(call, sorted(found, key=itemgetter("id")), lambda entry: _filled(entry, words))


def preview_badge(call: Call) -> Any:
    """How a badge would look, without making it."""
    holder = _own(call)
    call.params.require(*_URLS)
    return _filled({"name": None} | _urls(call), _words(call.sim, holder))


def get_badge(call: Call) -> Any:
    """A badge that belongs here, not above."""
    holder = _holder(call)
    return _filled(_badge(call, holder), _words(call.sim, holder))


def create_badge(call: Call) -> Any:
    """A badge of this project or group."""
    holder = _own(call)
    call.params.require(*_URLS)
    entry: Entry = {"name": call.params.text("name")} | _urls(call)
    entry["id"] = call.sim.state.next_id("badge")
    entry["kind"] = "project" if isinstance(holder, Project) else "group"
    _shelf(call, holder)[str(entry["id"])] = entry
    return _filled(entry, _words(call.sim, holder))


def update_badge(call: Call) -> Any:
    """Change a badge that belongs here."""
    holder = _own(call)
    entry = _badge(call, holder)
    entry |= _urls(call) | {"name": call.params.text("name", entry["name"])}
    return _filled(entry, _words(call.sim, holder))


def delete_badge(call: Call) -> None:
    """Remove a badge that belongs here."""
    holder = _own(call)
    if any(call.vars["badge_id"] in _shelf(call, group) for group in lineage(holder)[1:]):
        raise message(403, "To delete a Group badge please use the Group endpoint")
    del _shelf(call, holder)[str(_badge(call, holder)["id"])]


def _holder(call: Call) -> Holder:
    return finders.group(call) if "/groups/" in call.path else finders.project(call)


def _own(call: Call) -> Holder:
    """The project or group, whose badges the caller may change."""
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
    sent = {name: (call.params.text(name) or "").strip() for name in _URLS if call.params.has(name)}
    wrong = {name: [why] for name, url in sent.items() if (why := _objection(url))}
    if wrong:
        raise invalid_fields(**wrong)
    return sent


def _objection(url: str) -> str | None:
    """What GitLab has against an address; the scheme has to be in small letters."""
    if not url:
        return "must be a valid URL"
    if not url.startswith(("http://", "https://")):
        return "is blocked: Only allowed schemes are http, https"
    return "is blocked: URI is invalid" if url.endswith("://") else None


def _filled(entry: Entry, words: dict[str, str | None]) -> Entry:
    """A badge with the placeholders of its addresses replaced; what has no word stays."""

    def word(found: re.Match[str]) -> str:
        return words.get(found[1]) or found[0]

    return entry | {f"rendered_{name}": _PLACEHOLDER.sub(word, entry[name]) for name in _URLS}


def _words(sim: Simulator, holder: Holder) -> dict[str, str | None]:
    """What stands for the placeholders: in a group that of the project that is oldest there."""
    inside = [holder] if isinstance(holder, Project) else sim.state.projects_in(holder)
    return _words_of(sim, inside[0]) if inside else {}


def _words_of(sim: Simulator, project: Project) -> dict[str, str | None]:
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
