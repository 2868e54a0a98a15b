"""Launches to steer, and what a comment with commands is answered."""

from typing import Any

from bot.domain.observed import Person
from bot.domain.process import Process
from bot.domain.rendering import WORD_JOINER
from tests.domain.world import ALICE, World, definition, folded, process

_SIGNS = {"white_check_mark": "done", "x": "refused", "hourglass": "later"}


def changed(**keys: Any) -> Process:
    """The small process with other keys."""
    return Process.model_validate({**definition(), **keys})


def running(of: Process | None = None) -> World:
    """A launch that has begun."""
    return World(of or process()).request().settle()


def ready(of: Process | None = None) -> World:
    """A launch whose phases are all done."""
    world = running(of).finish("scope").settle().finish("tell").settle()
    return world.finish("build").settle()


def tell(world: World, person: Person, *commands: str, part: str = "root") -> str:
    """Somebody gives commands in one comment; the reaction to it, and the reply."""
    world.say(part, person, "\n".join(f"/launch {command}" for command in commands))
    return answer(world)


def answer(world: World) -> str:
    """What the bot answers when it looks now: the reactions, and the replies."""
    known, reacted = {*world.notes}, len(world.reactions)
    world.settle()
    signs = [_SIGNS[emoji] for _, emoji in world.reactions[reacted:]]
    notes = world.notes.items()
    new = [note.text for where, note in notes if where not in known and "answer." in where[1]]
    return folded("\n".join((*signs, *new)).replace(WORD_JOINER, ""))


def paused() -> World:
    """A launch that somebody paused."""
    world = running()
    tell(world, ALICE, "pause because of the summer")
    return world


def shown(world: World) -> list[str]:
    """Every text of the bot that people can read."""
    texts = [note.text for note in world.notes.values()]
    return [*texts, world.status.text if world.status else ""]


def ball(world: World) -> str:
    """Who has the ball, by the overview."""
    (line,) = [line for line in shown(world)[-1].split("\n") if line.startswith("**Who has")]
    return folded(line)
