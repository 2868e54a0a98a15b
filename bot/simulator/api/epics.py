"""Epics of groups, the issues in them, and comments on them: Premium, 403 on Free.

https://docs.gitlab.com/api/epics/, https://docs.gitlab.com/api/epic_issues/ and
https://docs.gitlab.com/api/notes/#epics
There are no epics below epics, and dates are always fixed ones.
"""

from typing import Any

from bot.simulator import epic_actions, epics, present_issues
from bot.simulator.api import finders
from bot.simulator.api.issues import shown as shown_issue
from bot.simulator.api.labels import make_label, valid_color
from bot.simulator.errors import bad_request, forbidden, invalid, invalid_fields, not_found
from bot.simulator.model import Issue, Label, Namespace
from bot.simulator.model_epics import Epic
from bot.simulator.paging import paged
from bot.simulator.permissions import PLANNING, can_see, has, is_premium_or_refuse, require
from bot.simulator.routing import Answer, Call, Route
from bot.simulator.state import find_label

_ORDERS = ("created_at", "updated_at", "title")


def list_epics(call: Call) -> Answer:
    """The epics of a group and, unless told otherwise, of those below it."""
    group, params = _group(call), call.params
    places = [group]
    if params.flag("include_descendant_groups", default=True):
        places += list(call.sim.state.descendants(group))
    if params.flag("include_ancestor_groups"):
        places += group.lineage()[1:]
    found = [e for g in places for e in g.epics.values() if _fits(call, e)]
    key = params.choice("order_by", _ORDERS, "created_at") or "created_at"
    falling = params.choice("sort", ("asc", "desc"), "desc") == "desc"
    found.sort(key=lambda epic: (getattr(epic, key), epic.id), reverse=falling)
    return paged(call, found, lambda epic: _listed(call, epic))


def _fits(call: Call, epic: Epic) -> bool:
    params = call.params
    words = (params.text("search") or "").lower()
    state = params.choice("state", ("opened", "closed", "all"), "all")
    after, before = params.moment("created_after"), params.moment("created_before")
    names = {label.name for label in epic.labels}
    return (
        _is_visible(call, epic)
        and words in f"{epic.title}\n{epic.description or ''}".lower()
        and state in ("all", epic.state)
        and params.integer("author_id") in (None, epic.author.id)
        and params.text("author_username") in (None, epic.author.username)
        and set(params.words("labels")) <= names
        and names.isdisjoint(params.sub("not").words("labels"))
        and params.flag("confidential") in (None, epic.confidential)
        and (after is None or epic.created_at >= after)
        and (before is None or epic.created_at <= before)
    )


def get_epic(call: Call) -> Any:
    """One epic."""
    return epics.shown(call.sim, _epic(call))


def create_epic(call: Call) -> Any:
    """A new epic, by Planners and above."""
    group = _group(call)
    require(call.sim, call.user, group, PLANNING)
    title = call.params.required_text("title")
    if not title.strip():
        raise invalid_fields(title=["can't be blank"])
    epic = epics.create(call.sim, call.user, group, title)
    _apply(call, epic)
    return epics.shown(call.sim, epic)


def update_epic(call: Call) -> Any:
    """Change an epic, close it or open it again."""
    epic = _changeable(call)
    event = call.params.choice("state_event", ("close", "reopen"))
    _apply(call, epic)
    if event:
        epic_actions.set_state(call.sim, epic, event)
    epic.updated_at = call.sim.clock.now()
    return epics.shown(call.sim, epic)


def delete_epic(call: Call) -> None:
    """Remove an epic; its issues stay."""
    epic = _changeable(call)
    for issue in list(epic.issues.values()):
        issue.epic = None
    del epic.group.epics[epic.iid]


def list_issues(call: Call) -> Answer:
    """The issues in an epic that the caller may read."""
    epic = _epic(call)
    found = [(n, i) for n, i in epic.issues.items() if can_see(call.sim, call.caller, i)]
    return paged(
        call, found, lambda tie: shown_issue(call, tie[1], epic.group) | {"epic_issue_id": tie[0]}
    )


def add_issue(call: Call) -> Any:
    """Put an issue into an epic; it leaves the one it was in."""
    epic, text = _epic(call), call.vars["issue_id"]
    issue = call.sim.state.issues.get(int(text) if text.isdecimal() else 0)
    if issue is None or not can_see(call.sim, call.user, issue):
        raise not_found("Issue")
    if not has(call.sim, call.user, issue.project, PLANNING):
        raise forbidden()
    number = epics.put_in(call.sim, call.user, epic, issue)
    return _tie(call, epic, number, issue)


def remove_issue(call: Call) -> Answer:
    """Take an issue out of an epic."""
    epic, text = _epic(call), call.vars["issue_id"]
    number = int(text) if text.isdecimal() else 0
    issue = epic.issues.get(number)
    if issue is None:
        raise not_found()
    require(call.sim, call.user, epic.group, PLANNING)
    shown = _tie(call, epic, number, issue)
    epics.take_out(call.sim, call.user, issue)
    return Answer(shown)


def list_notes(call: Call) -> Answer:
    """The comments on an epic, newest first unless asked otherwise."""
    falling = call.params.choice("sort", ("asc", "desc"), "desc") == "desc"
    key = call.params.choice("order_by", ("created_at", "updated_at"), "created_at") or ""
    epic = _by_id(call)
    trusted = has(call.sim, call.caller, epic.group, PLANNING)
    found = [note for note in epic.notes.values() if trusted or not note["internal"]]
    found.sort(key=lambda note: (note[key], note["id"]), reverse=falling)
    return paged(call, found, dict)


