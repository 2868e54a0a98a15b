"""Searching the code, commits, notes and wiki of a project, and titles of snippets.

https://docs.gitlab.com/api/search/#search-a-project
Searching these everywhere or in a group needs advanced search, which is not there.
"""

import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

from bot.simulator import present_issues, present_requests, trees
from bot.simulator import repository as git
from bot.simulator.api import finders, snippets
from bot.simulator.model import Issuable, Note, Project
from bot.simulator.permissions import can_see, can_see_note
from bot.simulator.routing import Call

Entry = dict[str, Any]
Found = tuple[list[Any], Callable[[Any], Entry]]
_FILTER = re.compile(r"\b(?P<name>filename|path|extension):(?P<value>\S+)")
_AROUND = 2


def notes(call: Call, words: list[str]) -> Found:
    """The comments that hold all the words, newest first."""
    project = finders.project(call)
    items: list[Issuable] = [*project.issues.values(), *project.merge_requests.values()]
    found = [
        note
        for item in items
        if can_see(call.sim, call.user, item)
        for note in item.notes
        if not note.system and _holds(note, words) and can_see_note(call.sim, call.user, note)
    ]
    found.sort(key=lambda note: (note.created_at, note.id), reverse=True)
    return found, lambda note: present_issues.note(call.sim, note)


def _holds(note: Note, words: list[str]) -> bool:
    return all(word in note.body.lower() for word in words)


def commits(call: Call, words: list[str]) -> Found:
    """The commits of a ref whose message holds all the words."""
    project = finders.code(call)
    head = git.resolve(project, call.params.text("ref") or "HEAD")
    history = git.history(head) if head else []
    found = [c for c in history if all(word in c.message.lower() for word in words)]
    mine = {"project_id": project.id}
    return found, lambda entry: present_requests.commit(call.sim, project, entry) | mine


def blobs(call: Call, _words: list[str]) -> Found:
    """The files of a ref whose name holds the words, then the places where they stand."""
    project = finders.code(call)
    ref = call.params.text("ref") or project.default_branch
    head = git.resolve(project, ref)
    texts = {path: text.decode("utf-8", "replace") for path, text in _tree(head).items()}
    return _places(call, project, texts, ref), dict


def wiki(call: Call, _words: list[str]) -> Found:
    """The same for the pages of the wiki."""
    project = finders.project(call)
    shelf = call.sim.state.kept.shelf("projects", project.id, "wiki pages")
    texts = {f"{slug}.md": str(page["content"]) for slug, page in shelf.items()}
    group = {"group_id": None}
    return [entry | group for entry in _places(call, project, texts, "main")], dict


def snippet_titles(call: Call, words: list[str]) -> Found:
    """The snippets whose title holds all the words."""
    found = [
        entry
        for entry in call.sim.state.kept.everywhere("snippets")
        if all(word in entry["title"].lower() for word in words)
        and snippets.is_visible(call, entry)
    ]
    return found, lambda entry: snippets.shown(call, entry)


def _tree(head: Any) -> trees.Tree:
    return head.tree if head else {}


def _places(call: Call, project: Project, texts: dict[str, str], ref: str) -> list[Entry]:
    """Matches in names before those in texts; filters such as `path:docs/*` narrow both."""
    sent = call.params.required_text("search")
    filters = [(m["name"], m["value"].lower()) for m in _FILTER.finditer(sent)]
    phrase = _FILTER.sub("", sent).strip().lower()
    kept = {path: text for path, text in texts.items() if _fits(path.lower(), filters)}
    usual = {"id": None, "ref": ref, "project_id": project.id}
    named = [(path, text, 1) for path, text in kept.items() if phrase in path.lower()]
    inside = [
        (path, data, start)
        for path, text in kept.items()
        for start, data in _matches(text.splitlines(keepends=True), phrase)
    ]
    return [
        {"basename": path.rsplit(".", 1)[0], "data": data, "path": path, "filename": path}
        | usual
        | {"startline": start}
        for path, data, start in (*named, *inside)
    ]


def _fits(path: str, filters: list[tuple[str, str]]) -> bool:
    parts = {
        "filename": path.rsplit("/", 1)[-1],
        "path": path,
        "extension": path.rsplit(".", 1)[-1],
    }
    return all(
        fnmatchcase(parts[name], value) or (name == "path" and value in path)
        for name, value in filters
    )


def _matches(lines: list[str], phrase: str) -> list[tuple[int, str]]:
    """The places with two lines around each; those that touch are one."""
    places: list[tuple[int, int]] = []
    for number, line in enumerate(lines):
        if phrase and phrase in line.lower():
            first, end = max(0, number - _AROUND), min(len(lines), number + _AROUND + 1)
            if places and first <= places[-1][1]:
                places[-1] = (places[-1][0], end)
            else:
                places.append((first, end))
    return [(first + 1, "".join(lines[first:end])) for first, end in places]


FINDERS: dict[str, Callable[[Call, list[str]], Found]] = {
    "blobs": blobs,
    "commits": commits,
    "notes": notes,
    "wiki_blobs": wiki,
}
