"""Who may use a command: one decision, and the sentence that explains it.

Rights come from the process, else from the table. Guests, strangers, blocked users and bots may
use none, whatever a process says: access levels as in
https://docs.gitlab.com/api/members/ and https://docs.gitlab.com/user/permissions/.
It must not trust a payload: what it is told of an actor was read from GitLab when it is asked.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.domain.commands.command import Command, Target, code
from bot.domain.commands.table import VERBS
from bot.domain.process import ROOT, Level, Process, Right

LEVELS: Mapping[Level, int] = {
    "planner": 15,
    "reporter": 20,
    "developer": 30,
    "maintainer": 40,
    "owner": 50,
}
"""What GitLab calls its levels of access; those below the first are guests."""

Holders = Mapping[str, Sequence[str]]
"""The user names of those who hold a role now, stand-ins included."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever wrote a command, as GitLab knows them at this moment.

    `level` counts inherited membership, and is None for those who are no members. `roles` are those
    that they hold now; `assignee_of` are the phases, tasks and `root` that they are assigned to.
    """

    id: int
    username: str
    level: int | None = None
    blocked: bool = False
    bot: bool = False
    roles: frozenset[str] = frozenset()
    assignee_of: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why somebody may not use a command: the kind of reason, and the sentence for people."""

    why: Literal["bot", "blocked", "stranger", "guest", "right"]
    text: str


def allowed(
    command: Command, actor: Actor, process: Process | None, holders: Holders
) -> Refusal | None:
    """None if the actor may use the command, else why not, and who may.

    `process` is that of the launch, or the one that `start` names; None where there is none.
    """
    verb = _governing(command, process)
    what = f"{code(command.verb)} of a required task" if verb != command.verb else code(verb)
    whom = f"{what} is for {who_may(verb, process, command.target, holders)}."
    if refusal := _standing(actor, whom):
        return refusal
    if _fits(right_of(verb, process), actor, process, command.target):
        return None
    return Refusal("right", f"{code(actor.username)} may not do that: {whom}")


def right_of(verb: str, process: Process | None) -> Right:
    """The right that a process gives, else that of the table."""
    given = process.rights.get(verb) if process else None
    return given or VERBS[verb].audience


def who_may(
    verb: str,
    process: Process | None,
    target: Target | None = None,
    holders: Holders | None = None,
) -> str:
    """Whom a command is for, as a list in a sentence; with the people, where they are given."""
    right = right_of(verb, process)
    groups = (*_named(right, process, target, holders), *_described(right, process, target))
    return _choice(tuple(dict.fromkeys(groups)))


def _choice(words: Sequence[str]) -> str:
    *head, last = words
    return f"{', '.join(head)} or {last}" if head else last


def _governing(command: Command, process: Process | None) -> str:
    """The verb whose right counts: to leave out what is required is to close without it."""
    if command.verb != "skip" or process is None or command.target is None:
        return command.verb
    phase = process.phases[process.tasks()[command.target.name].phase]
    required = command.target.name in {task.id for task in phase.required()}
    return "close" if required else command.verb


def _standing(actor: Actor, whom: str) -> Refusal | None:
    name = code(actor.username)
    if actor.bot:
        return Refusal("bot", f"{name} is a bot, and I take no commands from bots.")
    if actor.blocked:
        return Refusal("blocked", f"{name} is blocked in GitLab.")
    if actor.level is None:
        return Refusal("stranger", f"{name} is no member of this project; {whom}")
    if actor.level < min(LEVELS.values()):
        return Refusal("guest", f"{name} is a guest of this project; {whom}")
    return None


def _fits(right: Right, actor: Actor, process: Process | None, target: Target | None) -> bool:
    assigned = right.assignee and actor.assignee_of & _assigned(process, target)
    level = right.level is not None and (actor.level or 0) >= LEVELS[right.level]
    held = actor.roles & {*_roles(right, process, target), *_all(right, process)}
    return level or bool(held or assigned)


def _roles(right: Right, process: Process | None, target: Target | None) -> Iterator[str]:
    """The roles that a right is for by name."""
    yield from right.roles
    if process and right.owner:
        yield from _owners(process, target)
    if process and right.lead:
        yield process.root.role


def _owners(process: Process, target: Target | None) -> Iterator[str]:
    match target:
        case Target("role", name):
            yield name
        case Target("phase", name):
            yield process.phases[name].role
        case Target("task", name):
            located = process.tasks()[name]
            yield from filter(None, (located.task.role, process.phases[located.phase].role))


def _all(right: Right, process: Process | None) -> Iterable[str]:
    return process.roles if process and right.holders else ()


def _assigned(process: Process | None, target: Target | None) -> frozenset[str]:
    match target:
        case None:
            return frozenset({ROOT})
        case Target("task", name) if process:
            return frozenset({name, process.tasks()[name].phase})
        case _:
            return frozenset({target.name})


def _named(
    right: Right, process: Process | None, target: Target | None, holders: Holders | None
) -> Iterator[str]:
    for name in _roles(right, process, target) if process else ():
        title = process.roles[name].title if process else name
        people = ", ".join(code(person) for person in (holders or {}).get(name, ()))
        yield f"{title} ({people or 'nobody yet'})" if holders is not None else title


def _described(right: Right, process: Process | None, target: Target | None) -> Iterator[str]:
    if right.owner and target is None:
        yield "the owner of what it names"
    if right.lead and process is None:
        yield "the owner of the root issue"
    if right.holders:
        yield "everybody who has a role in the process"
    if right.assignee:
        yield "whoever is assigned to it"
    if right.level:
        yield f"members with at least the {right.level.capitalize()} role in GitLab"
