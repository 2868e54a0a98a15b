"""Issue links: https://docs.gitlab.com/api/issue_links/."""

from typing import Any

from bot.simulator import present_issues
from bot.simulator.api import finders
from bot.simulator.errors import conflict, message, not_found
from bot.simulator.model import Issue, Link
from bot.simulator.permissions import MEMBERS, can_see, has, is_premium_or_refuse, require_writable
from bot.simulator.relations import KINDS, linked, relate, unlink
from bot.simulator.routing import Answer, Call, Route

_NO_MEMBER = "Couldn't link issues. You must have at least the Guest role in both projects."


def list_links(call: Call) -> Answer:
    """All related issues, whole, across projects, as far as the caller may read them."""
    item = finders.issue(call)
    found = sorted(item.links.values(), key=lambda link: link.id)
    return Answer(
        [
            present_issues.linked_issue(call.sim, link, item, call.caller)
            for link in found
            if can_see(call.sim, call.caller, _other(link, item))
        ]
    )


def get_link(call: Call) -> Any:
    """One relation with both issues."""
    return present_issues.link(call.sim, _link(call), call.user)


def create_link(call: Call) -> Any:
    """Relate two issues; blocking is Premium; 409 when they are related already."""
    item = finders.issue(call)
    params = call.params
    params.require("target_project_id", "target_issue_iid")
    kind = params.choice("link_type", KINDS, "relates_to") or "relates_to"
    target = _target(call)
    if kind != "relates_to":
        is_premium_or_refuse(call.sim, "Blocked issues")
    if target is not item and linked(item, target):
        raise conflict("Issue(s) already assigned")
    if not all(has(call.sim, call.user, issue.project, MEMBERS) for issue in (item, target)):
        raise message(403, _NO_MEMBER)
    require_writable(item.project)
    if target is item:
        raise message(422, f"#{item.iid} cannot be added: cannot be related to itself")
    link = relate(call.sim, call.user, item, target, kind)
    return present_issues.link(call.sim, link, call.user)


def delete_link(call: Call) -> Any:
    """Remove a relation from both issues."""
    link = _link(call)
    if not all(has(call.sim, call.user, i.project, MEMBERS) for i in (link.source, link.target)):
        raise message(404, "No Issue Link found")
    shown = present_issues.link(call.sim, link, call.user)
    unlink(call.sim, call.user, link)
    return Answer(shown)


def _other(link: Link, item: Issue) -> Issue:
    return link.target if link.source is item else link.source


def _link(call: Call) -> Link:
    item, text = finders.issue(call), call.vars["link_id"]
    found = item.links.get(int(text) if text.isdecimal() else 0)
    if found is None or not can_see(call.sim, call.user, _other(found, item)):
        raise not_found()
    return found


def _target(call: Call) -> Issue:
    project = finders.project(call, call.params.required_text("target_project_id"))
    number = call.params.required_integer("target_issue_iid")
    found = project.issues.get(number)
    if found is None or not can_see(call.sim, call.user, found):
        raise not_found()
    return found


ROUTES = (
    Route("GET", "/projects/:id/issues/:iid/links", list_links),
    Route("POST", "/projects/:id/issues/:iid/links", create_link),
    Route("GET", "/projects/:id/issues/:iid/links/:link_id", get_link),
    Route("DELETE", "/projects/:id/issues/:iid/links/:link_id", delete_link),
)
