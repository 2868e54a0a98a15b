"""Bodies of webhooks as GitLab sends them, 8 kB each.

Their keys stand in the order in which GitLab sends them; the marker is signed with our key.
"""

import json
from typing import Any

from bot.domain.markers import Keyring, Marker

KEY = "k" * 32
SIZE = 8 * 1024
LAUNCHES = 50

_USER = {"id": 7, "name": "Ada", "username": "ada", "avatar_url": None, "email": "[REDACTED]"}
_PROJECT = {
    "id": 5,
    "name": "Partnerships",
    "description": "",
    "web_url": "http://gitlab.test/cloud/partnerships",
    "namespace": "Cloud",
    "visibility_level": 0,
    "path_with_namespace": "cloud/partnerships",
    "default_branch": "main",
}
_LABELS = [
    {"id": n, "title": f"team::{n}", "color": "#dc143c", "project_id": 5, "type": "ProjectLabel"}
    for n in range(4)
]


def relevant() -> list[tuple[str, bytes]]:
    """Somebody ticked a box in an issue of a launch; of fifty launches."""
    keyring = Keyring((KEY.encode(),))
    marks = [Marker(f"i{n}", "scoping").render(keyring) for n in range(1, LAUNCHES + 1)]
    return [("Issue Hook", _issue(number, mark)) for number, mark in enumerate(marks, 1)]


def mostly_irrelevant() -> list[tuple[str, bytes]]:
    """Nine of ten are about something else: other issues, comments, pipelines, pushes."""
    others = [("Issue Hook", _issue(900, "")), ("Note Hook", _note()), *_of_code()]
    mixed: list[tuple[str, bytes]] = []
    for number, one in enumerate(relevant()):
        mixed += [one, *(others[(number + n) % len(others)] for n in range(9))]
    return mixed


def _issue(number: int, mark: str) -> bytes:
    attributes = {
        "id": 3000 + number,
        "iid": number,
        "title": "Scoping",
        "action": "update",
        "state": "opened",
        "project_id": 5,
        "author_id": 7,
        "assignee_ids": [7],
        "labels": _LABELS,
        "created_at": "2026-03-02 09:00:00 UTC",
        "updated_at": "2026-03-02 09:30:00 UTC",
        "description": f"- [x] `task`\n{mark}\n",
    }
    changes = {"updated_at": {"previous": "2026-03-02", "current": "2026-03-02"}}
    body = {"object_kind": "issue", "event_type": "issue", "user": _USER, "project": _PROJECT}
    return _filled(
        {**body, "object_attributes": attributes, "labels": _LABELS, "changes": changes},
        attributes,
        "description",
    )


def _note() -> bytes:
    attributes: dict[str, Any] = {"id": 9, "note": "I agree. ", "noteable_type": "Issue"}
    issue = {"id": 4, "iid": 901, "title": "A bug", "description": "It breaks.", "labels": []}
    body = {"object_kind": "note", "event_type": "note", "user": _USER, "project": _PROJECT}
    return _filled({**body, "object_attributes": attributes, "issue": issue}, attributes, "note")


def _of_code() -> list[tuple[str, bytes]]:
    push: dict[str, Any] = {"object_kind": "push", "ref": "refs/heads/main", "project": _PROJECT}
    commit: dict[str, Any] = {"id": "0" * 40, "message": "Mend it. ", "added": [], "removed": []}
    push["commits"] = [commit]
    job: dict[str, Any] = {"id": 1, "stage": "test", "name": "lint ", "status": "success"}
    pipeline = {
        "object_kind": "pipeline",
        "object_attributes": {"id": 31, "ref": "main", "status": "success"},
        "user": _USER,
        "project": _PROJECT,
        "builds": [job],
    }
    return [
        ("Push Hook", _filled(push, commit, "message")),
        ("Pipeline Hook", _filled(pipeline, job, "name")),
    ]


def _filled(body: dict[str, Any], part: dict[str, Any], key: str) -> bytes:
    """The body with a text made longer, so that all of it has the size of a usual delivery."""
    lines = "A line of text as people write it, in a list of things that are to be done. " * SIZE
    part[key] += lines[: SIZE - len(json.dumps(body))]
    return json.dumps(body).encode()
