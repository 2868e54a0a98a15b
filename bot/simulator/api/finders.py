"""Finding what a path names, for this caller: 404 for what is not there or not to be known."""

from datetime import datetime

from bot.simulator import repository
from bot.simulator.errors import forbidden, invalid, message, not_found
from bot.simulator.model import (
    Holder,
    Issuable,
    Issue,
    Label,
    MergeRequest,
    Namespace,
    Note,
    Project,
    User,
)
from bot.simulator.model_ci import Pipeline
from bot.simulator.model_code import Commit
from bot.simulator.permissions import can_read, can_read_code, can_see, can_see_note, level
from bot.simulator.routing import Call
from bot.simulator.state import near_labels, visible_labels


def project(call: Call, name: str = "") -> Project:
    """The project of `:id`, or the one named by id or path."""
    name = name or call.vars["id"]
    state = call.sim.state
    found = state.projects.get(int(name)) if name.isdecimal() else state.project_at(name)
    if found is None or not can_read(call.sim, call.caller, found):
        raise not_found("Project")
    return found


def code(call: Call) -> Project:
    """The project of `:id`, whose code the caller may read; else 403."""
    found = project(call)
    if not can_read_code(call.sim, call.caller, found):
        raise forbidden()
    return found


def commit(place: Project, ref: str, what: str = "Commit") -> Commit:
    """The commit of a branch, tag or id; the 404 calls it `what`."""
    found = repository.resolve(place, ref)
    if found is None:
        raise not_found(what)
    return found


def group(call: Call, name: str = "") -> Namespace:
    """The group of `:id`, or the one named by id or path."""
    name = name or call.vars["id"]
    state = call.sim.state
    found = state.namespaces.get(int(name)) if name.isdecimal() else state.holder_at(name)
    if not isinstance(found, Namespace) or found.owner:
        raise not_found("Group")
    if not can_read(call.sim, call.caller, found):
        raise not_found("Group")
    return found


def namespace(call: Call, name: str) -> Namespace:
    """A group or personal namespace by id or path, of which the caller is a member."""
    state = call.sim.state
    found = state.namespaces.get(int(name)) if name.isdecimal() else state.holder_at(name)
    if not isinstance(found, Namespace) or not level(call.sim, call.user, found):
        raise not_found("Namespace")
    return found


def user(call: Call, number: int | str) -> User:
    """A user by id."""
    if not str(number).isdecimal():
        raise invalid("user_id is invalid")
    found = call.sim.state.users.get(int(number))
    if found is None:
        raise not_found("User")
    return found


def person(call: Call, name: str) -> User:
    """A user by name or id."""
    if name.isdecimal():
        return user(call, name)
    found = call.sim.state.user_named(name)
    if found is None:
        raise not_found("User")
    return found


def issue(call: Call, what: str = "") -> Issue:
    """The issue of `:id` and `:iid`; the 404 calls it `what`."""
    found = project(call).issues.get(_number(call, "iid", "issue_iid"))
    if found is None or not can_see(call.sim, call.caller, found):
        raise not_found(what)
    return found


def any_issue(call: Call, what: str = "") -> Issue:
    """The issue to be changed: 403 where the caller may see the project, but not the issue."""
    found = project(call).issues.get(_number(call, "iid", "issue_iid"))
    if found is None:
        raise not_found(what)
    if not can_see(call.sim, call.user, found):
        raise forbidden()
    return found


def merge_request(call: Call) -> MergeRequest:
    """The merge request of `:id` and `:iid`."""
    found = project(call).merge_requests.get(_number(call, "iid", "merge_request_iid"))
    if found is None or not can_see(call.sim, call.caller, found):
        raise not_found()
    return found


def pipeline(call: Call) -> Pipeline:
    """The pipeline of `:id` and `:pipeline_id`."""
    found = code(call).pipelines.get(_number(call, "pipeline_id", "pipeline_id"))
    if found is None:
        raise not_found()
    return found


def note(call: Call, item: Issuable) -> Note:
    """The note of `:note_id` on this thing."""
    found = call.sim.state.notes.get(_number(call, "note_id", "note_id"))
    if found is None or found.noteable is not item:
        raise not_found("Note")
    if not can_see_note(call.sim, call.caller, found):
        raise not_found("Note")
    return found


def label(holder: Holder, name: str) -> Label:
    """A label by id or exact name, own ones and those of the groups above."""
    return named_label(visible_labels(holder), name)


def near_label(holder: Holder, name: str) -> Label:
    """A label by id or exact name that may be changed here: of a group above only the nearest."""
    return named_label(near_labels(holder), name)


def named_label(usable: list[Label], name: str) -> Label:
    """The one of these labels with this id, else with this exact name."""
    by_id = [entry for entry in usable if str(entry.id) == name]
    for entry in by_id or usable:
        if name in {entry.name, str(entry.id)}:
            return entry
    raise not_found("Label")


def unmodified(call: Call, changed: datetime) -> None:
    """Refuse with 412 to remove what was changed after the caller saw it.

    https://docs.gitlab.com/api/rest/troubleshooting/#status-codes
    """
    seen = call.unmodified_since
    if seen and changed.replace(microsecond=0) > seen:
        raise message(412, "412 Precondition Failed")


def administrator(call: Call) -> User:
    """The caller, who must be an administrator."""
    if not call.user.admin:
        raise forbidden()
    return call.user


def _number(call: Call, name: str, shown: str) -> int:
    """The number in the path; 400 under GitLab's name for it where it is none."""
    if not call.vars[name].removeprefix("-").isdecimal():
        raise invalid(f"{shown} is invalid")
    return int(call.vars[name])
