"""Branches, trees and commits.

https://docs.gitlab.com/api/branches/, https://docs.gitlab.com/api/repositories/,
https://docs.gitlab.com/api/commits/
"""

import re
from typing import Any

from bot.simulator import diffs, merging, present, present_requests, pushing, trees
from bot.simulator import repository as git
from bot.simulator.api import finders
from bot.simulator.errors import forbidden, invalid, message, not_found
from bot.simulator.model import Project
from bot.simulator.model_code import Commit
from bot.simulator.paging import by_token, paged
from bot.simulator.permissions import DEVELOPERS, require
from bot.simulator.routing import Answer, Call, Route


def list_branches(call: Call) -> Answer:
    """All branches, or those whose name holds `search` (`^` and `$` anchor it) or fits `regex`."""
    project, params = finders.code(call), call.params
    search, pattern = params.text("search") or "", _pattern(params.text("regex"))
    found = [n for n in sorted(project.branches) if git.matches(n, search) and pattern.search(n)]
    order = params.choice("sort", ("name_asc", "updated_asc", "updated_desc"), "name_asc")
    if order != "name_asc":
        falling = order == "updated_desc"
        found.sort(key=lambda name: project.branches[name].created_at, reverse=falling)
    if params.text("pagination") == "keyset":
        return by_token(call, found, str, lambda n: _shown(call, project, n), refs="refs/heads")
    return paged(call, found, lambda name: _shown(call, project, name))


def _shown(call: Call, project: Project, name: str) -> dict[str, Any]:
    return present_requests.branch(call.sim, project, name, call.caller)


def get_branch(call: Call) -> Any:
    """One branch; 204 to whoever only asks whether it is there."""
    project = finders.code(call)
    branch = _branch(project, call.vars["branch"])
    return Answer(None, 204) if call.method == "HEAD" else _shown(call, project, branch)


def create_branch(call: Call) -> Any:
    """A branch at `ref`."""
    project = finders.code(call)
    require(call.sim, call.user, project, DEVELOPERS)
    call.params.require("branch", "ref")
    name, ref = call.params.required_text("branch"), call.params.required_text("ref")
    if not project.branches:
        git.add_readme(call.sim, project, call.user)
    start = git.resolve(project, ref)
    if not git.is_branch_name(name):
        raise message(400, "Branch name is invalid")
    if name in project.branches:
        raise message(400, "Branch already exists")
    if start is None:
        raise message(400, f"Failed to create branch '{name}': invalid reference name '{ref}'")
    git.set_branch(project, name, start)
    pushed(call, project, name, before=None)
    return _shown(call, project, name)


def delete_branch(call: Call) -> None:
    """Remove a branch; protected ones stay."""
    project = finders.code(call)
    require(call.sim, call.user, project, DEVELOPERS)
    name = _branch(project, call.vars["branch"])
    if git.is_protected(project, name):
        raise forbidden("Protected branch cannot be removed")
    finders.unmodified(call, project.branches[name].created_at)
    head = project.branches.pop(name)
    pushing.branch(call.sim, call.user, project, name, before=head)


def delete_merged(call: Call) -> Answer:
    """Remove the branches that are merged, neither protected nor of an open merge request."""
    project = finders.code(call)
    require(call.sim, call.user, project, DEVELOPERS)
    kept = _requested(call, project)
    merged = {n for n in project.branches if git.is_merged(project, n)}
    for name in sorted(merged - kept):
        if not git.is_protected(project, name):
            head = project.branches.pop(name)
            pushing.branch(call.sim, call.user, project, name, before=head)
    return Answer({"message": "202 Accepted"}, 202)


def _requested(call: Call, project: Project) -> set[str]:
    """The branches that open merge requests lead from or into."""
    opened = [item for item in call.sim.state.merge_requests.values() if item.state == "opened"]
    sources = {item.source_branch for item in opened if item.source_project is project}
    return sources | {item.target_branch for item in opened if item.project is project}


def get_tree(call: Call) -> Answer:
    """The files and folders at a path."""
    project = finders.code(call)
    head = finders.commit(project, call.params.text("ref") or "HEAD", "Tree")
    entries = list(_entries(head, call).items())
    if call.params.text("pagination") == "keyset":
        return _tree_page(call, head, entries)
    return paged(call, entries, lambda entry: _tree_entry(head, entry))


def _entries(head: Commit, call: Call) -> dict[str, str]:
    """Paths and their kind, folders first."""
    prefix = (call.params.text("path") or "").strip("/")
    prefix, deep = f"{prefix}/" if prefix else "", call.params.flag("recursive")
    found: dict[str, str] = {}
    for path in sorted(head.tree):
        if path.startswith(prefix):
            parts = path.removeprefix(prefix).split("/")
            for depth in range(1, len(parts) if deep else min(2, len(parts))):
                found[prefix + "/".join(parts[:depth])] = "tree"
            if deep or len(parts) == 1:
                found[path] = "blob"
    if prefix and not found:
        raise not_found("invalid revision or path")
    return dict(sorted(found.items(), key=lambda entry: entry[1] == "blob"))


def _tree_page(call: Call, head: Commit, entries: list[tuple[str, str]]) -> Answer:
    """A page behind the entry whose id is `page_token`."""
    shown = [_tree_entry(head, entry) for entry in entries]
    return by_token(call, shown, lambda entry: str(entry["id"]), lambda entry: entry)


