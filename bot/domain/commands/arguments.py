"""How each form of argument is read from a command line, and written into one.

What cannot be read is a `UserError` that says how to write it.
It must not know verbs; which arguments one takes is in the table.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from bot.domain.commands import names, when
from bot.domain.commands.command import ME, Command, MergeRequest, Scope, code
from bot.domain.commands.table import BECAUSE, VERBS, Argument, Form
from bot.domain.commands.words import Words, quote
from bot.domain.configuration import USERNAME
from bot.domain.errors import UserError
from bot.domain.process import ROOT, Input, Process

Reader = Callable[[Argument, Words, Scope, Command], Command]
Writer = Callable[[Argument, Command], str]

_LONGEST_VALUE = 200  # as in the text of a request
_PATH = r"[\w.-]+(?:/[\w.-]+)*"
# References as GitLab writes them, `+` and `+s` for more words: https://docs.gitlab.com/user/markdown/
_SHORT = re.compile(rf"(?P<project>{_PATH})?!(?P<iid>[1-9][0-9]{{0,8}})(?:\+s?)?")
_ADDRESS = re.compile(
    rf"<?(?P<project>https?://[\w.:-]+/{_PATH})/-/merge_requests/(?P<iid>[1-9][0-9]{{0,8}})"
    r"(?:[/?#+]\S*)?>?"
)


def _read_word(argument: Argument, words: Words, _: Scope, command: Command) -> Command:
    word = words.take()
    if word.casefold() != argument.shown:
        raise UserError(f"I do not know {code(word)} here; did you mean {code(argument.shown)}?")
    return command


def _read_target(argument: Argument, words: Words, scope: Scope, command: Command) -> Command:
    word = words.take()
    if argument.instead and word.casefold() == ROOT:
        other = names.usage(VERBS[argument.instead], scope)
        raise UserError(f"For the launch as a whole, write {other}.")
    return replace(command, target=names.find(word, argument.among, scope))


def _write_target(argument: Argument, command: Command) -> str:
    if command.target is None:
        return ""
    name = command.target.name
    return name if len(argument.among) == 1 else f"{command.target.kind}:{name}"


def _read_user(_: Argument, words: Words, __: Scope, command: Command) -> Command:
    word = words.take()
    if word.casefold() == ME:
        return replace(command, user=ME)
    if not word.startswith("@") or not re.match(USERNAME, word[1:]):
        raise UserError(f"{code(word)} names no person: write {code('@user')} or {code(ME)}.")
    return replace(command, user=word)


def _read_day(_: Argument, words: Words, scope: Scope, command: Command) -> Command:
    text = words.take_until(BECAUSE)
    day = _day(text, scope)
    if day < scope.today:
        raise UserError(f"{when.spoken(day)} is past; today is {when.spoken(scope.today)}.")
    return replace(command, day=day)


def _write_day(argument: Argument, command: Command) -> str:
    return f"{argument.before} {command.day}".strip() if command.day else ""


def _day(text: str, scope: Scope) -> date:
    if day := when.day(text, scope.today, scope.days):
        return day
    raise UserError(f"{code(text)} is no day that I know: write {when.WAYS}.")


def _read_effort(argument: Argument, words: Words, _: Scope, command: Command) -> Command:
    word = words.take()
    if count := when.effort(word):
        return replace(command, business_days=count)
    raise UserError(
        f"{code(word)} is no effort that I know: write {code(argument.shown)}, "
        f"at most {when.MOST} business days."
    )


def _read_request(_: Argument, words: Words, __: Scope, command: Command) -> Command:
    word = words.take()
    if match := _SHORT.fullmatch(word) or _ADDRESS.fullmatch(word):
        request = MergeRequest(int(match["iid"]), match["project"] or "")
        return replace(command, request=request)
    ways = f"{code('!12')}, {code('group/project!12')} or its address"
    raise UserError(f"{code(word)} is no merge request: write {ways}.")


def _write_request(_: Argument, command: Command) -> str:
    if command.request is None:
        return ""
    joint = "/-/merge_requests/" if "://" in command.request.project else "!"
    return f"{command.request.project}{joint}{command.request.iid}"


def _read_evidence(_: Argument, words: Words, __: Scope, command: Command) -> Command:
    return replace(command, evidence=words.take_rest())


def _read_values(_: Argument, words: Words, scope: Scope, command: Command) -> Command:
    process = scope.processes[command.target.name] if command.target else names.process_of(scope)
    given: dict[str, str] = {}
    for key, value in words.take_pairs():
        name = _input(key, process)
        if name in given:
            raise UserError(f"{code(name)} stands there twice.")
        if scope.running and name == process.root.due:
            raise UserError(f"The launch date moves by {names.usage(VERBS['date'], scope)}.")
        given[name] = _value(name, value, process.inputs[name], scope)
    if words.peek():
        pair = code('key="a value"')
        raise UserError(
            f"I cannot read {code(words.left)}: write {pair}, in quotes if it has spaces."
        )
    return replace(command, values=tuple(given.items()))


def _write_values(_: Argument, command: Command) -> str:
    return " ".join(f"{key}={quote(value)}" for key, value in command.values)


def _input(key: str, process: Process) -> str:
    folded = key.casefold().replace("-", "_")
    for name in process.inputs:
        if name.replace("-", "_") == folded:
            return name
    raise UserError(names.unknown("input", key, process.inputs))


def _value(name: str, value: str, wanted: Input, scope: Scope) -> str:
    if not value.strip() and wanted.required:
        raise UserError(f"{code(name)} is needed: give it a value, such as {code(wanted.example)}.")
    if len(value) > _LONGEST_VALUE:
        raise UserError(f"{code(name)} is longer than {_LONGEST_VALUE} characters.")
    return str(_day(value, scope)) if wanted.type == "date" and value.strip() else value.strip()


READERS: Mapping[Form, Reader] = {
    "word": _read_word,
    "target": _read_target,
    "user": _read_user,
    "day": _read_day,
    "effort": _read_effort,
    "request": _read_request,
    "evidence": _read_evidence,
    "values": _read_values,
}
WRITERS: Mapping[Form, Writer] = {
    "word": lambda argument, _: argument.shown,
    "target": _write_target,
    "user": lambda _, command: command.user,
    "day": _write_day,
    "effort": lambda _, command: f"{command.business_days}d",
    "request": _write_request,
    "evidence": lambda _, command: command.evidence,
    "values": _write_values,
}
