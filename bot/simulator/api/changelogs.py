"""Changelogs from trailers of commits, shown or committed to a file.

https://docs.gitlab.com/api/repositories/#generate-changelog-data
Configuration files are not read.
"""

import re
from typing import Any

from bot.simulator import merging, present_issues, present_requests
from bot.simulator import repository as git
from bot.simulator.api import finders
from bot.simulator.api.repository import pushed
from bot.simulator.errors import forbidden, message
from bot.simulator.model import MergeRequest, Project
from bot.simulator.model_code import Commit
from bot.simulator.routing import Call, Route
from bot.simulator.text import iso_day

_VERSION = re.compile(r"v?(?P<major>\d+)\.(?P<minor>\d+)\.(?P<patch>\d+)(?P<rest>[-+][\w.+-]+)?")
_FAILED = "Failed to generate the changelog: "
_NO_START = (
    "The commit start range is unspecified, and no previous tag could be found to use instead"
)


def show(call: Call) -> Any:
    """The commits with a trailer that says so, grouped by its value."""
    return {"notes": _notes(call, finders.code(call))}


def show_text(call: Call) -> str:
    """The same as text."""
    return _notes(call, finders.code(call))


def add(call: Call) -> Any:
    """Put them on top of a file, as one commit."""
    project, params = finders.code(call), call.params
    branch = params.text("branch") or project.default_branch
    head = project.branches.get(branch)
    if head is None:
        raise message(400, f"{_FAILED}{branch} is not a branch")
    if not merging.may_push(call.sim, call.user, project, branch):
        raise forbidden("You are not allowed to push into this branch")
    notes, path = _notes(call, project), params.text("file") or "CHANGELOG.md"
    old = head.tree.get(path, b"")
    tree = head.tree | {path: f"{notes}\n".encode() + old if old else notes.encode()}
    usual = f"Add changelog for version {_version(call)[0].removeprefix('v')}"
    text = params.text("message") or usual
    made = git.commit(call.sim, project, call.user, text, tree, parents=(head,))
    git.set_branch(project, branch, made)
    pushed(call, project, branch, before=head)
    return {}


def _notes(call: Call, project: Project) -> str:
    params, version = call.params, _version(call)
    for name in ("config_file", "config_file_ref"):
        params.text(name)
    end = finders.commit(project, params.text("to") or params.text("branch") or "HEAD")
    first = params.text("from")
    start = finders.commit(project, first) if first else _last_version(project, version)
    trailer, groups = params.text("trailer") or "Changelog", dict[str, list[Commit]]()
    for entry in git.between(start, end):
        kind = present_requests.trailers(entry.message).get(trailer)
        if kind:
            groups.setdefault(kind[-1], []).append(entry)
    day = params.day("date") or call.sim.clock.now().date()
    parts = [_section(project, name, found) for name, found in groups.items()]
    title = f"## {version[0].removeprefix('v')} ({iso_day(day)})"
    return f"{title}\n\n" + ("\n".join(parts) or "No changes.\n")


def _version(call: Call) -> re.Match[str]:
    """The version, which has three numbers."""
    found = _VERSION.fullmatch(call.params.required_text("version"))
    if found is None:
        raise message(400, f"{_FAILED}The version is not a valid semantic version")
    return found


def _last_version(project: Project, wanted: re.Match[str]) -> Commit:
    """The commit of the last stable version before; 422 where there is none."""
    known = [(_VERSION.fullmatch(tag.name), tag.commit) for tag in project.tags.values()]
    before = [
        (_numbers(found), commit)
        for found, commit in known
        if found and not found["rest"] and _numbers(found) < _numbers(wanted)
    ]
    if not before:
        raise message(422, f"{_FAILED}{_NO_START}")
    return max(before, key=lambda pair: pair[0])[1]


def _numbers(found: re.Match[str]) -> tuple[int, ...]:
    return tuple(int(found[part]) for part in ("major", "minor", "patch"))


def _section(project: Project, name: str, commits: list[Commit]) -> str:
    lines = [_line(project, entry) for entry in commits]
    noun = "change" if len(lines) == 1 else "changes"
    return f"### {name} ({len(lines)} {noun})\n\n" + "\n".join(lines) + "\n"


def _line(project: Project, entry: Commit) -> str:
    line = f"- [{git.title(entry)}]({project.full_path}@{entry.id})"
    request = _request(project, entry)
    return f"{line} ([merge request]({present_issues.reference(request)}))" if request else line


def _request(project: Project, entry: Commit) -> MergeRequest | None:
    """The merged request that brought a commit."""
    for item in project.merge_requests.values():
        if item.state == "merged" and merging.brings(item, entry):
            return item
    return None


_AT = "/projects/:id/repository"

ROUTES = (
    Route("GET", f"{_AT}/changelog", show),
    Route("GET", f"{_AT}/changelog.txt", show_text),
    Route("POST", f"{_AT}/changelog", add),
)
