"""What `help` answers, and the reference page of all commands, from the table.

Commands stand in code spans inside of sentences and lists: no line of ours may begin with one,
because it would be run when it is posted or quoted.
It must not name a command or a rule that the table and the rights do not have.
"""

from collections.abc import Iterable, Iterator, Mapping

from bot.domain import markdown
from bot.domain.commands.command import Scope, code
from bot.domain.commands.lines import LONGEST, MOST
from bot.domain.commands.rights import Holders, who_may
from bot.domain.commands.table import VERBS, Verb
from bot.domain.commands.when import WAYS
from bot.domain.commands.words import quote
from bot.domain.configuration import Configuration
from bot.domain.process import Process

RULES = (
    "A command begins a line of plain text; nothing stands before the slash.",
    f"A comment may have several commands, {MOST} at most; they run in order.",
    "Code, quotes, lists, tables, HTML and links hold no commands, nor does mail below a reply.",
    "Leave an empty line between such text and a command.",
    "An edited comment runs only lines that it did not have before, and no line runs twice.",
    "Text that was edited away before it was read never ran.",
    f"Days are written as {WAYS}.",
    "Values with spaces go in double quotes.",
    f"A comment of more than {LONGEST} characters has no commands.",
    "An hourglass on a comment: I have said too much here to reply; ask again in an hour.",
)
"""What holds for all commands, for people."""

_SAMPLE: Mapping[str, str] = {
    "process": "PROCESS",
    "role": "ROLE",
    "phase": "PHASE",
    "task": "TASK",
    "pair": 'key="a value"',
}


def overview(scope: Scope) -> str:
    """Every command in a line, and how commands are written."""
    commands = _bullets(
        f"{_written(scope.head, verb.usage())}: {verb.does}" for verb in VERBS.values()
    )
    more = _written(scope.head, VERBS["help"].usage())
    rules = _bullets(RULES)
    return (
        f"**Commands**; {more} tells more about one:\n\n{commands}\n\n"
        f"**How to write them**\n\n{rules}"
    )


def about(verb: str, scope: Scope, holders: Holders | None = None) -> str:
    """One command: what it does, who may use it, and examples with names of the process."""
    row = VERBS[verb]
    examples = _bullets(_written(scope.head, text) for text in examples_of(row, scope))
    who = who_may(verb, scope.process, None, holders)
    return (
        f"{_written(scope.head, row.usage())}: {row.does}\n\n"
        f"Who may: {who}.\n\nFor example:\n\n{examples}"
    )


def examples_of(verb: Verb, scope: Scope) -> tuple[str, ...]:
    """The examples of a command, without head word, with names of the process if there is one."""
    process = scope.process or next(iter(scope.processes.values()), None)
    names = _names(process) if process else _SAMPLE
    return tuple(example.format_map(names) for example in verb.examples)


def reference() -> Iterator[str]:
    """The blocks of the reference page."""
    head = Configuration.model_fields["command"].default
    yield "# Commands"
    yield (
        "This is how commands in comments are written, and whom they are for.\n"
        "They work on the issues of a launch, and on the request; "
        "`start` works on any issue of a project that the bot watches.\n"
        f"The word behind the slash is a setting: {markdown.code('command')} in "
        f"{markdown.code('launchbot.yml')}; guests, blocked users and bots may use no command."
    )
    yield _bullets(RULES)
    yield markdown.table(
        ["Command", "What it does", "For whom"],
        [
            [markdown.code(f"/{head} {verb.usage()}"), verb.does, who_may(verb.name, None)]
            for verb in VERBS.values()
        ],
    )
    yield (
        f"A process changes whom a command is for under {markdown.code('rights')}, "
        "see [Process definitions](reference/process.md#right)."
    )
    yield "## Examples"
    yield _bullets(
        markdown.code(f"/{head} {example.format_map(_SAMPLE)}")
        for verb in VERBS.values()
        for example in verb.examples
    )


def _written(head: str, text: str) -> str:
    return code(f"/{head} {text}")


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _names(process: Process) -> Mapping[str, str]:
    """One thing of each kind; of the inputs the first that has no command of its own."""
    key = min(process.inputs, key=lambda name: name == process.root.due)
    return {
        "process": process.name,
        "role": next(iter(process.roles)),
        "phase": next(iter(process.phases)),
        "task": next(iter(process.tasks())),
        "pair": f"{key}={quote(process.inputs[key].example)}",
    }
