"""Releases: https://docs.gitlab.com/api/releases/."""

from operator import attrgetter
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from bot.simulator import hook_code, hooks, present, present_requests
from bot.simulator.api import finders, instance, tags
from bot.simulator.errors import conflict, invalid, message, missing, not_found
from bot.simulator.model import Milestone, Project
from bot.simulator.model_code import Release
from bot.simulator.paging import paged
from bot.simulator.params import Params
from bot.simulator.permissions import DEVELOPERS, can_read_code, has, require
from bot.simulator.routing import Answer, Call, Route
from bot.simulator.state import visible_milestones

_SIMPLE = ("tag_name", "name", "description", "created_at", "released_at", "upcoming_release")
_CODE = ("tag_name", "commit", "commit_path", "tag_path", "evidences")
_LINK_TYPES = ("other", "runbook", "image", "package")


def list_releases(call: Call) -> Answer:
    """The releases, newest first unless asked otherwise; to Guests without what is of code."""
    project, params = finders.project(call), call.params
    key = params.choice("order_by", ("released_at", "created_at"), "released_at") or ""
    falling = params.choice("sort", ("asc", "desc"), "desc") == "desc"
    found = sorted(project.releases.values(), key=attrgetter(key), reverse=falling)
    return paged(call, found, lambda entry: _shown(call, project, entry))


def _shown(call: Call, project: Project, entry: Release) -> dict[str, Any]:
    """A release as far as the caller may know it, with its text as HTML where asked for."""
    shown = present_requests.release(call.sim, project, entry)
    if call.params.flag("include_html_description"):
        shown["description_html"] = instance.html(entry.description)
    if not has(call.sim, call.caller, project, DEVELOPERS):
        del shown["_links"]["edit_url"]
    return shown if can_read_code(call.sim, call.caller, project) else _without_code(shown, entry)


def _without_code(shown: dict[str, Any], entry: Release) -> dict[str, Any]:
    """Who does not see the code learns neither the tag nor the name that may tell it."""
    links = shown["assets"]["links"]
    left = {key: value for key, value in shown.items() if key not in _CODE}
    assets = {"count": len(links), "links": links}
    return left | {"name": f"Release-{entry.id}", "assets": assets}


def get_release(call: Call) -> Any:
    """One release."""
    project = finders.code(call)
    return _shown(call, project, _release(project, call.vars["tag"]))


def download(call: Call) -> Answer:
    """Where an asset lies, by the path that its link has."""
    entry = _linked(call)
    path = "".join(f"/{call.vars[part]}" for part in "abcd" if part in call.vars)
    for link in entry.links.values():
        if link["direct_asset_url"].endswith(f"/releases/{entry.tag.name}/downloads{path}"):
            return Answer(None, 302, {"location": link["url"]})
    raise not_found()


def get_latest(call: Call) -> Answer:
    """Leads to the release that came out last, and to what is behind it, as asked for."""
    project = finders.code(call)
    found = sorted(project.releases.values(), key=attrgetter("released_at"))
    if not found:
        raise missing()
    parts = [found[-1].tag.name, *(call.vars[part] for part in "abcde" if part in call.vars)]
    asked = [pair for pair in parse_qsl(call.query) if pair[0] != "order_by"]
    path = "/".join(quote(part, safe="") for part in parts)
    address = f"{call.base_url}/api/v4/projects/{project.id}/releases/{path}"
    return Answer(None, 302, {"location": address + (f"?{urlencode(asked)}" if asked else "")})


def list_group_releases(call: Call) -> Answer:
    """The releases of a group's projects, newest first."""
    inside = call.sim.state.projects_in(finders.group(call), deep=True)
    readable = [p for p in inside if can_read_code(call.sim, call.caller, p)]
    found = [(p, entry) for p in readable for entry in p.releases.values()]
    falling = call.params.choice("sort", ("asc", "desc"), "desc") == "desc"
    found.sort(key=lambda pair: pair[1].released_at, reverse=falling)
    simple = call.params.flag("simple")

    def show(pair: tuple[Project, Release]) -> dict[str, Any]:
        shown = _shown(call, *pair)
        return {key: shown[key] for key in _SIMPLE} if simple else shown

    return paged(call, found, show)


def create_release(call: Call) -> Any:
    """A release of a tag, which `ref` makes if it is not there."""
    project, params = finders.code(call), call.params
    require(call.sim, call.user, project, DEVELOPERS)
    name = params.required_text("tag_name")
    if name in project.releases:
        raise conflict("Release already exists")
    ref = params.text("ref")
    tag = project.tags.get(name) or (tags.new(call, project, name, ref) if ref else None)
    if tag is None:
        raise message(422, "Ref is not specified")
    now = call.sim.clock.now()
    entry = Release(
        id=call.sim.state.next_id("release"),
        tag=tag,
        name=params.text("name") or name,
        description=params.text("description") or "",
        author=call.user,
        created_at=now,
        released_at=params.moment("released_at") or now,
    )
    links = params.sub("assets").values.get("links")
    for link in links if isinstance(links, list) else []:
        _add_link(call, entry, Params(link if isinstance(link, dict) else {}))
    entry.milestones = _milestones(call, project)
    project.releases[name] = entry
    _tell_release(call, project, entry, "create")
    return _shown(call, project, entry)


