"""Creating and changing issues and merge requests, with all that GitLab does along the way.

Every way to change one comes through here: the API, quick actions, moving.
Knows nothing of HTTP or quick actions; what may not be done is left out silently, as GitLab does.

`Wanted` is a dict of the changes asked for. Its keys: `title`, `description`, `state_event`,
`labels`, `add_labels`, `remove_labels` (lists of Label), `assignees`, `reviewers` (lists of User),
`milestone`, `due_date`, `start_date`, `confidential`, `discussion_locked`, `weight`,
`issue_type`, `target_branch`, and what else is a plain attribute of the thing.
"""

from typing import Any

from bot.simulator import auto_merging, hook_bodies, hooks, mentions, system_notes
from bot.simulator.errors import invalid_fields
from bot.simulator.model import Issuable, Issue, Label, MergeRequest, Project, User
from bot.simulator.permissions import MEMBERS, can_administer, can_see, has
from bot.simulator.simulator import Simulator

Wanted = dict[str, Any]

_TITLE_LIMIT = 255
_TEXT_LIMIT = 1_048_576
_METADATA = (
    "labels",
    "add_labels",
    "remove_labels",
    "assignees",
    "milestone",
    "due_date",
    "start_date",
    "confidential",
    "discussion_locked",
    "weight",
    "issue_type",
    "severity",
    "reviewers",
)
_SPECIAL = {"state_event", "labels", "add_labels", "remove_labels"}


def validate(wanted: Wanted) -> None:
    """Refuse what GitLab's models refuse; ApiError 400 with the problems per field."""
    title, text = wanted.get("title", "x"), wanted.get("description") or ""
    if not (title or "").strip():
        raise invalid_fields(title=["can't be blank"])
    if len(title) > _TITLE_LIMIT:
        raise invalid_fields(title=[f"is too long (maximum is {_TITLE_LIMIT} characters)"])
    if (wanted.get("time_spent") or 0) < 0:
        raise invalid_fields(base=["Time to subtract exceeds the total time spent"])
    if (wanted.get("weight") or 0) < 0:
        raise invalid_fields(weight=["must be greater than or equal to 0"])
    if len(text) > _TEXT_LIMIT:
        raise invalid_fields(description=[f"is too long (maximum is {_TEXT_LIMIT} characters)"])


def new_issue(sim: Simulator, actor: User, project: Project, wanted: Wanted) -> Issue:
    """A new issue with a title and nothing else; `created_at` and `iid` count as allowed."""
    validate(wanted)
    item = Issue(
        id=sim.state.next_id("issue"),
        iid=wanted.pop("iid", None) or sim.state.next_iid(project, "issue"),
        project=project,
        author=wanted.pop("author", actor),
        title=wanted.pop("title"),
        created_at=wanted.pop("created_at", None) or sim.clock.now(),
        updated_at=sim.clock.now(),
    )
    project.iids["issue"] = max(project.iids.get("issue", 0), item.iid)
    sim.state.add_issue(item)
    return item


def begin(sim: Simulator, actor: User, item: Issuable, wanted: Wanted) -> None:
    """Give a new thing its first values and tell of it. Guests may set everything here, once.

    Whoever else may open an issue may make it confidential.
    """
    wanted.pop("state_event", None)
    if not (has(sim, actor, item.project, MEMBERS) or can_administer(sim, actor, item)):
        _drop(wanted, tuple(key for key in _METADATA if key != "confidential"))
    _assign(sim, item, wanted)
    _tell_first_notes(sim, actor, item)
    _todos_for_assignees(sim, actor, item, [])
    mentions.text_written(sim, actor, item, item.description)
    _tell_hooks(sim, actor, item, "open", hook_bodies.first_changes(item))


def change(sim: Simulator, actor: User, item: Issuable, wanted: Wanted) -> None:
    """Change what is wanted and allowed: first the state, then the rest, each with its hook."""
    _change_state(sim, actor, item, wanted.pop("state_event", None))
    if not can_administer(sim, actor, item):
        _drop(wanted, _METADATA)
    if not wanted:
        return
    before, old = hook_bodies.snapshot(item), _Old(item)
    _assign(sim, item, wanted)
    _stamp(sim, actor, item, before)
    _tell_notes(sim, actor, item, old)
    _tell_hooks(sim, actor, item, "update", _changes(item, before))


