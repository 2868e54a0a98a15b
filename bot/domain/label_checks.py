"""Whether the labels of a process can be told apart, and can stand side by side.

On GitLab Premium, labels that share everything up to the last `::` exclude each other on an issue
(https://docs.gitlab.com/user/project/labels/#scoped-labels).
It must not know any label by name.
"""

from collections.abc import Iterable, Iterator

from bot.domain.outline import Outline, Word
from bot.domain.problems import Problem

_GATES = ("locked", "open", "done")


def check_labels(outline: Outline) -> Iterator[Problem]:
    """Labels with two purposes, and labels that would push each other off an issue."""
    yield from _conflicts(outline)
    yield from _scopes(outline)


def _conflicts(outline: Outline) -> Iterator[Problem]:
    purposes: dict[str, str] = {}
    for word, purpose in _purposes(outline):
        if word.text in purposes:
            yield _conflict(word, purposes[word.text], purpose)
        purposes.setdefault(word.text, purpose)
    for word in _more(outline):
        if word.text in purposes:
            yield _conflict(word, purposes[word.text], "is put on an issue for people")


def _conflict(word: Word, first: str, second: str) -> Problem:
    message = f'the label "{word.text}" {first}, and here it {second}; take two labels'
    return Problem("label-conflict", word.path, message)


def _purposes(outline: Outline) -> Iterator[tuple[Word, str]]:
    """The labels that the bot acts on, with what each is for."""
    labels = outline.document["labels"]
    for word in labels["request"].words():
        yield word, "asks for a launch"
    for word in labels["launch"].words():
        yield word, "marks the issues of a launch"
    for gate in _GATES:
        for word in labels["gate"][gate].words():
            yield word, f"shows that a gate is {gate}"
    for name, wanted in outline.document["inputs"].entries():
        for word, _ in wanted["labels"].entries():
            yield word, f'says "{name.text}"'
    for name, phase in outline.document["phases"].entries():
        for word in phase["label"].words():
            yield word, f'asks for the phase "{name.text}"'


def _more(outline: Outline) -> Iterator[Word]:
    for part in outline.parts:
        yield from part["labels"].words()


def _scopes(outline: Outline) -> Iterator[Problem]:
    labels = outline.document["labels"]
    root, *phases = outline.parts
    asking = [word for phase in phases for word in phase["label"].words()]
    launch = labels["launch"].words()
    gate = labels["gate"]["open"].words()
    yield from _excluding((*launch, *root["labels"].words(), *asking))
    for phase in phases:
        yield from _excluding((*launch, *gate, *phase["labels"].words()))


def _excluding(words: Iterable[Word]) -> Iterator[Problem]:
    """A warning for each label whose scope an earlier one of the same issue has."""
    seen: dict[str, Word] = {}
    for word in words:
        scope, separator, _ = word.text.rpartition("::")
        if not separator:
            continue
        first = seen.setdefault(scope, word)
        if first.text != word.text:
            message = (
                f'on GitLab Premium "{word.text}" and "{first.text}" cannot stand on one issue, '
                f'because both begin with "{scope}::"'
            )
            yield Problem("label-scope", word.path, message, severity="warning")
