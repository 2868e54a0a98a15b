"""Whether commands can be given as a process and an installation want it: verbs and head word.

It must not judge who has which right; that is for the process to say.
"""

from collections.abc import Iterator

from bot.domain.commands import taken
from bot.domain.commands.table import VERBS
from bot.domain.definition_checks import unknown
from bot.domain.outline import Cursor, Outline
from bot.domain.problems import Problem


def check_rights(outline: Outline) -> Iterator[Problem]:
    """Rights of commands that there are not."""
    verbs = (verb for verb, _ in outline.document["rights"].entries())
    yield from unknown("unknown-command", "command", verbs, tuple(VERBS), "anywhere")


def check_head_word(document: object) -> Iterator[Problem]:
    """A word that cannot begin commands, with one that can."""
    for word in Cursor(document)["command"].words():
        if objection := taken.objection(word.text):
            message = f'"{word.text}" {objection}'
            yield Problem("command-word", word.path, message, (), taken.suggestion(word.text))
