"""What can be wrong with a definition or a configuration, as values, and the name of every check.

The names are part of the output of `launchbot check`: do not rename one without need.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Path = tuple[str | int, ...]
Severity = Literal["error", "warning"]

CHECKS: Mapping[str, str] = {
    "unreadable-file": "A file or folder is there, can be read, is UTF-8 and of sensible size.",
    "yaml-syntax": "The file is valid YAML.",
    "yaml-limit": "The file keeps the bounds for size, lines, depth, aliases and values.",
    "yaml-feature": "The file uses plain keys and values only: no tags, no merge keys.",
    "duplicate-key": "No key stands twice in a mapping.",
    "unknown-key": "Every key is one that we know.",
    "missing-key": "Every key that is needed is there.",
    "wrong-type": "Every value is of its kind: text, a number, a list, a mapping.",
    "wrong-value": "Every value keeps its form and bounds.",
    "name-mismatch": "The name of a process is that of its folder.",
    "duplicate-process": "Two folders of an installation do not hold the same process.",
    "unknown-process": "A process that the configuration names exists.",
    "unknown-role": "A role that is named is defined.",
    "unknown-phase": "A phase that is named is defined.",
    "unknown-task": "A task that is named is defined.",
    "unknown-input": "An input that is named is defined.",
    "unknown-choice": "A value that a condition asks for is one that its input may have.",
    "unlisted-provider": "Every provider of a process has an entry where images are listed.",
    "unknown-include": "A task list that is included is there.",
    "unknown-parameter": "A task list has the parameters that are given to it, or put in by it.",
    "missing-parameter": "A task list is given every parameter that it needs.",
    "include-cycle": "No task list includes itself, by whatever way.",
    "unknown-command": "A command whose right is given exists.",
    "unknown-rule": "A rule of the documentation that is switched off exists.",
    "unknown-project": "A project that a process names is in the configuration.",
    "unknown-template": "A template that is named is a file in the folder of the process.",
    "duplicate-task": "No id is that of two tasks.",
    "reserved-name": "No phase, task or input has a name that means something else already.",
    "ambiguous-name": "No task is named like a phase, and no two inputs have the same title.",
    "phase-cycle": "No phase waits for itself, by whatever way.",
    "task-cycle": "No task needs itself, by whatever way.",
    "unreachable-need": "No task needs one that unlocks only after its own phase.",
    "launch-date": "`root.due` is a required input of type `date`, and is there where dates are "
    "counted back from the launch.",
    "release-input": "A release that starts a launch gives every input that is needed.",
    "counted-date": "A date is counted from one that stands before it and is always there.",
    "identity": "What tells launches apart is always given.",
    "label-conflict": "No label has two purposes.",
    "label-scope": "Labels that stand on one issue do not exclude each other on GitLab Premium.",
    "template-syntax": "A template is valid Jinja, of the part that cannot run away.",
    "template-variable": "A template uses only variables that there are.",
    "template-failure": "A template can be filled in with the examples of the inputs.",
    "template-tasks": "The template of a phase shows its tasks.",
    "quick-action": "No line of a template is one that GitLab would run as a quick action.",
    "unused-template": "Every template in the folder is used.",
    "unused-role": "Every role has a task, a phase or a right.",
    "unused-input": "Every input is used in a text, in the identity or as the launch date.",
    "empty-phase": "Some phase, and some task of every phase, is there under no condition.",
    "undated-phase": "Every phase has a due rule.",
    "optional-need": "No required task needs an optional one.",
    "role-without-people": "Somebody holds every role of every process that runs.",
    "command-word": "The word that begins commands is well formed, and no quick action of GitLab.",
    "timezone": "The time zone exists.",
    "country": "The country and its subdivision have a calendar of holidays.",
}
"""Every check by its name, with the rule that it holds."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong at a place in a document, and what would be right."""

    check: str
    path: Path
    message: str
    allowed: tuple[str, ...] = ()
    nearest: str | None = None
    severity: Severity = "error"
    on_key: bool = False
    """Whether the key at the path is wrong, not what it holds."""
    file: str | None = None
    """The template that it stands in, by its name, where it is not in the document."""
    line: int = 1
    """The line in that template."""
