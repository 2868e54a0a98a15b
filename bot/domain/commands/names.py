"""Finds what a word names, and answers a name that is not there with the nearest one.

It must not know the grammar; it only quotes how a command is written.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import assert_never

from bot.domain.commands.command import Kind, Scope, Target, code
from bot.domain.commands.table import VERBS, Verb
from bot.domain.errors import UserError
from bot.domain.process import Process
from bot.domain.wording import nearest

_SHOWN = 12
_KINDS: Mapping[Kind, str] = {"verb": "command"}
"""What people call a kind, where that is another word."""


def find(word: str, among: Iterable[Kind], scope: Scope) -> Target:
    """The one thing of these kinds that has this name; `phase:NAME` tells a phase from a role."""
    known = [Target(kind, name) for kind in among for name in _names(kind, scope)]
    kind, _, name = word.strip("`").casefold().rpartition(":")
    found = [target for target in known if target.name == name and kind in {"", target.kind}]
    if len(found) > 1:
        choices = " or ".join(code(f"{target.kind}:{name}") for target in found)
        raise UserError(f"{code(name)} is the name of several things here: write {choices}.")
    for target in found:
        return target
    what = " or ".join(_KINDS.get(kind, kind) for kind in among)
    raise UserError(unknown(what, word, [target.name for target in known]))


def unknown(what: str, word: str, known: Iterable[str], otherwise: str = "") -> str:
    """That there is no such thing, and which one is meant most likely, else which there are."""
    names = list(dict.fromkeys(known))
    guess = nearest(word.rpartition(":")[2], names)
    cure = f"did you mean {code(guess)}?" if guess else otherwise or _there_are(names)
    return f"There is no {what} {code(word)}; {cure}"


def process_of(scope: Scope) -> Process:
    """The process of the launch or request."""
    if scope.process is None:
        raise UserError(no_launch(scope))
    return scope.process


def usage(verb: Verb, scope: Scope) -> str:
    """How a command is written, as a code span."""
    return code(f"/{scope.head} {verb.usage()}")


def no_launch(scope: Scope) -> str:
    """That a command needs a launch, and how to get one."""
    return f"There is no launch here yet; {usage(VERBS['start'], scope)} starts one."


def _names(kind: Kind, scope: Scope) -> Iterator[str]:
    match kind:
        case "verb":
            yield from VERBS
        case "process":
            yield from scope.processes
        case "role":
            yield from process_of(scope).roles
        case "phase":
            yield from process_of(scope).phases
        case "task":
            yield from process_of(scope).tasks()
        case _:
            assert_never(kind)


def _there_are(known: Sequence[str]) -> str:
    shown = [code(name) for name in known[:_SHOWN]] + ["..."] * (len(known) > _SHOWN)
    return f"there are: {', '.join(shown) or 'none'}."
