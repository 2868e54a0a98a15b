"""Tags and releases: https://docs.gitlab.com/api/tags/ and https://docs.gitlab.com/api/releases/."""

from fnmatch import fnmatchcase
from typing import Any

from bot.simulator import hook_code, hooks, present_requests, pushing
from bot.simulator import repository as git
from bot.simulator.api import finders
from bot.simulator.errors import ApiError, conflict, forbidden, invalid, message, not_found
from bot.simulator.model import Milestone, Project
from bot.simulator.model_code import Release, Tag
from bot.simulator.paging import paged
from bot.simulator.params import Params
from bot.simulator.permissions import DEVELOPERS, can_read_code, level, require
from bot.simulator.routing import Answer, Call, Route
from bot.simulator.state import visible_milestones

_LINK_TYPES = ("other", "runbook", "image", "package")


def list_tags(call: Call) -> Answer:
    """The tags, newest first."""
    project = finders.code(call)
    found = list(reversed(project.tags.values()))
    return paged(call, found, lambda tag: present_requests.tag(call.sim, project, tag))


def get_tag(call: Call) -> Any:
    """One tag."""
    project = finders.code(call)
    return present_requests.tag(call.sim, project, _tag(project, call.vars["tag"]))


def create_tag(call: Call) -> Any:
    """A tag at `ref`."""
    project = finders.code(call)
    require(call.sim, call.user, project, DEVELOPERS)
    name = call.params.required_text("tag_name")
    tag = _new_tag(call, project, name, call.params.required_text("ref"))
    return present_requests.tag(call.sim, project, tag)


def delete_tag(call: Call) -> None:
    """Remove a tag and its release."""
    project = finders.code(call)
    require(call.sim, call.user, project, DEVELOPERS)
    tag = _tag(project, call.vars["tag"])
    del project.tags[tag.name]
    project.releases.pop(tag.name, None)
    pushing.tag(call.sim, call.user, project, tag)


def list_releases(call: Call) -> Answer:
    """The releases, newest first."""
    project = finders.code(call)
    found = sorted(project.releases.values(), key=lambda r: r.released_at, reverse=True)
    return paged(call, found, lambda entry: present_requests.release(call.sim, project, entry))


def get_release(call: Call) -> Any:
    """One release."""
    project = finders.code(call)
    return present_requests.release(call.sim, project, _release(project, call.vars["tag"]))


def get_latest(call: Call) -> Any:
    """The release that came out last."""
    project = finders.code(call)
    found = sorted(project.releases.values(), key=lambda r: r.released_at)
    if not found:
        raise not_found()
    return present_requests.release(call.sim, project, found[-1])


def list_group_releases(call: Call) -> Answer:
    """The releases of a group's projects, newest first."""
    inside = call.sim.state.projects_in(finders.group(call), deep=True)
    readable = [p for p in inside if can_read_code(call.sim, call.caller, p)]
    found = [(p, entry) for p in readable for entry in p.releases.values()]
    found.sort(key=lambda pair: pair[1].released_at, reverse=True)
    return paged(call, found, lambda pair: present_requests.release(call.sim, *pair))


def create_release(call: Call) -> Any:
    """A release of a tag, which `ref` makes if it is not there."""
    project, params = finders.code(call), call.params
    require(call.sim, call.user, project, DEVELOPERS)
    name = params.required_text("tag_name")
    if name in project.releases:
        raise conflict("Release already exists")
    ref = params.text("ref")
    tag = project.tags.get(name) or (_new_tag(call, project, name, ref) if ref else None)
    if tag is None:
        raise message(422, "Ref is not specified")
    now = call.sim.clock.now()
    entry = Release(
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
    return present_requests.release(call.sim, project, entry)


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
    return present_requests.release(call.sim, project, entry)


def delete_release(call: Call) -> Any:
    """Remove a release; the tag stays."""
    project = finders.code(call)
    require(call.sim, call.user, project, DEVELOPERS)
    entry = _release(project, call.vars["tag"])
    shown = present_requests.release(call.sim, project, entry)
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
    entry.links[number] = {
        "id": number,
        "name": name,
        "url": url,
        "direct_asset_url": url,
        "link_type": params.choice("link_type", _LINK_TYPES, "other"),
    }


def _linked(call: Call, *, change: bool = False) -> Release:
    project = finders.code(call)
    if change:
        require(call.sim, call.user, project, DEVELOPERS)
    return _release(project, call.vars["tag"])


def _link(call: Call) -> dict[str, Any]:
    text = call.vars["link_id"]
    found = _linked(call).links.get(int(text) if text.isdigit() else 0)
    if found is None:
        raise not_found()
    return found


def _tag(project: Project, name: str) -> Tag:
    if name not in project.tags:
        raise not_found("Tag")
    return project.tags[name]


def _release(project: Project, name: str) -> Release:
    if name not in project.releases:
        raise not_found()
    return project.releases[name]


def _milestones(call: Call, project: Project) -> list[Milestone]:
    known = {stone.title: stone for stone in visible_milestones(project)}
    unknown = [title for title in call.params.words("milestones") if title not in known]
    if unknown:
        raise message(400, f"Milestone(s) not found: {', '.join(unknown)}")
    return [known[title] for title in call.params.words("milestones")]


def _new_tag(call: Call, project: Project, name: str, ref: str) -> Tag:
    if name in project.tags:
        raise ApiError(400, {"message": f"Tag {name} already exists"})
    target = git.resolve(project, ref)
    if target is None:
        raise ApiError(400, {"message": f"Target {ref} is invalid"})
    _require_tagging(call, project, name)
    text = call.params.text("message") or call.params.text("tag_message") or ""
    tag = Tag(name=name, commit=target, created_at=call.sim.clock.now(), message=text)
    project.tags[name] = tag
    pushing.tag(call.sim, call.user, project, tag)
    return tag


def _require_tagging(call: Call, project: Project, name: str) -> None:
    """Who makes a protected tag has its level."""
    needed = [n for rule, n in project.protected_tags.items() if fnmatchcase(name, rule)]
    if needed and not any(n and level(call.sim, call.user, project) >= n for n in needed):
        raise forbidden("You are not allowed to create this tag as it is protected.")


def _tell_release(call: Call, project: Project, entry: Release, action: str) -> None:
    body = hook_code.release(call.sim, project, entry, action)
    hooks.fire(call.sim, project, "releases_events", body)


ROUTES = (
    Route("GET", "/groups/:id/releases", list_group_releases),
    *(
        Route(method, f"/projects/:id/{path}", handler)
        for method, path, handler in (
            ("GET", "repository/tags", list_tags),
            ("POST", "repository/tags", create_tag),
            ("GET", "repository/tags/:tag", get_tag),
            ("DELETE", "repository/tags/:tag", delete_tag),
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
            ("GET", "releases/permalink/latest", get_latest),
        )
    ),
)
