"""Whether the texts of a process can be filled in: what fails here would fail in a launch.

Every template is parsed, its variables are looked up, and it is filled in once with examples.
It must not read files; the sources are handed in.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from jinja2 import TemplateSyntaxError

from bot.domain import templates
from bot.domain.conditions import comparisons
from bot.domain.outline import Cursor, Outline, Word
from bot.domain.problems import Problem
from bot.domain.rendering import has_quick_action, render
from bot.domain.wording import GUESSES, nearest

VARIABLES: Mapping[str, str] = {
    "launch": "The id of the launch.",
    "title": "The title of the launch: that of its root issue.",
    "root": "A link to the root issue.",
    "request": "A link to the issue that asked for the launch, or the words `the release`.",
    "phases": "All phases, in order: of each `name`, `title`, `done_when`, `role_title`, and "
    "`issue`, which is its title, with a link where the issue is known.",
    "roles": "The roles by name: of each `title` and `people`, those who hold it.",
    "phase": "The phase of this issue, as in `phases`; only in the text of a phase.",
    "tasks": "The task list with its boxes; only in the text of a phase, which has to show it.",
}
"""What texts may use besides the inputs, and what stands in each."""

TEMPLATE_VARIABLES = frozenset(VARIABLES)
"""The names of all of them."""

PHASE_VARIABLES = frozenset({"phase", "tasks"})
"""Those of them that only the text of a phase issue may use."""

_SAMPLE = "Example"


def check_texts(outline: Outline, texts: Mapping[str, str | None]) -> Iterator[Problem]:
    """Mistakes in the templates that the process names, and in the title of its root issue.

    A text is `None` where a file is there and could not be read.
    """
    yield from _title(outline.document["root"]["title"], _inputs(outline))
    used = set[str]()
    for index, part in enumerate(outline.parts):
        for word in part["template"].words():
            used.add(word.text)
            yield from _missing(word, texts)
            if (source := texts.get(word.text)) is not None:
                yield from _text(word, source, outline, is_phase=index > 0)
    for name in sorted(set(texts) - used if outline.phases else ()):
        message = "no issue of the process uses this template"
        yield Problem("unused-template", (), message, severity="warning", file=name)
    yield from _unused_inputs(outline, [source for name in used if (source := texts.get(name))])


def _missing(word: Word, texts: Mapping[str, str | None]) -> Iterator[Problem]:
    if word.text not in texts:
        allowed = tuple(sorted(texts))
        message = f'there is no template "{word.text}" in the folder of the process'
        yield Problem("unknown-template", word.path, message, allowed, nearest(word.text, allowed))


def _title(title: Cursor, inputs: Mapping[str, str]) -> Iterator[Problem]:
    for word in title.words():
        for fault in _faults(word.text, inputs, {}):
            yield Problem(fault.check, word.path, fault.message, fault.allowed, fault.nearest)


def _text(word: Word, source: str, outline: Outline, *, is_phase: bool) -> Iterator[Problem]:
    known = {**_variables(outline), **_inputs(outline)}
    if not is_phase:
        known = {name: value for name, value in known.items() if name not in PHASE_VARIABLES}
    yield from _faults(source, known, {"file": word.text, "path": word.path})
    for number, line in enumerate(source.splitlines(), 1):
        if has_quick_action(line):
            message = "GitLab would run this line as a quick action; begin it with another word"
            yield Problem("quick-action", word.path, message, file=word.text, line=number)
    if is_phase and "tasks" not in _used(source, ("tasks",)):
        message = "the tasks of the phase are not shown; put {{ tasks }} where they should stand"
        yield Problem("template-tasks", word.path, message, file=word.text)


def _faults(source: str, known: Mapping[str, Any], place: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with a template that may use the known variables."""
    place = {"path": (), **place}
    try:
        used = templates.variables(source)
    except TemplateSyntaxError as error:
        message = f"this is not a valid template: {error.message}"
        yield Problem("template-syntax", message=message, line=error.lineno, **place)
        return
    unknown = sorted(used.keys() - known.keys())
    for number, name in enumerate(unknown):
        yield _unknown(name, used[name], known if number < GUESSES else {}, place)
    if not unknown:
        yield from _failure(source, known, place)


def _unknown(name: str, line: int, known: Mapping[str, Any], place: Mapping[str, Any]) -> Problem:
    allowed = tuple(sorted(known))
    message = f'there is no variable "{name}" here'
    if name in PHASE_VARIABLES:
        message += "; only the text of a phase has it"
    guess = nearest(name, allowed)
    return Problem(
        "template-variable", message=message, allowed=allowed, nearest=guess, line=line, **place
    )


def _failure(source: str, known: Mapping[str, Any], place: Mapping[str, Any]) -> Iterator[Problem]:
    try:
        render(source, known)
    except Exception as error:  # noqa: BLE001 - a template can raise whatever Python can
        line = _line(error)
        message = f"this template cannot be filled in: {error}"
        yield Problem("template-failure", message=message, line=line, **place)


def _line(error: Exception) -> int:
    """The line of the template that an error came from, which Jinja puts into the traceback."""
    line, trace = 1, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _used(source: str, inputs: Sequence[str]) -> Iterable[str]:
    """The inputs that a text uses; of one that cannot be read, all."""
    try:
        return templates.variables(source)
    except TemplateSyntaxError:
        return inputs


def _unused_inputs(outline: Outline, sources: Sequence[str]) -> Iterator[Problem]:
    root = outline.document["root"]
    named = {
        word.text for place in (root["due"], outline.document["identity"]) for word in place.words()
    }
    named.update(one.input for word in outline.conditions() for one in comparisons(word.text))
    for wanted in outline.inputs:
        named.update(word.text for count in wanted.counts for word in count["after"].words())
    inputs = [wanted.name.text for wanted in outline.inputs]
    for source in (*sources, *(word.text for word in root["title"].words())):
        named.update(_used(source, inputs))
    for wanted in outline.inputs:
        name = wanted.name.text
        if name not in named:
            message = f'the input "{name}" is asked for and never used'
            yield Problem(
                "unused-input", wanted.name.path, message, severity="warning", on_key=True
            )


def _inputs(outline: Outline) -> dict[str, str]:
    return {
        wanted.name.text: next((word.text for word in _example(outline, wanted.name)), _SAMPLE)
        for wanted in outline.inputs
    }


def _example(outline: Outline, name: Word) -> tuple[Word, ...]:
    return outline.document["inputs"][name.text]["example"].words()


def _variables(outline: Outline) -> dict[str, Any]:
    """Examples of everything in `TEMPLATE_VARIABLES`."""
    phases = [_phase(word.text) for word in (phase.name for phase in outline.phases)]
    return {
        "launch": "i1",
        "title": _SAMPLE,
        "root": _SAMPLE,
        "request": _SAMPLE,
        "phase": phases[0] if phases else _phase(_SAMPLE),
        "phases": phases,
        "tasks": f"- [ ] `task` {_SAMPLE}",
        "roles": {role.text: {"title": _SAMPLE, "people": "`somebody`"} for role in outline.roles},
    }


def _phase(name: str) -> dict[str, str]:
    return {
        "name": name,
        "title": _SAMPLE,
        "done_when": _SAMPLE,
        "role_title": _SAMPLE,
        "issue": _SAMPLE,
    }
