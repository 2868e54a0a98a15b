"""Reading the repository in ways that need no knowledge of requests.

https://docs.gitlab.com/api/repositories/ and https://docs.gitlab.com/api/commits/
"""

import base64
from itertools import groupby
from operator import itemgetter
from typing import Any

from bot.simulator import present_requests
from bot.simulator import repository as git
from bot.simulator.api import files, finders
from bot.simulator.errors import invalid, message, not_found
from bot.simulator.paging import paged
from bot.simulator.routing import Answer, Call, Route

_FEWEST_REFS = 2


def get_blame(call: Call) -> Any:
    """The lines of a file with the commits that wrote them; `range` cuts some out."""
    project, path = finders.code(call), call.vars["file"]
    head = finders.commit(project, call.params.required_text("ref"))
    if path not in head.tree:
        raise not_found("File")
    if call.method == "HEAD":
        return files.metadata(call)
    lines = git.blame(head, path)
    first, last = _range(call, len(lines))
    return [
        {
            "commit": present_requests.commit(call.sim, project, commit, stats=False),
            "lines": [line for _, line in entries],
        }
        for commit, entries in groupby(lines[first - 1 : last], key=itemgetter(0))
    ]


def _range(call: Call, count: int) -> tuple[int, int]:
    """The first and last line asked for, counted from 1."""
    if not call.params.has("range"):
        return 1, count
    sent = call.params.sub("range")
    first, last = sent.integer("start"), sent.integer("end")
    if first is None or last is None:
        missing = "start" if first is None else "end"
        raise invalid(f"range[{missing}] is missing")
    if first > last or first < 1:
        raise message(
            400, "400 Bad request - range[start] must be less than or equal to range[end]"
        )
    if first > count:
        raise message(400, "400 Bad request - range[start] is outside of the file")
    return first, last


def get_raw_blob(call: Call) -> Answer:
    """A file's content by its id."""
    for commit in finders.code(call).commits.values():
        for content in commit.tree.values():
            if git.blob_id(content) == call.vars["sha"]:
                return Answer(content)
    raise not_found("Blob")


def get_blob(call: Call) -> Any:
    """The same in base64, with its size."""
    content = get_raw_blob(call).body
    encoded = base64.b64encode(content).decode()
    shown = {"size": len(content), "encoding": "base64", "content": encoded}
    return shown | {"sha": call.vars["sha"]}


def get_sequence(call: Call) -> Any:
    """How many commits lead to one, itself included."""
    commit = finders.commit(finders.code(call), call.vars["sha"])
    first = call.params.flag("first_parent")
    count, entry = 1, commit
    while first and entry.parents:
        count, entry = count + 1, entry.parents[0]
    return {"count": count if first else len(git.history(commit))}


def list_refs(call: Call) -> Answer:
    """The branches and tags that have a commit."""
    project = finders.code(call)
    commit = finders.commit(project, call.vars["sha"])
    heads = [("branch", name, head) for name, head in project.branches.items()]
    heads += [("tag", name, tag.commit) for name, tag in project.tags.items()]
    wanted = call.params.choice("type", ("branch", "tag", "all"), "all")
    found = [
        (kind, name)
        for kind, name, head in heads
        if wanted in ("all", kind) and commit in git.history(head)
    ]
    return paged(call, found, lambda entry: {"type": entry[0], "name": entry[1]})


def get_signature(call: Call) -> Any:
    """No commit is signed here."""
    finders.commit(finders.code(call), call.vars["sha"])
    raise not_found("Signature")


def merge_base(call: Call) -> Any:
    """The newest commit that all refs have."""
    project = finders.code(call)
    refs = call.params.words("refs")
    if len(refs) < _FEWEST_REFS:
        raise message(400, "Provide at least 2 refs")
    base, *others = [finders.commit(project, ref) for ref in refs]
    for other in others:
        found = git.merge_base(base, other)
        if found is None:
            raise not_found("Merge Base")
        base = found
    return present_requests.commit(call.sim, project, base)


def list_contributors(call: Call) -> Answer:
    """Who wrote how many commits of a ref."""
    project = finders.code(call)
    ref = call.params.text("ref") or "HEAD"
    found: dict[str, dict[str, Any]] = {}
    for entry in git.history(finders.commit(project, ref)):
        fresh = {"name": entry.author_name, "email": entry.author_email, "commits": 0}
        known = found.setdefault(entry.author_email, fresh | {"additions": 0, "deletions": 0})
        known["commits"] += 1
    order = call.params.choice("order_by", ("name", "email", "commits"), "commits")
    falling = call.params.choice("sort", ("asc", "desc"), "asc") == "desc"
    people = sorted(found.values(), key=itemgetter(order or "commits"), reverse=falling)
    return paged(call, people, dict)


ROUTES = tuple(
    Route(method, f"/projects/:id/{path}", handler)
    for method, path, handler in (
        ("GET", "repository/files/:file/blame", get_blame),
        ("GET", "repository/blobs/:sha/raw", get_raw_blob),
        ("GET", "repository/blobs/:sha", get_blob),
        ("GET", "repository/commits/:sha/sequence", get_sequence),
        ("GET", "repository/commits/:sha/refs", list_refs),
        ("GET", "repository/commits/:sha/signature", get_signature),
        ("GET", "repository/merge_base", merge_base),
        ("GET", "repository/contributors", list_contributors),
    )
)
