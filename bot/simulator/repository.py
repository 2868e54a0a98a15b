"""Branches and commits of a project, and how they came about. A commit holds its whole tree.

https://docs.gitlab.com/api/commits/
Knows nothing of HTTP, rights or merge requests.
"""

import hashlib
import re
from difflib import SequenceMatcher
from fnmatch import fnmatchcase
from typing import Any

from bot.simulator import trees
from bot.simulator.model import Holder, Level, Project, User
from bot.simulator.model_code import Commit, Grant, Protection
from bot.simulator.simulator import Simulator

_NO_BRANCH = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|^\.")


def commit(
    sim: Simulator,
    project: Project,
    author: User,
    message: str,
    tree: trees.Tree,
    *,
    parents: tuple[Commit, ...],
    **given: Any,
) -> Commit:
    """A new commit that leads to this tree; no branch points to it yet.

    `given` may set `author_name`, `author_email` and the `modes` of files that can be run; without
    modes they are those of the first parent.
    """
    now = sim.clock.now()
    number = sim.state.next_id("commit")
    seed = f"{project.id}/{number}/{now.isoformat()}/{message}".encode()
    made = Commit(
        id=hashlib.sha1(seed, usedforsecurity=False).hexdigest(),
        message=message,
        author_name=given.get("author_name") or author.name,
        author_email=given.get("author_email") or author.email,
        committer_name=author.name,
        committer_email=author.email,
        created_at=now,
        parents=parents,
        tree=tree,
        modes={path: mode for path, mode in _modes(parents, given).items() if path in tree},
    )
    project.commits[made.id] = made
    project.updated_at = now
    return made


def title(entry: Commit) -> str:
    """The first line of the message."""
    return entry.message.partition("\n")[0].rstrip("\r")


def _modes(parents: tuple[Commit, ...], given: dict[str, Any]) -> dict[str, str]:
    inherited = parents[0].modes if parents else {}
    return dict(given.get("modes", inherited))


def begin(sim: Simulator, project: Project, author: User) -> None:
    """The first commit, with a README."""
    tree = {"README.md": f"# {project.name}\n".encode()}
    set_branch(
        project,
        project.default_branch,
        commit(sim, project, author, "Initial commit", tree, parents=()),
    )


def add_readme(sim: Simulator, project: Project, author: User) -> None:
    """What GitLab does before the first branch of an empty repository: an empty README."""
    made = commit(sim, project, author, "Add README.md", {"README.md": b""}, parents=())
    set_branch(project, project.default_branch, made)


def is_branch_name(name: str) -> bool:
    """Whether git takes this as the name of a branch."""
    return not (
        _NO_BRANCH.search(name)
        or name.startswith(("-", "/", "refs/heads/", "refs/remotes/"))
        or name.endswith(("/", ".", ".lock"))
        or name in {"", "@", "HEAD"}
    )


def matches(name: str, search: str) -> bool:
    """Whether a branch or tag is what is searched for: `^` and `$` anchor it."""
    if search.startswith("^"):
        return name.startswith(search[1:])
    return name.endswith(search[:-1]) if search.endswith("$") else search in name


def set_branch(project: Project, name: str, head: Commit) -> None:
    """Let a branch point to a commit; the first one becomes the protected default."""
    if not project.branches:
        project.default_branch = name
        protect(project, name)
    project.branches[name] = head


def protect(holder: Holder, name: str) -> Protection:
    """Let only Maintainers push and merge, to begin with."""
    number = max((entry.id for entry in holder.protected.values()), default=0) + 1
    made = Protection(id=number, name=name)
    for grants in (made.pushers, made.mergers):
        grants.append(Grant(id=next_grant(made), level=Level.MAINTAINER))
    holder.protected[name] = made
    return made


def next_grant(entry: Protection) -> int:
    """A fresh number for one who is let in."""
    every = (*entry.pushers, *entry.mergers, *entry.unprotectors)
    return max((grant.id for grant in every), default=0) + 1


