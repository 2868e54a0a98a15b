"""What else there is to read of a merge request: versions, plain differences, related issues.

https://docs.gitlab.com/api/merge_requests/
"""

import hashlib
from typing import Any

from bot.simulator import closing, diffs, mentions, present_requests, trees
from bot.simulator import repository as git
from bot.simulator.api import finders
from bot.simulator.api.issues import shown as shown_issue
from bot.simulator.errors import not_found
from bot.simulator.model import Issue, MergeRequest
from bot.simulator.model_code import Version
from bot.simulator.paging import paged
from bot.simulator.permissions import can_see
from bot.simulator.routing import Answer, Call, Route
from bot.simulator.text import iso, references


def related_issues(call: Call) -> Answer:
    """The issues that the text names, and those that merging closes."""
    item = finders.merge_request(call)
    named = [
        mentions.find_reference(call.sim, item, *found)
        for text in (item.title, item.description, *(n.body for n in item.notes if not n.system))
        for found in references(text, call.sim.url)
    ]
    closed = closing.of_request(call.sim, call.caller, item)
    found = [i for i in named if isinstance(i, Issue) and can_see(call.sim, call.caller, i)]
    every = list(dict.fromkeys([*closed, *found]))
    return paged(call, every, lambda issue: shown_issue(call, issue, item.project))


def raw_diffs(call: Call) -> str:
    """All differences as plain text."""
    parts = []
    for change in present_requests.files(finders.merge_request(call)):
        shown = diffs.diff(change)
        head = f"diff --git a/{shown['old_path']} b/{shown['new_path']}\n"
        parts.append(head + diffs.headers(change) + shown["diff"])
    return "".join(parts)


def list_versions(call: Call) -> Answer:
    """The states that the difference had, newest first."""
    item = finders.merge_request(call)
    return paged(call, item.versions[::-1], lambda entry: _version(item, entry))


def get_version(call: Call) -> Any:
    """One of them, with its commits and differences."""
    item, unified = finders.merge_request(call), bool(call.params.flag("unidiff"))
    for entry in item.versions:
        if str(entry.id) == call.vars["version_id"]:
            commits, files = git.between(entry.base, entry.head), _files(entry)
            project = item.source_project
            return _version(item, entry) | {
                "commits": [present_requests.commit(call.sim, project, c) for c in commits],
                "diffs": [diffs.diff(change, unified=unified) for change in files],
            }
    raise not_found()


def _files(entry: Version) -> list[trees.FileChange]:
    return trees.with_renames(trees.changes(entry.base, entry.head))


def _version(item: MergeRequest, entry: Version) -> dict[str, Any]:
    files = _files(entry)
    patch = "".join(diffs.headers(change) + diffs.text(change) for change in files)
    return {
        "id": entry.id,
        "head_commit_sha": entry.head.id,
        "base_commit_sha": entry.base.id,
        "start_commit_sha": entry.base.id,
        "created_at": iso(entry.created_at),
        "merge_request_id": item.id,
        "state": "collected",
        "real_size": str(len(files)),
        "patch_id_sha": hashlib.sha1(patch.encode(), usedforsecurity=False).hexdigest(),
    }


_AT = "/projects/:id/merge_requests/:iid"

ROUTES = (
    Route("GET", f"{_AT}/related_issues", related_issues),
    Route("GET", f"{_AT}/raw_diffs", raw_diffs),
    Route("GET", f"{_AT}/versions", list_versions),
    Route("GET", f"{_AT}/versions/:version_id", get_version),
)