def close(sim: Simulator, actor: User, item: Issuable) -> None:
    """Close what is open."""
    _change_state(sim, actor, item, "close")


def _change_state(sim: Simulator, actor: User, item: Issuable, event: str | None) -> None:
    """Closing names who closed it; reopening forgets it."""
    if (event, item.state) not in {("close", "opened"), ("reopen", "closed")}:
        return
    before, now = hook_bodies.snapshot(item), sim.clock.now()
    closing = event == "close"
    item.state = "closed" if closing else "opened"
    item.closed_at, item.closed_by = (now, actor) if closing else (None, None)
    item.updated_at = now
    system_notes.state_changed(sim, item, actor, "closed" if closing else "reopened")
    if closing:
        mentions.resolve_todos(sim, actor, item)
    _tell_hooks(sim, actor, item, event or "", _changes(item, before))
    if closing and isinstance(item, MergeRequest):
        auto_merging.abort(sim, actor, item, "merge request was closed")


def _assign(sim: Simulator, item: Issuable, wanted: Wanted) -> None:
    if not _SPECIAL.isdisjoint(wanted):
        item.labels = _new_labels(sim, item, wanted)
    for key in ("assignees", "reviewers"):
        if key in wanted:
            setattr(item, key, _people(sim, item, wanted[key]))
    if "severity" in wanted and wanted.get("issue_type", _type_of(item)) != "incident":
        del wanted["severity"]  # only incidents have one
    for key, value in wanted.items():
        if key not in _SPECIAL | {"assignees", "reviewers"}:
            setattr(item, key, value)


def _type_of(item: Issuable) -> str:
    return item.issue_type if isinstance(item, Issue) else ""


def _new_labels(sim: Simulator, item: Issuable, wanted: Wanted) -> list[Label]:
    """Replace, then add, then remove; on Premium one label per scope, the last one set."""
    labels = list(wanted.get("labels", item.labels))
    labels += wanted.get("add_labels", [])
    gone = wanted.get("remove_labels", [])
    kept = [label for label in dict.fromkeys(labels) if label not in gone]
    return _one_per_scope(kept) if sim.premium else kept


def _one_per_scope(labels: list[Label]) -> list[Label]:
    """https://docs.gitlab.com/user/project/labels/#scoped-labels."""
    last = {scope(label): label for label in labels if scope(label)}
    return [label for label in labels if not scope(label) or last[scope(label)] is label]


def scope(label: Label) -> str:
    """The part before the last `::`, empty for an unscoped label."""
    return label.name.rpartition("::")[0]


def _people(sim: Simulator, item: Issuable, users: list[User]) -> list[User]:
    """Whoever cannot read it is left out without a word; Free keeps the first only."""
    able = [u for u in dict.fromkeys(users) if u.state == "active" and can_see(sim, u, item)]
    return able if sim.premium else able[:1]


def _drop(wanted: Wanted, keys: tuple[str, ...]) -> None:
    for key in keys:
        wanted.pop(key, None)


def _stamp(sim: Simulator, actor: User, item: Issuable, before: dict[str, Any]) -> None:
    """Set the time of the change; labels and assignees alone touch it only once a minute."""
    changed = set(hook_bodies.differences(before, hook_bodies.snapshot(item)))
    if {"title", "description"} & changed:
        item.last_edited_at, item.last_edited_by = sim.clock.now(), actor
    other_person = bool(changed) and item.updated_by is not actor
    if other_person:
        item.updated_by = actor
    if changed - {"labels", "assignees", "reviewers"} or other_person:
        item.updated_at = sim.clock.now()
    elif changed:
        system_notes.touch(sim, item)


