"""What the lines of the tests are read against: the party, on a Wednesday."""

from datetime import date

from bot.domain.calendars import BusinessDays
from bot.domain.commands.command import Command, Mistake, Scope
from bot.domain.commands.grammar import parse
from bot.domain.commands.lines import Line
from bot.domain.configuration import Calendar
from bot.domain.process import Process
from tests.domain.definitions import process

WEDNESDAY = date(2026, 9, 30)
DAYS = BusinessDays(Calendar(holidays=(date(2026, 10, 5),)))
PARTY = process()


def scope(of: Process | None = PARTY, *, running: bool = True) -> Scope:
    """A launch of a process, a request for one, or nothing of the kind."""
    return Scope("launch", WEDNESDAY, DAYS, {"party": PARTY}, of, running)


def understood(text: str, where: Scope | None = None) -> Command:
    """The command that a line gives."""
    command = parse(Line(text, ""), where or scope())
    assert isinstance(command, Command), command
    return command


def mistake(text: str, where: Scope | None = None) -> str:
    """Why a line gives none."""
    answer = parse(Line(text, ""), where or scope())
    assert isinstance(answer, Mistake), answer
    return answer.text.replace("\u2060", "")
