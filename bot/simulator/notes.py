"""Writing, editing and deleting comments, and what follows from it.

https://docs.gitlab.com/api/notes/
Knows nothing of HTTP.
"""

from dataclasses import dataclass, field
from typing import Any

from bot.simulator import hooks, mentions, quick_actions, system_notes, writing
from bot.simulator.command_effects import interpret
from bot.simulator.command_reading import Outcome
from bot.simulator.errors import bad_request
from bot.simulator.model import Issuable, Note, User
from bot.simulator.simulator import Simulator

_BODY_LIMIT = 1_000_000


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a comment: a note, or, for commands only, what they did.

    `publishes` is whether a command asked for the author's pending comments to be shown.
    """

    note: Note | None
    commands: dict[str, Any] = field(default_factory=dict)
    summary: list[str] = field(default_factory=list)
    publishes: bool = False


def write(
    sim: Simulator,
    author: User,
    item: Issuable,
    body: str,
    *,
    internal: bool = False,
    reply_to: list[Note] | None = None,
    thread: bool = False,
    sha: str = "",
    **given: Any,
) -> Written:
    """Comment as `author`: its quick actions run and leave the text.

    `reply_to` is the thread answered; `thread` opens one; `sha` is the head `/merge` means;
    `given` may set `created_at` and its `position` in a difference.
    """
    text, commands = quick_actions.extract(body)
    validate(text if commands and text else body)
    outcome = interpret(sim, author, item, commands, sha=sha)
    note = None
    if text.strip() or not commands:
        note = _store(
            sim,
            author,
            item,
            text,
            internal=internal,
            place=_place(reply_to, thread) | _resolution(sim, author, reply_to or []),
            given=given,
        )
        mentions.text_written(sim, author, item, note.body, note=note)
        mentions.resolve_todos(sim, author, item)
        system_notes.touch(sim, item)
        hooks.note_written(sim, author, note, "create")
    changes = outcome.shown_changes()
    _run(sim, author, item, outcome)
    return Written(note, changes, outcome.summary(), outcome.publishes)


def validate(body: str) -> None:
    """Refuse an empty or too long comment."""
    problem = "" if body.strip() else "can't be blank"
    if len(body) > _BODY_LIMIT:
        problem = f"is too long (maximum is {_BODY_LIMIT} characters)"
    if problem:
        raise bad_request(f'Note {{:note=>["{problem}"]}}')


def edit(sim: Simulator, actor: User, note: Note, body: str) -> Written:
    """Change the text; only a real change makes a hook. Where only commands are left, it goes."""
    text, commands = quick_actions.extract(body)
    validate(text if commands and text else body)
    outcome = interpret(sim, actor, note.noteable, commands)
    if commands and not text.strip():
        delete(sim, note)
        changes = outcome.shown_changes()
        _run(sim, actor, note.noteable, outcome)
        return Written(None, changes, outcome.summary())
    old, note.body = note.body, text
    if note.body != old:
        note.updated_at = sim.clock.now()
        mentions.text_written(sim, actor, note.noteable, note.body, old=old, note=note)
        system_notes.touch(sim, note.noteable)
        hooks.note_written(sim, actor, note, "update")
    changes = outcome.shown_changes()
    _run(sim, actor, note.noteable, outcome)
    return Written(note, changes, outcome.summary())


def delete(sim: Simulator, note: Note) -> None:
    """Remove a comment; that has no hook."""
    note.noteable.notes.remove(note)
    sim.state.notes.pop(note.id, None)
    system_notes.touch(sim, note.noteable)


def _place(reply_to: list[Note] | None, thread: bool) -> dict[str, Any]:
    """Where a note stands: alone, opening a thread, or in one that it turns into a thread."""
    if not reply_to:
        return {"type": "DiscussionNote" if thread else None}
    for note in reply_to:
        note.type = note.type or "DiscussionNote"
    kind = reply_to[0].type
    return {"type": kind, "discussion_id": reply_to[0].discussion_id}


def _resolution(sim: Simulator, author: User, answered: list[Note]) -> dict[str, Any]:
    """An answer leaves a thread resolved: its author has resolved it, too."""
    if not answered or any(note.resolved_at is None for note in answered):
        return {}
    return {"resolved_at": sim.clock.now(), "resolved_by": author}


def _store(
    sim: Simulator,
    author: User,
    item: Issuable,
    body: str,
    *,
    internal: bool,
    place: dict[str, Any],
    given: dict[str, Any],
) -> Note:
    number = sim.state.next_id("note")
    moment = given.get("created_at") or sim.clock.now()
    note = Note(
        id=number,
        noteable=item,
        author=author,
        body=body,
        created_at=moment,
        updated_at=moment,
        internal=internal,
        position=given.get("position"),
        commit_id=given.get("commit_id"),
        **{"discussion_id": system_notes.discussion_id(number), **place},
    )
    if note.position:
        note.type = "DiffNote"
    sim.state.notes[number] = note
    item.notes.append(note)
    return note


def _run(sim: Simulator, actor: User, item: Issuable, outcome: Outcome) -> None:
    if outcome.wanted:
        writing.change(sim, actor, item, writing.valid(outcome.wanted))
    outcome.finish()
