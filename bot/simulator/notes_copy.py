"""Copying notes when an issue is moved or cloned. Runs no commands and tells no hook."""

from bot.simulator import system_notes
from bot.simulator.model import Issuable, Note
from bot.simulator.simulator import Simulator


def copy(sim: Simulator, notes: list[Note], to: Issuable) -> None:
    """Copy notes under new ids; authors, times and threads stay."""
    threads: dict[str, str] = {}
    for old in notes:
        number = sim.state.next_id("note")
        thread = threads.setdefault(old.discussion_id, system_notes.discussion_id(number))
        new = Note(
            id=number,
            noteable=to,
            author=old.author,
            body=old.body,
            created_at=old.created_at,
            updated_at=old.updated_at,
            discussion_id=thread,
            type=old.type,
            system=old.system,
            internal=old.internal,
            mentioned_from=old.mentioned_from,
        )
        sim.state.notes[number] = new
        to.notes.append(new)