class _Old:
    """What notes need to know of the state before."""

    def __init__(self, item: Issuable) -> None:
        self.title = item.title
        self.description = item.description
        self.labels = list(item.labels)
        self.assignees = list(item.assignees)
        self.reviewers = list(item.reviewers) if isinstance(item, MergeRequest) else []
        self.milestone = item.milestone
        self.locked = bool(item.discussion_locked)
        self.time_estimate = item.time_estimate
        self.time_spent = item.time_spent
        self.weight = item.weight if isinstance(item, Issue) else None
        self.due_date = item.due_date if isinstance(item, Issue) else None
        self.confidential = isinstance(item, Issue) and item.confidential
        self.target_branch = item.target_branch if isinstance(item, MergeRequest) else ""
        self.draft = isinstance(item, MergeRequest) and item.draft


def _tell_first_notes(sim: Simulator, actor: User, item: Issuable) -> None:
    """What a new thing is born with, as if it had been set just after."""
    if isinstance(item, Issue) and item.due_date:
        system_notes.due_date_changed(sim, item, actor, None, item.due_date)
    if item.milestone:
        system_notes.milestone_changed(sim, item, actor, None, item.milestone)
    system_notes.labels_changed(sim, item, actor, [], item.labels)
    system_notes.people_changed(sim, item, actor, [], new=item.assignees)


def _tell_notes(sim: Simulator, actor: User, item: Issuable, old: _Old) -> None:
    if item.title != old.title:
        _tell_title(sim, actor, item, old)
    if item.description != old.description:
        system_notes.description_changed(sim, item, actor, old.description)
        mentions.text_written(sim, actor, item, item.description, old=old.description)
    system_notes.labels_changed(sim, item, actor, old.labels, item.labels)
    system_notes.people_changed(sim, item, actor, old.assignees, new=item.assignees)
    _todos_for_assignees(sim, actor, item, old.assignees)
    if item.milestone is not old.milestone:
        system_notes.milestone_changed(sim, item, actor, old.milestone, item.milestone)
    if bool(item.discussion_locked) != old.locked:
        system_notes.lock_changed(sim, item, actor)
    system_notes.time_changed(sim, item, actor, estimate=old.time_estimate, spent=old.time_spent)
    if isinstance(item, Issue):
        _tell_issue_notes(sim, actor, item, old)
    elif isinstance(item, MergeRequest):
        _tell_request_notes(sim, actor, item, old)


def _tell_title(sim: Simulator, actor: User, item: Issuable, old: _Old) -> None:
    if isinstance(item, MergeRequest) and item.draft != old.draft:
        state = "draft" if item.draft else "ready"
        system_notes.add(sim, item, actor, f"marked this merge request as **{state}**")
    else:
        system_notes.title_changed(sim, item, actor, old.title)


def _tell_issue_notes(sim: Simulator, actor: User, item: Issue, old: _Old) -> None:
    if item.due_date != old.due_date:
        system_notes.due_date_changed(sim, item, actor, old.due_date, item.due_date)
    if item.weight != old.weight:
        system_notes.weight_changed(sim, item, actor)
    if item.confidential != old.confidential:
        system_notes.confidentiality_changed(sim, item, actor)


def _tell_request_notes(sim: Simulator, actor: User, item: MergeRequest, old: _Old) -> None:
    words = ("requested review from", "removed review request for")
    system_notes.people_changed(sim, item, actor, old.reviewers, new=item.reviewers, words=words)
    if item.target_branch != old.target_branch:
        body = f"changed target branch from `{old.target_branch}` to `{item.target_branch}`"
        system_notes.add(sim, item, actor, body)
        auto_merging.abort(sim, actor, item, "target branch was changed")


def _todos_for_assignees(sim: Simulator, actor: User, item: Issuable, old: list[User]) -> None:
    for user in item.assignees:
        if user not in old and user is not actor:
            mentions.add_todo(sim, user, actor, item, "assigned")


def _changes(item: Issuable, before: dict[str, Any]) -> dict[str, Any]:
    return hook_bodies.differences(before, hook_bodies.snapshot(item))


def _tell_hooks(
    sim: Simulator, actor: User, item: Issuable, action: str, changes: dict[str, Any]
) -> None:
    if isinstance(item, Issue):
        hooks.issue_changed(sim, actor, item, action, changes)
    elif isinstance(item, MergeRequest):
        hooks.merge_request_changed(sim, actor, item, action, changes)
