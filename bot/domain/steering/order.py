"""An order: a command that somebody may give, with everything that it is carried out on.

What comes of it is a value: done, with the record as it is then, or not, and why.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.domain import fields
from bot.domain.actions import Plan
from bot.domain.anticipation import decided
from bot.domain.commands.command import ME, Command, Scope, code
from bot.domain.commands.rights import Actor
from bot.domain.observed import Observed, Person
from bot.domain.process import ROOT, Process
from bot.domain.record import Deed, Managed, Record

_CONFIDED = "said in an internal comment"


@dataclass(frozen=True, slots=True)
class Order:
    """A command, who gives it when, and the launch that it is for; `preview` plans for a record."""

    command: Command
    giver: Actor
    scope: Scope
    process: Process
    observed: Observed
    record: Record
    preview: Callable[[Record], Plan]
    part: str
    at: datetime
    internal: bool = False

    @property
    def target(self) -> str:
        """The name of what the command is about; empty if it is about the launch."""
        return self.command.target.name if self.command.target else ""

    @property
    def foreseen(self) -> Observed:
        """What will be observed once the commands before this one are carried out."""
        return decided(self.process, self.observed, self.record)

    @property
    def day(self) -> date:
        """The day that the command names; today if it names none."""
        return self.command.day or self.observed.today()

    def deed(self) -> Deed:
        """That it was decided; a reason given in confidence stays there."""
        return Deed(by=self.giver.username, at=self.at, why=self.confided(self.command.because))

    def confided(self, text: str) -> str:
        """A text of the comment as others may read it."""
        return _CONFIDED if self.internal and text else text

    def decided(self, about: str) -> Record:
        """The record with this decision."""
        return self.record.with_deed(about, self.deed())

    def giving(self, command: Command) -> "Order":
        """The same for another command."""
        return replace(self, command=command)

    def person(self) -> Person | None:
        """Whom the command names; None if GitLab shows no such user."""
        if self.command.user == ME:
            return Person(self.giver.id, self.giver.username)
        return self.observed.named.get(self.command.user.removeprefix("@").casefold())

    def title(self, part: str) -> str:
        """What people call a part."""
        return "the launch" if part == ROOT else f"**{self.process.phases[part].title}**"


@dataclass(frozen=True, slots=True)
class Done:
    """It is carried out by this record; `words` where something needs saying."""

    record: Record
    words: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What there is to say; `acts` where something was taken note of, not only asked."""

    words: str
    acts: bool = False


@dataclass(frozen=True, slots=True)
class Undone:
    """It is not carried out, and why."""

    words: str


Result = Done | Said | Undone
Effect = Callable[[Order], Result]


def nobody(order: Order) -> Undone:
    """That a user is not there."""
    return Undone(f"GitLab shows me no user {code(order.command.user)}.")


def by_hand(order: Order, record: Record, part: str, field: str, value: str) -> Record:
    """The record wanting a value that somebody chose, for a field of a part."""
    name = fields.key(part, field)
    now = fields.seen(order.process, order.observed).get(name, "")
    managed = Managed(want=value, was=now, by="person")
    return record.with_field(name, managed).with_deed(name, order.deed())
