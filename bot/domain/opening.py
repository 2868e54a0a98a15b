"""Opening issues: which are wanted now, and the texts they start with.

It must not look for what exists already under another id: the writer does, before it creates.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from bot.domain import checklists, fields, rendering, superseding
from bot.domain.actions import CreateIssue
from bot.domain.observed import Observed, Person
from bot.domain.process import ROOT, Process
from bot.domain.record import Record


def expects(process: Process, observed: Observed, record: Record, phase: str) -> bool:
    """Whether a phase has an issue, or is to have one now."""
    if phase in observed.phases or phase in record.parts:
        return True
    rule = process.phases[phase]
    match rule.opens:
        case "at-start":
            return True
        case "when-unlocked":
            return record.phase(phase).gate != "locked"
        case _:
            return observed.root is not None and rule.label in observed.root.labels


def creations(process: Process, observed: Observed, record: Record) -> Iterator[CreateIssue]:
    """The issues to open now; what was refused today rests."""
    wanted = [ROOT, *(p for p in process.phases if expects(process, observed, record, p))]
    for part in wanted:
        known = observed.issue(part) is not None or part in record.parts
        place = process.root if part == ROOT else process.phases[part]
        if place.project not in observed.installation.projects:
            continue
        name = fields.key(part, fields.CREATE)
        if not known and not fields.refused(record, name, part, observed.today()):
            yield _create(process, observed, record, part)


def root_title(process: Process, inputs: Mapping[str, str]) -> str:
    """The title of the root issue, with the inputs put in."""
    values = {name: inputs.get(name, "") for name in process.inputs}
    return rendering.title(rendering.render(process.root.title, values))


def identity(process: Process, inputs: Mapping[str, str]) -> tuple[str, ...]:
    """What tells this launch apart: one runs at a time for the same values."""
    return (process.name, *(inputs[name] for name in process.identity))


def _create(process: Process, observed: Observed, record: Record, part: str) -> CreateIssue:
    is_root = part == ROOT
    place = process.root if is_root else process.phases[part]
    title = root_title(process, record.inputs)
    beside = observed.root or observed.request
    older = any(kin.private for kin in superseding.older(process, observed, record.inputs))
    return CreateIssue(
        part=part,
        project=observed.installation.projects[place.project],
        title=title if is_root else rendering.title(title, f": {process.phases[part].title}"),
        text=_text(process, observed, record, part),
        labels=_labels(process, record, part),
        known_labels=fields.gate_labels(process) | {process.labels.launch},
        assignee=_assignee(observed, record, part),
        due=_due(record, part),
        confidential=(beside is not None and beside.confidential)
        or (observed.root is None and older),
        identity=identity(process, record.inputs) if is_root else (),
        reason="the launch starts" if is_root else "the process opens this phase now",
    )


def _labels(process: Process, record: Record, part: str) -> tuple[str, ...]:
    if part == ROOT:
        return (process.labels.launch, *process.root.labels)
    gate = fields.gate_label(process, record.phase(part).gate)
    return (process.labels.launch, gate, *process.phases[part].labels)


def _assignee(observed: Observed, record: Record, part: str) -> Person | None:
    field = record.fields.get(fields.key(part, fields.ASSIGNEE))
    return fields.person(observed, field.want) if field and field.want else None


def _due(record: Record, part: str) -> date | None:
    field = record.fields.get(fields.key(part, fields.DUE))
    return date.fromisoformat(field.want) if field and field.want else None


def _text(process: Process, observed: Observed, record: Record, part: str) -> str:
    template = process.root.template if part == ROOT else process.phases[part].template
    variables = _variables(process, observed, record, part)
    return rendering.render(process.texts[template], variables)


def _variables(
    process: Process, observed: Observed, record: Record, part: str
) -> Mapping[str, Any]:
    inputs = {name: rendering.inline(record.inputs.get(name, "")) for name in process.inputs}
    phases = [_phase(process, observed, part, name) for name in process.phases]
    return {
        **inputs,
        "launch": record.launch,
        "title": rendering.inline(root_title(process, record.inputs)),
        "root": rendering.link("the launch", ROOT) if part != ROOT else "this issue",
        "request": "the release" if observed.cause else rendering.link("the request", "request"),
        "phases": phases,
        "phase": next((phase for phase in phases if phase["name"] == part), {}),
        "tasks": "" if part == ROOT else checklists.write(process, part),
        "roles": _roles(process, observed),
    }


def _phase(process: Process, observed: Observed, part: str, name: str) -> Mapping[str, str]:
    phase = process.phases[name]
    there = name in observed.phases and part != ROOT
    return {
        "name": name,
        "title": phase.title,
        "done_when": phase.done_when,
        "role_title": process.roles[phase.role].title,
        "issue": rendering.link(phase.title, name) if there else phase.title,
    }


def _roles(process: Process, observed: Observed) -> Mapping[str, Mapping[str, str]]:
    return {
        name: {
            "title": role.title,
            "people": ", ".join(
                f"`{p.username}`" for p in observed.installation.people.get(name, ())
            ),
        }
        for name, role in process.roles.items()
    }
