"""GitLab's own notes about changes, in its wording, and the resource events behind them.

The wording follows what GitLab shows in the activity of an issue; see docs/simulator.md.
Decides nothing: it is told what happened.
"""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot.simulator import durations
from bot.simulator.model import (
    Issuable,
    Issue,
    Label,
    Milestone,
    Note,
    Project,
    ResourceEvent,
    User,
    WeightEvent,
)
from bot.simulator.present_issues import reference
from bot.simulator.simulator import Simulator
from bot.simulator.text import long_day, tasks

TOUCH_PAUSE = timedelta(minutes=1)


def touch(sim: Simulator, item: Issuable) -> None:
    """Move `updated_at`, but at most once a minute, as notes do."""
    now = sim.clock.now()
    if now - item.updated_at > TOUCH_PAUSE:
        item.updated_at = now


def discussion_id(note_id: int) -> str:
    """The id of the thread that a note opens: forty hex digits."""
    return hashlib.sha1(f"note-{note_id}".encode(), usedforsecurity=False).hexdigest()


def add(
    sim: Simulator,
    item: Issuable,
    actor: User,
    body: str,
    *,
    mentioned_from: Issuable | None = None,
) -> Note:
    """Write a system note."""
    now = _moment(sim, item)
    number = sim.state.next_id("note")
    note = Note(
        id=number,
        noteable=item,
        author=actor,
        body=body,
        created_at=now,
        updated_at=now,
        discussion_id=discussion_id(number),
        system=True,
        mentioned_from=mentioned_from,
    )
    sim.state.notes[number] = note
    item.notes.append(note)
    return note


def noun(item: Issuable) -> str:
    """`issue` or `merge request`."""
    return "issue" if isinstance(item, Issue) else "merge request"


def state_changed(sim: Simulator, item: Issuable, actor: User, state: str) -> None:
    """Closed, reopened or merged: a note and a state event."""
    add(sim, item, actor, state)
    item.state_events.append(_event(sim, item, actor, state))


def title_changed(sim: Simulator, item: Issuable, actor: User, old: str) -> None:
    """Both titles, with what differs marked."""
    body = f"changed title from **{_marked(old, item.title, '-')}** to"
    add(sim, item, actor, f"{body} **{_marked(item.title, old, '+')}**")


def description_changed(sim: Simulator, item: Issuable, actor: User, old: str | None) -> None:
    """A note per checklist item ticked or unticked, else one for the description."""
    before, after = tasks(old), tasks(item.description)
    same_items = [text for text, _ in before] == [text for text, _ in after]
    changed = [new for was, new in zip(before, after, strict=False) if was != new]
    if not (same_items and changed):
        add(sim, item, actor, "changed the description")
        return
    for text, ticked in changed:
        state = "completed" if ticked else "incomplete"
        add(sim, item, actor, f"marked the checklist item **{text}** as {state}")


def people_changed(
    sim: Simulator,
    item: Issuable,
    actor: User,
    old: list[User],
    *,
    new: list[User],
    words: tuple[str, str] = ("assigned to", "unassigned"),
) -> None:
    """Who was added and who was removed, as assignees or reviewers."""
    added = [user for user in new if user not in old]
    removed = [user for user in old if user not in new]
    parts = [f"{words[0]} {_names(added)}"] if added else []
    parts += [f"{words[1]} {_names(removed)}"] if removed else []
    if parts:
        add(sim, item, actor, " and ".join(parts))


def due_date_changed(
    sim: Simulator, item: Issuable, actor: User, old: date | None, new: date | None
) -> None:
    """The due date set, moved or removed."""
    gone = f"removed due date {long_day(old)}" if old else ""
    if body := f"changed due date to {long_day(new)}" if new else gone:
        add(sim, item, actor, body)


def milestone_changed(
    sim: Simulator, item: Issuable, actor: User, old: Milestone | None, new: Milestone | None
) -> None:
    """A note and one or two milestone events."""
    if old:
        item.milestone_events.append(_event(sim, item, actor, "remove", old))
    if new:
        item.milestone_events.append(_event(sim, item, actor, "add", new))
    add(sim, item, actor, f"changed milestone to %{quoted(new.title)}" if new else _gone(old))


