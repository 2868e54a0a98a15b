"""The one table of commands: what each is called, takes, does, and whom it is for.

Parsing, help, rights and the reference are made from it, so that none of them can lag behind.
It must not know a process: in examples, words in braces stand for names of one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bot.domain.commands.command import Kind
from bot.domain.process import Right

Form = Literal[
    "command", "day", "effort", "evidence", "request", "target", "user", "values", "word"
]

BECAUSE = "because"


@dataclass(frozen=True, slots=True)
class Argument:
    """A place in a command line; `before` is a word that leads to it.

    `instead` is the verb that does the same for the launch as a whole.
    """

    form: Form
    shown: str
    among: tuple[Kind, ...] = ()
    optional: bool = False
    before: str = ""
    instead: str = ""

    def usage(self) -> str:
        """How it is written."""
        text = f"{self.before} {self.shown}".strip()
        return f"[{text}]" if self.optional else text


@dataclass(frozen=True, slots=True)
class Verb:
    """A row of the table.

    `because` says whether a reason may or must follow, `audience` whom it is for unless the
    process says otherwise.
    """

    name: str
    does: str
    audience: Right
    examples: tuple[str, ...]
    arguments: tuple[Argument, ...] = ()
    because: Literal["no", "may", "must"] = "no"
    needs_launch: bool = True
    changes: bool = True

    def usage(self) -> str:
        """How the command is written, without its head word."""
        reason = {"no": "", "may": f"[{BECAUSE} ...]", "must": f"{BECAUSE} ..."}[self.because]
        words = (self.name, *(argument.usage() for argument in self.arguments), reason)
        return " ".join(word for word in words if word)


def _one_of(*kinds: Kind, optional: bool = False, instead: str = "") -> Argument:
    return Argument("target", "|".join(kinds).upper(), kinds, optional, instead=instead)


_USER = Argument("user", "@user|me")
_DATE = Argument("day", "DATE")
_PARTNER = Argument("word", "partner")

_MEMBERS = Right(level="planner")
_LEAD = Right(lead=True)
_HOLDERS = Right(holders=True)
_TEAM = Right(lead=True, owner=True, assignee=True, level="developer")

_ROWS = (
    Verb(
        "start",
        "Makes this issue a request, and starts a launch from it.",
        _MEMBERS,
        ("start {process}", "start {process} {pair}"),
        (_one_of("process"), Argument("values", "key=value ...", optional=True)),
        needs_launch=False,
    ),
    Verb(
        "set",
        "Gives or changes what the request says; a value with spaces goes in quotes.",
        _HOLDERS,
        ("set {pair}",),
        (Argument("values", "key=value ..."),),
        needs_launch=False,
    ),
    Verb(
        "status",
        "Shows how the launch stands.",
        _MEMBERS,
        ("status",),
        changes=False,
    ),
    Verb(
        "why",
        "Says why the launch, a phase or a task stands as it does: which rule, which event, who "
        "and when.",
        _MEMBERS,
        ("why", "why {phase}", "why {task}"),
        (_one_of("task", "phase", optional=True),),
        changes=False,
    ),
    Verb(
        "assign",
        "Makes one person accountable for a task, a phase, or all that a role has open.",
        _TEAM,
        ("assign {phase} me", "assign {task} @user"),
        (_one_of("role", "phase", "task"), _USER),
    ),
    Verb(
        "effort",
        "Says how much work a phase is, in business days or weeks of five; its due date follows.",
        _TEAM,
        ("effort {phase} 5d", "effort {phase} 2w"),
        (_one_of("phase"), Argument("effort", "5d|2w")),
    ),
    Verb(
        "due",
        "Sets when a phase or a task is due.",
        _TEAM,
        ("due {phase} next friday", "due {task} +5bd"),
        (_one_of("phase", "task", instead="date"), Argument("day", "DATE|+5bd")),
    ),
    Verb(
        "done",
        "Marks a task as done, as ticking its box does, and keeps what shows it.",
        _TEAM,
        ("done {task}", "done {task} https://example.com/proof"),
        (_one_of("task"), Argument("evidence", "evidence", optional=True)),
    ),
    Verb(
        "undo",
        "Marks a task as not done.",
        _TEAM,
        ("undo {task}",),
        (_one_of("task"),),
    ),
    Verb(
        "skip",
        "Leaves out an optional task; a required one needs the right to `close`.",
        _TEAM,
        ("skip {task} because nobody asked for it",),
        (_one_of("task"),),
        because="must",
    ),
    Verb(
        "unlock",
        "Opens a phase before what it waits for is done.",
        _LEAD,
        ("unlock {phase} because the partner needs the time",),
        (_one_of("phase"),),
        because="must",
    ),
    Verb(
        "close",
        "Counts a phase as done although something is missing.",
        _LEAD,
        ("close {phase} because the rest is done elsewhere",),
        (_one_of("phase"),),
        because="must",
    ),
    Verb(
        "waiting",
        "Says that the partner has the ball.",
        _HOLDERS,
        ("waiting partner", "waiting partner because they review it"),
        (_PARTNER,),
        because="may",
    ),
    Verb(
        "partner",
        "Says that the partner has answered, so that the ball is back here.",
        _HOLDERS,
        ("partner replied",),
        (Argument("word", "replied"),),
    ),
    Verb(
        "escalate",
        "Asks the next people in line for help, with the facts so far.",
        Right(holders=True, assignee=True),
        ("escalate", "escalate because nobody has answered for two weeks"),
        because="may",
    ),
    Verb(
        "docs",
        "Links the merge request with the documentation.",
        Right(holders=True, level="developer"),
        ("docs !12", "docs group/project!12"),
        (Argument("request", "MERGE_REQUEST"),),
    ),
    Verb(
        "date",
        "Moves the launch date.",
        _LEAD,
        ("date next friday because the partner asked for it",),
        (_DATE,),
        because="must",
    ),
    Verb(
        "go",
        "Votes for going live, for the roles that you hold.",
        _HOLDERS,
        ("go",),
    ),
    Verb(
        "no-go",
        "Votes against going live, for the roles that you hold.",
        _HOLDERS,
        ("no-go because the listing shows a wrong price",),
        because="must",
    ),
    Verb(
        "live",
        "Makes the launch live, as closing the root issue does.",
        _LEAD,
        ("live",),
    ),
    Verb(
        "pause",
        "Stops the launch for a time.",
        _LEAD,
        ("pause because the contract is not signed",),
        because="must",
    ),
    Verb(
        "resume",
        "Goes on with a paused launch.",
        _LEAD,
        ("resume",),
    ),
    Verb(
        "cancel",
        "Ends the launch without going live.",
        _LEAD,
        ("cancel because the partner withdrew",),
        because="must",
    ),
    Verb(
        "delegate",
        "Lets somebody stand in for a role in this launch, until a day or until `reinstate`.",
        Right(lead=True, owner=True),
        ("delegate {role} @user", "delegate {role} @user until next friday"),
        (_one_of("role"), _USER, Argument("day", "DATE", optional=True, before="until")),
    ),
    Verb(
        "reinstate",
        "Gives a role back to those who hold it.",
        Right(lead=True, owner=True),
        ("reinstate {role}",),
        (_one_of("role"),),
    ),
    Verb(
        "plan",
        "Says what a command would do and whom it would notify, and does nothing.",
        _MEMBERS,
        ("plan done {task}",),
        (Argument("command", "COMMAND"),),
        needs_launch=False,
        changes=False,
    ),
    Verb(
        "help",
        "Lists the commands, or explains one.",
        _MEMBERS,
        ("help", "help done"),
        (_one_of("verb", optional=True),),
        needs_launch=False,
        changes=False,
    ),
)

VERBS: Mapping[str, Verb] = {verb.name: verb for verb in _ROWS}
"""Every command by its verb, in the order of the help."""
