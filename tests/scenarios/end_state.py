"""What a GitLab holds in the end, as a value to compare: all that people see or are told.

Left out are the numbers of notes and events, and the revision and the floor of the record: how
often and when the bot wrote in place is its own affair. All else counts, and each as often as it
is there.
"""

import json
import re
from collections.abc import Collection
from typing import Any

from bot.simulator import Simulator
from bot.simulator.model import Issue, Note

_RECORD = re.compile(r"<!-- launchbot:record (?P<json>.*) sig=[0-9a-f]{64} -->", re.DOTALL)
_ANSWER = re.compile(r"part=note\.answer\.[0-9a-f]+ issue=\d+ sig=[0-9a-f]{64}")
_TIMES = {"started", "ready", "live", "opened", "done", "at", "heard"}


def end_state(
    sim: Simulator, *, times: bool = True, without: Collection[str] = ()
) -> dict[str, Any]:
    """Every issue with its notes, links and history, and every person's to-dos.

    Without `times` the record's own are left out: something may rightly have come later.
    Notes with exactly the text of one in `without` are left out, too.
    """
    issues = sorted(sim.state.issues.values(), key=lambda issue: issue.id)
    return {
        **{_name(issue): _issue(issue, times, without) for issue in issues},
        "to-dos": sorted(
            f"{user.username}: {todo.action} by {todo.author.username} on {_name(todo.target)}"
            for user in sim.state.users.values()
            for todo in user.todos
        ),
    }


def _name(issue: Any) -> str:
    return f"{issue.project.path}#{issue.iid}"


def _issue(issue: Issue, times: bool, without: Collection[str]) -> dict[str, Any]:
    return {
        "title": issue.title,
        "description": issue.description,
        "author": issue.author.username,
        "state": issue.state,
        "labels": sorted(label.name for label in issue.labels),
        "assignees": [user.username for user in issue.assignees],
        "due": issue.due_date.isoformat() if issue.due_date else None,
        "confidential": issue.confidential,
        "links": sorted(
            f"{_name(link.source)} {link.kind} {_name(link.target)}"
            for link in issue.links.values()
        ),
        "notes": sorted(
            _note(note, times=times) for note in issue.notes if note.body not in without
        ),
        "label events": sorted(
            f"{event.user.username} {event.action} {event.subject.name if event.subject else ''}"
            for event in issue.label_events
            if not hasattr(event.subject, "title")
        ),
        "state events": [f"{event.user.username} {event.action}" for event in issue.state_events],
    }


def _note(note: Note, *, times: bool) -> str:
    kind = "system note" if note.system else "note"
    return f"{kind} by {note.author.username}: {_text(note.body, times=times)}"


def _text(body: str, *, times: bool) -> str:
    found = _RECORD.search(body)
    if found is None:
        # An answer is known by when its comment was written.
        return body if times else _ANSWER.sub("an answer", body)
    record = json.loads(found["json"])
    record.pop("revision")
    record.pop("floor", None)
    kept = record if times else _without_times(record)
    return f"{body[: found.start()]}{json.dumps(kept, indent=1, sort_keys=True)}"


def _without_times(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_times(item) for key, item in value.items() if key not in _TIMES}
    return value
