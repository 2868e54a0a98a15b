"""Tags: https://docs.gitlab.com/api/tags/."""

import re
from fnmatch import fnmatchcase
from typing import Any

from bot.simulator import merging, present_requests, pushing
from bot.simulator import repository as git
from bot.simulator.api import finders
from bot.simulator.errors import ApiError, forbidden, not_found
from bot.simulator.model import Project
from bot.simulator.model_code import Tag
from bot.simulator.paging import by_token, paged
from bot.simulator.permissions import DEVELOPERS, require
from bot.simulator.routing import Answer, Call, Route


def _version(tag: Tag) -> list[tuple[int, str]]:
    """Numbers in a name count as numbers."""
    parts = re.findall(r"\d+|\D+", tag.name)
    return [(int(part), "") if part.isdecimal() else (0, part) for part in parts]


_ORDERS: dict[str, Any] = {
    "updated": lambda tag: tag.commit.created_at,
    "name": lambda tag: tag.name,
    "version": _version,
}


def list_tags(call: Call) -> Answer:
    """The tags, newest first unless asked otherwise; `^` and `$` anchor what is searched."""
    project, params = finders.code(call), call.params
    search = params.text("search") or ""
    key = _ORDERS[params.choice("order_by", _ORDERS, "updated") or "updated"]
    falling = params.choice("sort", ("asc", "desc"), "desc") == "desc"
    found = [tag for tag in project.tags.values() if git.matches(tag.name, search)]
    found.sort(key=key)
    if falling:
        found.reverse()

    def show(tag: Tag) -> dict[str, Any]:
        return present_requests.tag(call.sim, project, tag)

    if params.text("pagination") == "keyset":
        return by_token(call, found, lambda tag: tag.name, show, refs="refs/tags")
    return paged(call, found, show)


def get_tag(call: Call) -> Any:
    """One tag."""
    project = finders.code(call)
    return present_requests.tag(call.sim, project, _tag(project, call.vars["tag"]))


def create_tag(call: Call) -> Any:
    """A tag at `ref`."""
    project = finders.code(call)
    require(call.sim, call.user, project, DEVELOPERS)
    name = call.params.required_text("tag_name")
    tag = new(call, project, name, call.params.required_text("ref"))
    return present_requests.tag(call.sim, project, tag)


def delete_tag(call: Call) -> None:
    """Remove a tag and its release."""
    project = finders.code(call)
    require(call.sim, call.user, project, DEVELOPERS)
    tag = _tag(project, call.vars["tag"])
    del project.tags[tag.name]
    project.releases.pop(tag.name, None)
    pushing.tag(call.sim, call.user, project, tag)


def get_signature(call: Call) -> Any:
    """No tag is signed here."""
    _tag(finders.code(call), call.vars["tag"])
    raise not_found("Signature")


def new(call: Call, project: Project, name: str, ref: str) -> Tag:
    """A tag that is not there yet, at a commit that is; its message comes with the call."""
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
    found = [rules for rule, rules in project.protected_tags.items() if fnmatchcase(name, rule)]
    every = [grant for rules in found for grant in rules]
    if found and not any(merging.lets_in(call.sim, call.user, project, one) for one in every):
        raise forbidden("You are not allowed to create this tag as it is protected.")


def _tag(project: Project, name: str) -> Tag:
    if name not in project.tags:
        raise not_found("Tag")
    return project.tags[name]


_AT = "/projects/:id/repository/tags"

ROUTES = (
    Route("GET", _AT, list_tags),
    Route("POST", _AT, create_tag),
    Route("GET", f"{_AT}/:tag", get_tag),
    Route("DELETE", f"{_AT}/:tag", delete_tag),
    Route("GET", f"{_AT}/:tag/signature", get_signature),
)