def update_release(call: Call) -> Any:
    """Change a release's name, text or date."""
    project, params = finders.code(call), call.params
    require(call.sim, call.user, project, DEVELOPERS)
    entry = _release(project, call.vars["tag"])
    if params.has("milestones"):
        entry.milestones = _milestones(call, project)
    entry.name = params.text("name") or entry.name
    entry.description = params.text("description", entry.description) or ""
    entry.released_at = params.moment("released_at") or entry.released_at
    _tell_release(call, project, entry, "update")
    return _shown(call, project, entry)


def delete_release(call: Call) -> Any:
    """Remove a release; the tag stays."""
    project = finders.code(call)
    require(call.sim, call.user, project, DEVELOPERS)
    entry = _release(project, call.vars["tag"])
    shown = _shown(call, project, entry)
    _tell_release(call, project, entry, "delete")
    del project.releases[entry.tag.name]
    return Answer(shown)


def list_links(call: Call) -> Answer:
    """The links of a release: https://docs.gitlab.com/api/releases/links/."""
    return paged(call, list(_linked(call).links.values()), dict)


def get_link(call: Call) -> Any:
    """One link."""
    return _link(call)


def create_link(call: Call) -> Any:
    """A link with a name and an address that are new to the release."""
    entry = _linked(call, change=True)
    call.params.require("name", "url")
    _add_link(call, entry, call.params)
    return list(entry.links.values())[-1]


def update_link(call: Call) -> Any:
    """Change a link."""
    _linked(call, change=True)
    link = _link(call)
    if not call.params.has("name", "url", "link_type", "filepath", "direct_asset_path"):
        raise invalid("name, url are missing, at least one parameter must be provided")
    for key in ("name", "url"):
        link[key] = call.params.text(key) or link[key]
    path = call.params.text("direct_asset_path") or call.params.text("filepath")
    link["direct_asset_url"] = _direct(call, path) or link["direct_asset_url"]
    link["link_type"] = call.params.choice("link_type", _LINK_TYPES, link["link_type"])
    return link


def delete_link(call: Call) -> Any:
    """Remove a link."""
    link = _link(call)
    del _linked(call, change=True).links[link["id"]]
    return Answer(link)


def _add_link(call: Call, entry: Release, params: Params) -> None:
    name, url = params.required_text("name"), params.required_text("url")
    for key, value in (("name", name), ("url", url)):
        if any(link[key] == value for link in entry.links.values()):
            raise message(400, {key: ["has already been taken"]})
    number = call.sim.state.next_id("release_link")
    path = params.text("direct_asset_path") or params.text("filepath")
    entry.links[number] = {
        "id": number,
        "name": name,
        "url": url,
        "direct_asset_url": _direct(call, path, entry.tag.name) or url,
        "link_type": params.choice("link_type", _LINK_TYPES, "other"),
    }


def _direct(call: Call, path: str | None, tag: str = "") -> str | None:
    """The lasting address of an asset with a path of its own."""
    if not path:
        return None
    if not path.startswith("/"):
        raise message(400, {"filepath": ["is in an invalid format"]})
    base = present.holder_url(call.sim, finders.code(call))
    return f"{base}/-/releases/{tag or call.vars['tag']}/downloads{path}"


def _linked(call: Call, *, change: bool = False) -> Release:
    project = finders.code(call)
    if change:
        require(call.sim, call.user, project, DEVELOPERS)
    return _release(project, call.vars["tag"])


def _link(call: Call) -> dict[str, Any]:
    text = call.vars["link_id"]
    found = _linked(call).links.get(int(text) if text.isdecimal() else 0)
    if found is None:
        raise not_found()
    return found


def _release(project: Project, name: str) -> Release:
    if name not in project.releases:
        raise missing()
    return project.releases[name]


def _milestones(call: Call, project: Project) -> list[Milestone]:
    known = {stone.title: stone for stone in visible_milestones(project)}
    unknown = [title for title in call.params.words("milestones") if title not in known]
    if unknown:
        raise message(400, f"Milestone(s) not found: {', '.join(unknown)}")
    return [known[title] for title in call.params.words("milestones")]


def _tell_release(call: Call, project: Project, entry: Release, action: str) -> None:
    body = hook_code.release(call.sim, project, entry, action)
    hooks.fire(call.sim, project, "releases_events", body)


ROUTES = (
    Route("GET", "/groups/:id/releases", list_group_releases),
    *(
        Route(method, f"/projects/:id/{path}", handler)
        for method, path, handler in (
            ("GET", "releases", list_releases),
            ("POST", "releases", create_release),
            ("GET", "releases/:tag", get_release),
            ("PUT", "releases/:tag", update_release),
            ("DELETE", "releases/:tag", delete_release),
            ("GET", "releases/:tag/assets/links", list_links),
            ("POST", "releases/:tag/assets/links", create_link),
            ("GET", "releases/:tag/assets/links/:link_id", get_link),
            ("PUT", "releases/:tag/assets/links/:link_id", update_link),
            ("DELETE", "releases/:tag/assets/links/:link_id", delete_link),
            *(
                ("GET", f"releases/:tag/downloads/{rest}", download)
                for rest in (":a", ":a/:b", ":a/:b/:c", ":a/:b/:c/:d")
            ),
            *(
                ("GET", f"releases/permalink/latest{rest}", get_latest)
                for rest in ("", "/:a", "/:a/:b", "/:a/:b/:c", "/:a/:b/:c/:d", "/:a/:b/:c/:d/:e")
            ),
        )
    ),
)