def get_note(call: Call) -> Any:
    """One comment."""
    return _note(call)


def create_note(call: Call) -> Any:
    """Comment on an epic: 201 with the note, or 202 when there were only quick actions."""
    epic, params = _by_id(call), call.params
    text, done = epic_actions.run(call.sim, call.user, epic, params.required_text("body"))
    if not text.strip() and done:
        if not done.summary():
            raise bad_request("Failed to apply commands.")
        return Answer({"commands_changes": done.changes, "summary": done.summary()}, 202)
    if not text.strip():
        raise invalid_fields(note=["can't be blank"])
    note = epics.add_note(call.sim, call.user, epic, text)
    secret = params.flag("internal", params.flag("confidential"))
    note["internal"] = note["confidential"] = bool(secret)
    return note | {"commands_changes": done.changes if done else {}}


def update_note(call: Call) -> Any:
    """Its author changes a comment."""
    note = _own_note(call)
    note["body"] = call.params.required_text("body")
    return note


def delete_note(call: Call) -> None:
    """Its author removes a comment."""
    del _by_id(call).notes[_own_note(call)["id"]]


def _apply(call: Call, epic: Epic) -> None:
    params = call.params
    title = params.text("title", epic.title) or ""
    if not title.strip():
        raise invalid_fields(title=["can't be blank"])
    epic.title = title
    if params.has("description"):
        text = params.text("description") or ""
        epic.description = epic_actions.run(call.sim, call.user, epic, text)[0] or None
    epic.color = valid_color(params.text("color") or epic.color)
    epic.confidential = bool(params.flag("confidential", epic.confidential))
    if params.has("start_date_fixed"):
        epic.start_date = params.day("start_date_fixed")
    if params.has("due_date_fixed"):
        epic.due_date = params.day("due_date_fixed")
    if params.has("labels"):
        epic.labels = _labels(call, epic, "labels")
    gone = _labels(call, epic, "remove_labels")
    every = dict.fromkeys([*epic.labels, *_labels(call, epic, "add_labels")])
    epic.labels = [label for label in every if label not in gone]


def _labels(call: Call, epic: Epic, name: str) -> list[Label]:
    """Labels of the group by name; unknown ones are made."""
    group = epic.group
    return [
        find_label(group, word) or make_label(call.sim, group, word)
        for word in call.params.words(name)
    ]


def _listed(call: Call, epic: Epic) -> dict[str, Any]:
    shown = epics.shown(call.sim, epic)
    if call.params.flag("with_labels_details"):
        shown["labels"] = present_issues.label_details(epic.labels)
    return shown


def _tie(call: Call, epic: Epic, number: int, issue: Issue) -> dict[str, Any]:
    shown = {"id": number, "epic": epics.shown(call.sim, epic)}
    return shown | {"issue": shown_issue(call, issue, epic.group), "relative_position": number}


def _group(call: Call) -> Namespace:
    is_premium_or_refuse(call.sim, "Epics")
    return finders.group(call)


def _is_visible(call: Call, epic: Epic) -> bool:
    return not epic.confidential or has(call.sim, call.caller, epic.group, PLANNING)


def _epic(call: Call) -> Epic:
    text = call.vars["epic_iid"]
    if not text.isdecimal():
        raise invalid("epic_iid is invalid")
    found = _group(call).epics.get(int(text))
    if found is None or not _is_visible(call, found):
        raise not_found()
    return found


def _by_id(call: Call) -> Epic:
    """Comments name the epic by its id, not by its number in the group."""
    for epic in _group(call).epics.values():
        if str(epic.id) == call.vars["epic_iid"] and _is_visible(call, epic):
            return epic
    raise not_found()


def _changeable(call: Call) -> Epic:
    epic = _epic(call)
    require(call.sim, call.user, epic.group, PLANNING)
    return epic


def _note(call: Call) -> dict[str, Any]:
    text = call.vars["note_id"]
    found = _by_id(call).notes.get(int(text) if text.isdecimal() else 0)
    if found is None:
        raise not_found("Note")
    return found


def _own_note(call: Call) -> dict[str, Any]:
    note = _note(call)
    if note["system"] or (note["author"]["id"] != call.user.id and not call.user.admin):
        raise forbidden()
    return note


_AT = "/groups/:id/epics/:epic_iid"

ROUTES = (
    Route("GET", "/groups/:id/epics", list_epics),
    Route("POST", "/groups/:id/epics", create_epic),
    Route("GET", _AT, get_epic),
    Route("PUT", _AT, update_epic),
    Route("DELETE", _AT, delete_epic),
    Route("GET", f"{_AT}/issues", list_issues),
    Route("POST", f"{_AT}/issues/:issue_id", add_issue),
    Route("DELETE", f"{_AT}/issues/:issue_id", remove_issue),
    Route("GET", f"{_AT}/notes", list_notes),
    Route("POST", f"{_AT}/notes", create_note),
    Route("GET", f"{_AT}/notes/:note_id", get_note),
    Route("PUT", f"{_AT}/notes/:note_id", update_note),
    Route("DELETE", f"{_AT}/notes/:note_id", delete_note),
)