def labels_changed(
    sim: Simulator, item: Issuable, actor: User, old: Sequence[Label], new: Sequence[Label]
) -> None:
    """Label events; labels leave no note in the API."""
    for label in new:
        if label not in old:
            item.label_events.append(_event(sim, item, actor, "add", label))
    for label in old:
        if label not in new:
            item.label_events.append(_event(sim, item, actor, "remove", label))


def weight_changed(sim: Simulator, item: Issue, actor: User) -> None:
    """A weight event; the weight leaves no note in the API."""
    number = sim.state.next_id("resource_event")
    event = WeightEvent(id=number, user=actor, created_at=_moment(sim, item), weight=item.weight)
    item.weight_events.append(event)


def time_changed(sim: Simulator, item: Issuable, actor: User, *, estimate: int, spent: int) -> None:
    """`estimate` and `spent` are the seconds before."""
    if item.time_estimate != estimate:
        old, new = durations.write(estimate), durations.write(item.time_estimate)
        changed = f"changed time estimate to {new} from {old}" if new else ""
        removed = f"removed time estimate of {old}"
        add(sim, item, actor, changed or removed if old else f"added time estimate of {new}")
    more = item.time_spent - spent
    if more and not item.time_spent:
        add(sim, item, actor, "removed time spent")
    elif more:
        verb = "added" if more > 0 else "subtracted"
        add(sim, item, actor, f"{verb} {durations.write(abs(more))} of time spent")


def confidentiality_changed(sim: Simulator, item: Issue, actor: User) -> None:
    """Made confidential, or visible to everyone."""
    how = "confidential" if item.confidential else "visible to everyone"
    add(sim, item, actor, f"made the issue {how}")


def lock_changed(sim: Simulator, item: Issuable, actor: User) -> None:
    """Discussion locked or unlocked."""
    how = "locked" if item.discussion_locked else "unlocked"
    add(sim, item, actor, f"{how} the discussion in this {noun(item)}")


def mentioned(sim: Simulator, target: Issuable, actor: User, source: Issuable) -> None:
    """A cross-reference, once per source."""
    body = f"mentioned in {noun(source)} {reference(source, target.project)}"
    if any(note.system and note.body == body for note in target.notes):
        return
    add(sim, target, actor, body, mentioned_from=source)
    touch(sim, target)


def mentioned_in_commit(
    sim: Simulator, target: Issuable, actor: User, project: Project, sha: str
) -> None:
    """A cross-reference from a commit, once."""
    away = "" if project is target.project else f"{project.full_path}@"
    body = f"mentioned in commit {away}{sha}"
    if not any(note.system and note.body == body for note in target.notes):
        add(sim, target, actor, body)
        touch(sim, target)


def quoted(name: str) -> str:
    """A label or milestone name as in a reference: in quotes when it is not one word."""
    return name if name.replace("-", "").replace("_", "").isalnum() else f'"{name}"'


def _gone(old: Milestone | None) -> str:
    return f"removed milestone %{quoted(old.title)}" if old else "removed milestone"


def _event(
    sim: Simulator,
    item: Issuable,
    actor: User,
    action: str,
    subject: Label | Milestone | None = None,
) -> ResourceEvent:
    number, now = sim.state.next_id("resource_event"), _moment(sim, item)
    return ResourceEvent(id=number, user=actor, created_at=now, action=action, subject=subject)


def _moment(sim: Simulator, item: Issuable) -> datetime:
    """When a change happens: now, unless an Owner has named another time for it."""
    return item.told_at or sim.clock.now()


def _names(users: list[User]) -> str:
    names = [f"@{user.username}" for user in users]
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _marked(text: str, other: str, sign: str) -> str:
    """Wrap the middle that differs in `{-...-}` or `{+...+}`."""
    shorter = min(len(text), len(other))
    start = next((i for i in range(shorter) if text[i] != other[i]), shorter)
    rest = shorter - start
    end = next((i for i in range(rest) if text[-1 - i] != other[-1 - i]), rest)
    middle = text[start : len(text) - end]
    if not middle:
        return text
    return f"{text[:start]}{{{sign}{middle}{sign}}}{text[len(text) - end :]}"
