"""No code knows a process: names of processes, providers, roles, phases, tasks, labels are data."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain.process import Definition, Phase, Process, Root
from bot.loader import load

ROOT = Path(__file__).parent.parent
CODE = sorted((ROOT / "bot").rglob("*.py"))
EXAMPLES = [ROOT / "docs" / "examples"]


def names(process: Process) -> Iterator[str]:
    """Every name that a definition gives to something."""
    yield process.name
    yield from (*process.roles, *process.phases, *process.tasks())
    labels, gate = process.labels, process.labels.gate
    yield from (labels.request, labels.launch, gate.locked, gate.open, gate.done)
    for wanted in process.inputs.values():
        yield from (*wanted.choices, *wanted.labels)
    parts: list[Root | Phase] = [process.root, *process.phases.values()]
    for part in parts:
        yield from (part.project, part.template, *part.labels)


def literals(path: Path) -> Iterator[str]:
    """Every text in a module, those that explain it included."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@pytest.fixture(scope="module")
def texts() -> dict[str, set[str]]:
    """The texts of all modules, by module."""
    return {str(path.relative_to(ROOT)): set(literals(path)) for path in CODE}


PROCESSES = load(None, EXAMPLES).found


def test_three_processes_are_looked_at() -> None:
    """Two that are shipped, and the one of the tutorial."""
    assert set(PROCESSES) == {"first-time-image", "image-maintenance", "technology-partner"}


@pytest.mark.parametrize("process", PROCESSES.values(), ids=PROCESSES)
def test_no_code_knows_a_name(process: Process, texts: dict[str, set[str]]) -> None:
    """A name of several words stands nowhere in a text; one that is a plain word is no text."""
    found = [
        (name, module)
        for name in dict.fromkeys(names(process))
        if name not in Definition.model_fields  # a key of the format, which the code has to know
        for module, here in texts.items()
        if name in here or (set(name) & set("-:_") and any(name in text for text in here))
    ]
    assert found == []
