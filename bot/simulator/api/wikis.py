"""Pages of wikis, and files attached to them: kept and shown.

https://docs.gitlab.com/api/wikis/ and https://docs.gitlab.com/api/group_wikis/ (Premium)
"""

import secrets
from typing import Any

from bot.simulator.api import finders, instance
from bot.simulator.errors import forbidden, invalid, message, not_found
from bot.simulator.model import File, Holder, Project
from bot.simulator.paging import paged
from bot.simulator.permissions import DEVELOPERS, feature_on, require
from bot.simulator.routing import Answer, Call, Route

Entry = dict[str, Any]
_FORMATS = ("markdown", "rdoc", "asciidoc", "org")


def list_pages(call: Call) -> Answer:
    """The pages by title, their text only `with_content`."""
    found = sorted(_shelf(call).values(), key=lambda page: page["title"].lower())
    if call.params.flag("with_content"):
        return paged(call, found, dict)
    return paged(call, found, lambda page: {k: v for k, v in page.items() if k != "content"})


def get_page(call: Call) -> Any:
    """One page, with `render_html` as HTML."""
    page = _page(call)
    if call.params.flag("render_html"):
        return page | {"content": instance.html(page["content"])}
    return page


def create_page(call: Call) -> Any:
    """A new page; its slug must be free."""
    shelf = _writable(call)
    call.params.require("title", "content")
    title = call.params.required_text("title")
    slug = title.replace(" ", "-")
    if slug in shelf:
        raise message(400, {"base": ["Duplicate page: A page with that title already exists"]})
    page: Entry = {
        "slug": slug,
        "title": title.rsplit("/", 1)[-1].replace("-", " "),
        "format": call.params.choice("format", _FORMATS, "markdown"),
        "content": call.params.required_text("content"),
        "encoding": "UTF-8",
        "front_matter": {},
        "wiki_page_meta_id": call.sim.state.next_id("wiki_page"),
    }
    shelf[slug] = page
    return page


def update_page(call: Call) -> Any:
    """Change a page; a new title moves it."""
    shelf, page, params = _writable(call), _page(call), call.params
    if not params.has("title", "content", "format"):
        raise invalid("title, content, format are missing, at least one parameter must be provided")
    page["content"] = params.text("content", page["content"])
    page["format"] = params.choice("format", _FORMATS, page["format"])
    title = params.text("title")
    if title:
        del shelf[page["slug"]]
        page |= {"slug": title.replace(" ", "-"), "title": title.rsplit("/", 1)[-1]}
        shelf[page["slug"]] = page
    return page


def delete_page(call: Call) -> None:
    """Remove a page."""
    shelf = _writable(call)
    del shelf[_page(call)["slug"]]


def attach(call: Call) -> Any:
    """Keep a file for the wiki, and answer with the Markdown that shows it."""
    _writable(call)
    file = call.params.values.get("file")
    if not isinstance(file, File):
        raise invalid("file is missing" if file is None else "file is invalid")
    path = f"uploads/{secrets.token_hex(16)}/{file.name}"
    return {
        "file_name": file.name,
        "file_path": path,
        "branch": call.params.text("branch") or "main",
        "link": {"url": path, "markdown": f"[{file.name}]({path})"},
    }


def _holder(call: Call) -> Holder:
    """Whose wiki it is: 404 for groups on Free, and where it is switched off."""
    if "/groups/" in call.path:
        if not call.sim.premium:
            raise not_found()
        return finders.group(call)
    project = finders.project(call)
    if not feature_on(call.sim, call.caller, project, "wiki"):
        raise forbidden()
    return project


def _shelf(call: Call) -> dict[str, Entry]:
    holder = _holder(call)
    place = "projects" if isinstance(holder, Project) else "groups"
    return call.sim.state.kept.shelf(place, holder.id, "wiki pages")


def _writable(call: Call) -> dict[str, Entry]:
    """The pages, for Developers."""
    require(call.sim, call.user, _holder(call), DEVELOPERS)
    return _shelf(call)


def _page(call: Call) -> Entry:
    found = _shelf(call).get(call.vars["slug"])
    if found is None:
        raise not_found("Wiki Page")
    return found


ROUTES = tuple(
    Route(method, f"/{place}/:id/wikis{rest}", handler)
    for place in ("projects", "groups")
    for method, rest, handler in (
        ("GET", "", list_pages),
        ("POST", "", create_page),
        ("POST", "/attachments", attach),
        ("GET", "/:slug", get_page),
        ("PUT", "/:slug", update_page),
        ("DELETE", "/:slug", delete_page),
    )
)