def is_merged(project: Project, name: str) -> bool:
    """Whether the default branch has all of a branch; one that is the same does not count.

    https://docs.gitlab.com/api/branches/#delete-merged-branches
    """
    base, head = project.branches.get(project.default_branch), project.branches[name]
    return base is not None and head is not base and not between(base, head)


def is_protected(project: Project, branch: str) -> bool:
    """Whether a name or wildcard protects the branch."""
    return bool(protections(project, branch))


def protections(project: Project, branch: str) -> list[Protection]:
    """What protects a branch, here or in a group above."""
    places: list[Holder] = [project, *project.namespace.lineage()]
    every = [entry for place in places for entry in place.protected.values()]
    return [entry for entry in every if fnmatchcase(branch, entry.name)]


def fetch(project: Project, ref: str, head: Commit) -> None:
    """Take over a commit with all before it; a ref that is no branch or tag leads there."""
    if head.id not in project.commits:
        project.commits |= {entry.id: entry for entry in history(head)}
    project.refs[ref] = head


def resolve(project: Project, ref: str) -> Commit | None:
    """The commit of a branch, tag, fetched ref, full or short id, or HEAD."""
    if ref == "HEAD":
        ref = project.default_branch
    if ref in project.branches:
        return project.branches[ref]
    if ref in project.tags:
        return project.tags[ref].commit
    if ref in project.refs:
        return project.refs[ref]
    if len(ref) < len("1234567"):
        return None
    return next((c for sha, c in project.commits.items() if sha.startswith(ref)), None)


def blob_id(content: bytes) -> str:
    """The id of a file's content."""
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


def history(*heads: Commit) -> list[Commit]:
    """The commits and all before them, newest first."""
    seen: dict[str, Commit] = {}
    waiting = list(heads)
    while waiting:
        current = waiting.pop(0)
        if current.id not in seen:
            seen[current.id] = current
            waiting.extend(current.parents)
    return list(seen.values())


def first_parents(head: Commit) -> list[Commit]:
    """The commits on the main line to this one, newest first."""
    found = [head]
    while found[-1].parents:
        found.append(found[-1].parents[0])
    return found


def changes_of(entry: Commit) -> list[trees.FileChange]:
    """What a commit changed, by path."""
    return trees.changes(trees.before(entry), entry)


def touches(entry: Commit, path: str) -> bool:
    """Whether a commit changed this file, or one in this folder."""
    return any(
        change.new_path == path or change.new_path.startswith(f"{path}/")
        for change in changes_of(entry)
    )


def touching(entries: list[Commit], path: str, *, follow: bool) -> list[Commit]:
    """Those, newest first, that changed a path; with `follow` also by the names it had before."""
    found = []
    for entry in entries:
        if touches(entry, path):
            found.append(entry)
            renames = trees.with_renames(changes_of(entry)) if follow else []
            old = [c.old_path for c in renames if c.new_path == path != c.old_path]
            path = old[0] if old else path
    return found


def last_touching(head: Commit, path: str) -> Commit:
    """The newest commit that changed a file."""
    return next((entry for entry in history(head) if touches(entry, path)), head)


def blame(head: Commit, path: str) -> list[tuple[Commit, str]]:
    """The lines of a file, each with the commit on the main line that wrote it."""
    found: list[tuple[Commit, str]] = []
    for entry in reversed(first_parents(head)):
        lines = entry.tree.get(path, b"").decode("utf-8", "replace").splitlines()
        matcher = SequenceMatcher(None, [line for _, line in found], lines, autojunk=False)
        fresh: list[tuple[Commit, str]] = []
        for kind, start, end, first, last in matcher.get_opcodes():
            if kind == "equal":
                fresh += found[start:end]
            else:
                fresh += [(entry, line) for line in lines[first:last]]
        found = fresh
    return found


def merge_base(one: Commit, other: Commit) -> Commit | None:
    """The newest commit that both histories have."""
    known = {entry.id for entry in history(one)}
    return next((entry for entry in history(other) if entry.id in known), None)


def between(base: Commit | None, head: Commit) -> list[Commit]:
    """The commits of `head` that `base` does not have, newest first."""
    known = {entry.id for entry in history(base)} if base else set()
    return [entry for entry in history(head) if entry.id not in known]
