"""Reads a command line by the table, and writes one.

It must not judge whether somebody may give the command, or whether it can be done now.
"""

from collections.abc import Mapping
from dataclasses import replace

from bot.domain.commands import arguments, names
from bot.domain.commands.arguments import Reader, Writer
from bot.domain.commands.command import Command, Mistake, Scope, code
from bot.domain.commands.lines import MOST, Line
from bot.domain.commands.table import BECAUSE, VERBS, Argument, Form, Verb
from bot.domain.commands.words import Words
from bot.domain.errors import UserError

LONGEST = 2000
"""Characters of a command line."""


def parse(line: Line, scope: Scope) -> Command | Mistake:
    """The command that a line gives, or why it gives none; an empty line asks for help."""
    if line.stands_for > 1:
        return Mistake(
            f"This comment has {line.stands_for} commands, and I read {MOST} at most of one. "
            "I carried out none of them now: write them in several comments."
        )
    if len(line.text) > LONGEST:
        return Mistake(f"That line is too long for me: I read {LONGEST} characters.")
    try:
        return _command(Words(line.text), scope)
    except UserError as slip:
        return Mistake(str(slip))


def render(command: Command) -> str:
    """The line, without its head word, that gives a command."""
    verb = VERBS[command.verb]
    shown = (_WRITERS[argument.form](argument, command) for argument in verb.arguments)
    reason = f"{BECAUSE} {command.because}" if command.because else ""
    return " ".join(word for word in (verb.name, *shown, reason) if word)


def _command(words: Words, scope: Scope) -> Command:
    verb = _verb(words.take() or "help", scope)
    if verb.needs_launch and not scope.running:
        raise UserError(names.no_launch(scope))
    command = Command(verb.name)
    for argument in verb.arguments:
        command = _argument(argument, verb, words, scope, command)
    command = replace(command, because=_because(verb, words, scope))
    if words.peek():
        raise UserError(f"{code(words.left)} is too much: write {names.usage(verb, scope)}.")
    return command


def _verb(word: str, scope: Scope) -> Verb:
    if verb := VERBS.get(word.casefold()):
        return verb
    otherwise = f"{code(f'/{scope.head} help')} lists them all."
    raise UserError(names.unknown("command", word, VERBS, otherwise))


def _argument(
    argument: Argument, verb: Verb, words: Words, scope: Scope, command: Command
) -> Command:
    following = words.peek().casefold()
    if argument.before and following == argument.before:
        words.take()
        following = words.peek()
    elif argument.before:
        return command
    if following and (following != BECAUSE or verb.because == "no"):
        return _READERS[argument.form](argument, words, scope, command)
    if argument.optional and not argument.before:
        return command
    raise UserError(f"{code(argument.shown)} is missing: write {names.usage(verb, scope)}.")


def _because(verb: Verb, words: Words, scope: Scope) -> str:
    if verb.because == "no":
        return ""
    given = words.peek().casefold() == BECAUSE
    reason = words.take() and words.take_rest() if given else ""
    if not reason and (given or verb.because == "must"):
        raise UserError(f"Please say why: write {names.usage(verb, scope)}.")
    return reason


def _read_planned(argument: Argument, words: Words, scope: Scope, command: Command) -> Command:
    planned = _command(words, scope)
    if planned.planned:
        raise UserError(f"A plan of a plan is too much: name another {argument.shown}.")
    return replace(command, planned=planned)


def _write_planned(_: Argument, command: Command) -> str:
    return render(command.planned) if command.planned else ""


_READERS: Mapping[Form, Reader] = {**arguments.READERS, "command": _read_planned}
_WRITERS: Mapping[Form, Writer] = {**arguments.WRITERS, "command": _write_planned}