def list_commits(call: Call) -> Answer:
    """The commits of a branch or tag, newest first, also those of one file."""
    project, params = finders.code(call), call.params
    if not project.branches:
        return paged(call, [], str)
    params.choice("order", ("default", "topo"))
    path, since, until = params.text("path"), params.moment("since"), params.moment("until")
    author = (params.text("author") or "").lower()
    follow = bool(params.flag("follow", default=True))
    params.flag("trailers")  # they are always shown, as in the page's examples
    history = _history(call, project)
    found = [
        entry
        for entry in (git.touching(history, path, follow=follow) if path else history)
        if (not since or entry.created_at >= since)
        and (not until or entry.created_at <= until)
        and author in f"{entry.author_name} <{entry.author_email}>".lower()
    ]
    stats = bool(params.flag("with_stats"))
    shown = present_requests.commit
    return paged(
        call, found, lambda entry: shown(call.sim, project, entry, stats=stats), counted=False
    )


def _history(call: Call, project: Project) -> list[Commit]:
    """The commits of a ref, of a range `a..b`, or of all branches."""
    name = call.params.text("ref_name") or "HEAD"
    if call.params.flag("all"):
        return git.history(*project.branches.values())
    start, dots, end = name.partition("..")
    if dots:
        refs = [finders.commit(project, ref or "HEAD", "Commit") for ref in (start, end)]
        return git.between(*refs)
    head = finders.commit(project, name, "Commit")
    return git.first_parents(head) if call.params.flag("first_parent") else git.history(head)


def get_commit(call: Call) -> Any:
    """One commit, with the status of its pipeline."""
    project = finders.code(call)
    entry = finders.commit(project, call.vars["sha"], "Commit")
    runs = [p for p in project.pipelines.values() if p.sha == entry.id]
    stats = bool(call.params.flag("stats", default=True))
    shown = present_requests.commit(call.sim, project, entry, stats=stats)
    last = present_requests.pipeline(call.sim, runs[-1]) if runs else None
    status = runs[-1].status if runs else None
    return shown | {"status": status, "last_pipeline": last, "project_id": project.id}


def get_commit_diff(call: Call) -> Answer:
    """What a commit changed."""
    project = finders.code(call)
    entry = finders.commit(project, call.vars["sha"], "Commit")
    unified = bool(call.params.flag("unidiff"))
    found = trees.with_renames(git.changes_of(entry))
    return paged(call, found, lambda change: diffs.diff(change, unified=unified))


def compare(call: Call) -> Any:
    """Commits and differences from one ref to another."""
    project, params = finders.code(call), call.params
    params.require("from", "to")
    other = params.text("from_project_id")
    origin = finders.project(call, other) if other else project
    start = finders.commit(origin, params.required_text("from"), "Ref")
    end = finders.commit(project, params.required_text("to"), "Ref")
    base = start if params.flag("straight") else git.merge_base(start, end)
    commits = list(reversed(git.between(start, end)))
    found = trees.with_renames(trees.changes(base or trees.Content(), end))
    unified = bool(params.flag("unidiff"))
    shown = [present_requests.commit(call.sim, project, entry) for entry in commits]
    return {
        "commit": shown[-1] if shown else None,
        "commits": shown,
        "diffs": [diffs.diff(change, unified=unified) for change in found],
        "compare_timeout": False,
        "compare_same_ref": start is end,
        "web_url": f"{present.holder_url(call.sim, project)}/-/compare/{start.id}...{end.id}",
    }


def _pattern(text: str | None) -> re.Pattern[str]:
    try:
        return re.compile(text or "")
    except re.error:
        raise invalid("regex is invalid") from None


def _branch(project: Project, name: str) -> str:
    if name not in project.branches:
        raise not_found("Branch")
    return name


def _tree_entry(head: Commit, entry: tuple[str, str]) -> dict[str, str]:
    path, kind = entry
    digest = git.blob_id(head.tree.get(path, path.encode()))
    mode = "040000" if kind == "tree" else trees.mode(head, path)
    return {
        "id": digest,
        "name": path.rsplit("/", 1)[-1],
        "type": kind,
        "path": path,
        "mode": mode,
    }


def pushed(call: Call, project: Project, branch: str, *, before: Commit | None) -> None:
    """Tell hooks and merge requests that a branch moved."""
    pushing.branch(call.sim, call.user, project, branch, before=before)
    merging.branch_moved(call.sim, call.user, project, branch)


ROUTES = tuple(
    Route(method, f"/projects/:id/{path}", handler)
    for method, path, handler in (
        ("GET", "repository/branches", list_branches),
        ("POST", "repository/branches", create_branch),
        ("GET", "repository/branches/:branch", get_branch),
        ("DELETE", "repository/branches/:branch", delete_branch),
        ("DELETE", "repository/merged_branches", delete_merged),
        ("GET", "repository/tree", get_tree),
        ("GET", "repository/commits", list_commits),
        ("GET", "repository/commits/:sha", get_commit),
        ("GET", "repository/commits/:sha/diff", get_commit_diff),
        ("GET", "repository/compare", compare),
    )
)
