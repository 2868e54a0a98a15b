"""The hook bodies of code: pushes, tags, releases, comments on commits.

https://docs.gitlab.com/user/project/integrations/webhook_events/
"""

from typing import Any

from bot.simulator import downloads, hook_bodies, present, repository
from bot.simulator.model import Project, User
from bot.simulator.model_code import Commit, Release
from bot.simulator.simulator import Simulator
from bot.simulator.text import parse_moment

_NOWHERE = "0" * 40
_COMMITS_SHOWN = 20


def commit(sim: Simulator, project: Project, entry: Commit) -> dict[str, Any]:
    """A commit as in merge request and push events."""
    return {
        "id": entry.id,
        "message": entry.message,
        "title": repository.title(entry),
        "timestamp": entry.created_at.isoformat(timespec="seconds"),
        "url": f"{present.holder_url(sim, project)}/-/commit/{entry.id}",
        "author": {"name": entry.author_name, "email": entry.author_email},
    }


def push(
    sim: Simulator,
    actor: User,
    project: Project,
    ref: str,
    *,
    before: Commit | None,
    after: Commit | None,
    commits: list[Commit],
    message: str = "",
) -> dict[str, Any]:
    """A push to a branch or tag; `ref` is the full name, `commits` the new ones, newest first."""
    kind = "tag_push" if ref.startswith("refs/tags/") else "push"
    return {
        "object_kind": kind,
        "event_name": kind,
        "before": before.id if before else _NOWHERE,
        "after": after.id if after else _NOWHERE,
        "ref": ref,
        "ref_protected": repository.is_protected(project, ref.removeprefix("refs/heads/")),
        "checkout_sha": after.id if after else None,
        "message": message or None,
        "user_id": actor.id,
        "user_name": actor.name,
        "user_username": actor.username,
        "user_email": actor.public_email or None,
        "user_avatar": present.gravatar(actor),
        "project_id": project.id,
        "project": hook_bodies.project(sim, project),
        "commits": [
            commit(sim, project, entry) | _files(entry)
            for entry in reversed(commits[:_COMMITS_SHOWN])
        ],
        "total_commits_count": len(commits),
        "push_options": {},
        "repository": _repository(sim, project),
    }


def release(sim: Simulator, project: Project, entry: Release, action: str) -> dict[str, Any]:
    """A release event; `action` is create, update or delete."""
    return {
        "object_kind": "release",
        "id": entry.id,
        "created_at": entry.created_at,
        "description": entry.description,
        "name": entry.name,
        "released_at": entry.released_at,
        "tag": entry.tag.name,
        "project": hook_bodies.project(sim, project),
        "url": f"{present.holder_url(sim, project)}/-/releases/{entry.tag.name}",
        "action": action,
        "assets": downloads.assets(sim, project, entry),
        "commit": commit(sim, project, entry.tag.commit),
    }


def note(
    sim: Simulator, project: Project, entry: Commit, actor: User, written: dict[str, Any]
) -> dict[str, Any]:
    """A new comment on a commit, which the API keeps as `written`."""
    shown = commit(sim, project, entry)
    about = {"noteable_type": "Commit", "commit_id": entry.id, "url": shown["url"]}
    return _note(sim, project, actor, written, about) | {"commit": shown}


def snippet_note(
    sim: Simulator, project: Project, entry: dict[str, Any], actor: User, written: dict[str, Any]
) -> dict[str, Any]:
    """A new comment on a snippet of the project; both as the API keeps them."""
    name, content = next(iter(entry["contents"].items()))
    shown = {key: entry[key] for key in ("id", "title", "description", "project_id")}
    shown |= {"content": content, "author_id": entry["author"]["id"], "file_name": name}
    shown |= {key: parse_moment(entry[key]) for key in ("created_at", "updated_at")}
    shown |= {"expires_at": None, "type": "ProjectSnippet"}
    shown["visibility_level"] = hook_bodies.VISIBILITY[entry["visibility"]]
    shown["url"] = f"{present.holder_url(sim, project)}/-/snippets/{entry['id']}"
    about = {"noteable_type": "Snippet", "noteable_id": entry["id"], "url": shown["url"]}
    return _note(sim, project, actor, written, about) | {"snippet": shown}


def _note(
    sim: Simulator,
    project: Project,
    actor: User,
    written: dict[str, Any],
    about: dict[str, Any],
) -> dict[str, Any]:
    """A new comment on what it is `about`, with the `url` of that."""
    url = f"{about['url']}#note_{written['id']}"
    return {
        "object_kind": "note",
        "event_type": "note",
        "user": hook_bodies.user(actor),
        "project_id": project.id,
        "project": hook_bodies.project(sim, project),
        "object_attributes": {
            "id": written["id"],
            "internal": False,
            "note": written["body"],
            "author_id": written["author"]["id"],
            "created_at": parse_moment(written["created_at"]),
            "updated_at": parse_moment(written["updated_at"]),
            "project_id": project.id,
            "attachment": None,
            "line_code": None,
            "commit_id": None,
            "noteable_id": None,
            "system": False,
            "st_diff": None,
            "type": written["type"],
            "description": written["body"],
            "action": "create",
        }
        | about
        | {"url": url},
        "repository": hook_bodies.repository(sim, project),
    }


def _files(entry: Commit) -> dict[str, list[str]]:
    """The paths that a commit added, changed and removed."""
    found = repository.changes_of(entry)
    return {
        "added": [change.new_path for change in found if change.old is None],
        "modified": [change.new_path for change in found if None not in (change.old, change.new)],
        "removed": [change.old_path for change in found if change.new is None],
    }


def _repository(sim: Simulator, place: Project) -> dict[str, Any]:
    """The deprecated `repository` key, which pushes send with more of the project."""
    shown = hook_bodies.project(sim, place)
    more = ("git_http_url", "git_ssh_url", "visibility_level")
    return hook_bodies.repository(sim, place) | {key: shown[key] for key in more}
