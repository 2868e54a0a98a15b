"""Whether conditions can hold, and leave something to do whatever the inputs are.

It must not judge their form; the models do.
"""

from collections.abc import Iterator

from bot.domain.conditions import comparisons
from bot.domain.definition_checks import unknown
from bot.domain.outline import Outline, Word
from bot.domain.problems import Problem


def check_conditions(outline: Outline) -> Iterator[Problem]:
    """Conditions on inputs or values that there are not, and phases that could be empty."""
    inputs = {wanted.name.text: wanted for wanted in outline.inputs}
    for word in outline.conditions():
        for one in comparisons(word.text):
            yield from unknown("unknown-input", "input", [Word(one.input, word.path)], list(inputs))
            choices = inputs[one.input].choices if one.input in inputs else ()
            values = [Word(value, word.path) for value in one.values] if choices else []
            where = f'among the choices of "{one.input}"'
            yield from unknown("unknown-choice", "value", values, choices, where)
    yield from _empty(outline)
    yield from _catalogue(outline)
    yield from _releases(outline)


def _empty(outline: Outline) -> Iterator[Problem]:
    cure = "take the condition from one of them"
    for phase in outline.phases:
        if phase.tasks and all(task.when for task in phase.tasks):
            message = f'every task of "{phase.name.text}" has a condition, so it could be empty'
            yield Problem("empty-phase", phase.name.path, f"{message}; {cure}", on_key=True)
    if outline.phases and all(phase.when for phase in outline.phases):
        message = f"every phase has a condition, so there could be none; {cure}"
        yield Problem("empty-phase", outline.phases[0].name.path, message, on_key=True)


def _catalogue(outline: Outline) -> Iterator[Problem]:
    """The inputs that lead to an entry of `images.yml` are there, and of the right type."""
    rule = outline.document["catalogue"]
    given = [wanted.name.text for wanted in outline.inputs if wanted.required]
    versions = [wanted.name.text for wanted in outline.inputs if wanted.type == "version"]
    always = "that is always given"
    yield from unknown("unknown-input", "input", rule["provider"].words(), given, always)
    yield from unknown("unknown-input", "version", rule["version"].words(), versions)
    told = {word.text for word in outline.document["identity"].words()}
    words = outline.document["supersedes"].words()
    apart = [name for name in versions if name in told]
    yield from unknown("unknown-input", "version", words, apart, "that tells launches apart")


def _releases(outline: Outline) -> Iterator[Problem]:
    """A release gives every input that has to be given, each of the right type."""
    rule = outline.document["releases"]
    kinds = {
        "each": ("with choices", [one.name.text for one in outline.inputs if one.choices]),
        "version": ("version", [w.name.text for w in outline.inputs if w.type == "version"]),
        "released": ("date", [one.name.text for one in outline.inputs if one.type == "date"]),
    }
    for key, (what, known) in kinds.items():
        yield from unknown("unknown-input", f"input {what}", rule[key].words(), known)
    told = {word.text for key in kinds for word in rule[key].words()}
    for wanted in outline.inputs if rule.value is not None else ():
        if wanted.needed and wanted.name.text not in told:
            message = f'a release does not give the input "{wanted.name.text}"; give it a default'
            yield Problem("release-input", rule.path, message)
