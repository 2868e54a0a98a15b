"""Every mistake in a definition or a configuration at once, before it can do harm in a launch.

Form and meaning are judged apart, so that a wrong key hides no wrong name.
It must not read files; what it finds are values with a path into the document.
"""

from collections.abc import Iterable, Mapping, Sequence

from bot.domain.command_checks import check_head_word, check_rights
from bot.domain.condition_checks import check_conditions
from bot.domain.configuration import Configuration
from bot.domain.definition_checks import check_definition
from bot.domain.documentation_checks import check_documentation
from bot.domain.installation_checks import check_installation
from bot.domain.label_checks import check_labels
from bot.domain.outline import Outline
from bot.domain.problems import CHECKS, Problem, Severity
from bot.domain.process import Definition
from bot.domain.shape import misshapen
from bot.domain.text_checks import PHASE_VARIABLES, TEMPLATE_VARIABLES, VARIABLES, check_texts

__all__ = [
    "CHECKS",
    "PHASE_VARIABLES",
    "TEMPLATE_VARIABLES",
    "VARIABLES",
    "Problem",
    "Severity",
    "check_configuration",
    "check_process",
]

_SLIPS = {
    "unused-role": {"unknown-role", "missing-key"},
    "unused-template": {"unknown-template", "missing-key"},
    "unused-input": {
        "counted-date",
        "launch-date",
        "missing-key",
        "template-syntax",
        "template-variable",
        "unknown-input",
        "unknown-template",
    },
}
"""What seems unused may only be misspelled where it is used; then that is the one mistake."""

_OF_A_PART = {"unknown-task", "unused-role", "unused-input", "empty-phase"}
"""What seems wrong where tasks are missing, because the list that has them was not included."""


def check_process(
    document: object, folder: str, texts: Mapping[str, str | None], *, whole: bool = True
) -> tuple[Problem, ...]:
    """What is wrong with a process, given its data, its folder's name and its templates.

    A template is `None` where its file is there and could not be read. It is not `whole` when
    something that it includes is missing.
    """
    outline = Outline.read(document)
    problems = _distinct(
        (
            *misshapen(document, Definition),
            *_name(outline, folder),
            *check_definition(outline, TEMPLATE_VARIABLES),
            *check_conditions(outline),
            *check_rights(outline),
            *check_documentation(outline),
            *check_labels(outline),
            *check_texts(outline, texts),
        )
    )
    return problems if whole else tuple(filter(_stands_alone, problems))


def check_configuration(
    document: object, processes: Mapping[str, object], running: Sequence[str]
) -> tuple[Problem, ...]:
    """What is wrong with a configuration, given the data of processes and which of them run."""
    shape = misshapen(document, Configuration)
    if not isinstance(document, Mapping):
        return shape  # everything is missing then, and to say so would bury why
    outlines = {name: Outline.read(process) for name, process in processes.items()}
    return _distinct(
        (
            *shape,
            *check_head_word(document),
            *check_installation(document, outlines, running),
        )
    )


def _stands_alone(problem: Problem) -> bool:
    return problem.check not in _OF_A_PART and problem.path[-1:] != ("tasks",)


def _name(outline: Outline, folder: str) -> Iterable[Problem]:
    for word in outline.document["name"].words():
        if word.text != folder:
            message = f'the process is called "{word.text}" and its folder "{folder}"'
            yield Problem("name-mismatch", word.path, message, (folder,))


def _distinct(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    found = dict.fromkeys(problems)
    checks = {problem.check for problem in found}
    return tuple(problem for problem in found if not checks & _SLIPS.get(problem.check, set()))
