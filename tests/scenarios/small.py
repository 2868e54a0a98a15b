"""A process and a world as small as can be, so that a whole launch is played in a moment.

What is the same in every launch is in there: a gate, dates, tasks, a comment that is owed.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.cli.demo.world import WorldPlan
from bot.domain.process import Process
from bot.gitlab.client import Client
from tests.domain.world import definition, task

_PEOPLE = {"alice": "Alice Almeida", "bob": "Bob Brandt", "carol": "Carol Castro"}
_LEVELS = {"alice": 40, "bob": 30, "carol": 30}


def process(**phases: Mapping[str, Any]) -> Process:
    """Scope, then build; `phases` change single keys."""
    tasks = {"tasks": [task("bake"), task("upload")]}
    raw = definition(build={**tasks, **phases.get("build", {})}, scope=phases.get("scope", {}))
    del raw["phases"]["tell"]
    return Process.model_validate(raw)


def plan() -> WorldPlan:
    """Three people, and a project for each phase."""
    return WorldPlan.model_validate(
        {
            "starts": "2027-03-01T09:00:00Z",
            "group": {"name": "Small", "path": "small"},
            "people": _PEOPLE,
            "projects": {
                name: {"path": name, "members": _LEVELS} for name in ("office", "factory")
            },
            "roles": {"sales": ["alice"], "makers": ["bob"], "writers": ["carol"]},
            "request": {
                "project": "office",
                "by": "alice",
                "title": "Acme",
                "inputs": {"partner": "Acme", "launch_date": "2027-06-01"},
            },
        }
    )


def label(admin: Client, process: Process, projects: Iterable[int]) -> None:
    """Make the labels of a process in projects."""
    gates = process.labels.gate
    names = (process.labels.request, process.labels.launch, gates.locked, gates.open, gates.done)
    for project in projects:
        for name in names:
            admin.post(f"/projects/{project}/labels", {"name": name, "color": "#428bca"})
