"""What a newer launch takes over from the older ones that it supersedes.

Nothing that is done there counts here: every version needs its own. What people decided by hand
about who does it, whom it waits for and how urgent it is holds on, and a comment names it.
It must not change the older ones.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from bot.domain import checklists, dates, fields, messages
from bot.domain.commands.command import code
from bot.domain.observed import Issue, Kin, Observed
from bot.domain.process import ROOT, Process
from bot.domain.record import Deed, Managed, Record
from bot.domain.rendering import inline


def taken_over(
    process: Process, observed: Observed, record: Record, older: Iterable[Kin]
) -> Record:
    """The record of a launch that begins, with what it has from others; the last of them counts."""
    for kin in older:
        theirs = _as_it_stands(process, observed, kin)
        for part in (ROOT, *process.phases):
            record = _with_assignee(record, theirs, part)
        record = _with_people(process, record, theirs)
        record = _with_deeds(record, theirs, "waiting.partner")
        record = _with_urgency(process, observed, record, theirs)
        text = messages.supersedes(
            kin,
            tuple(open_tasks(process, kin.issues)),
            tuple(_told(process, observed, theirs)),
        )
        record = record.owing(ROOT, "supersedes", text)
    return record


def open_tasks(process: Process, issues: Mapping[str, Issue]) -> Iterator[str]:
    """The required tasks whose box is not ticked in these issues of phases."""
    for name in (phase for phase in process.phases if phase in issues):
        boxes = checklists.read(issues[name].description)
        for task in process.phases[name].required():
            if boxes.get(task.id) != "done":
                yield task.id


def _as_it_stands(process: Process, observed: Observed, kin: Kin) -> Record:
    """The record of another launch, after what people have changed in its issues."""
    phases = {name: issue for name, issue in kin.issues.items() if name in process.phases}
    theirs = replace(observed, root=kin.issues.get(ROOT), phases=phases, request=None)
    return fields.adopt(kin.record, fields.seen(process, theirs))


def _with_assignee(record: Record, theirs: Record, part: str) -> Record:
    """Whom a person has put in charge stays in charge."""
    name = fields.key(part, fields.ASSIGNEE)
    field = theirs.fields.get(name)
    if field is None or field.by != "person" or not field.want:
        return record
    record = record.with_field(name, Managed(want=field.want, was="", by="person"))
    return _with_deeds(record, theirs, name)


def _with_people(process: Process, record: Record, theirs: Record) -> Record:
    tasks = process.tasks()
    owners = {task: held for task, held in theirs.task_owners.items() if task in tasks}
    stand_ins = {role: held for role, held in theirs.stand_ins.items() if role in process.roles}
    update = {
        "task_owners": {**record.task_owners, **owners},
        "stand_ins": {**record.stand_ins, **stand_ins},
    }
    deeds = (*(f"assign.{task}" for task in owners), *(f"delegate.{role}" for role in stand_ins))
    return _with_deeds(record.model_copy(update=update), theirs, *deeds)


def _with_deeds(record: Record, theirs: Record, *about: str) -> Record:
    deeds = {name: theirs.deeds[name] for name in about if name in theirs.deeds}
    return record.model_copy(update={"deeds": {**record.deeds, **deeds}})


def _with_urgency(process: Process, observed: Observed, record: Record, theirs: Record) -> Record:
    inputs = dates.changed(process, observed, record.inputs, _urgency(process, theirs))
    return record.model_copy(update={"inputs": inputs})


def _urgency(process: Process, theirs: Record) -> Mapping[str, str]:
    """What a label may say of an older version; it holds for the one that takes its place."""
    return {
        name: theirs.inputs[name]
        for name, wanted in process.inputs.items()
        if name not in process.identity and theirs.inputs.get(name) in wanted.labels.values()
    }


def _told(process: Process, observed: Observed, theirs: Record) -> Iterator[str]:
    """What holds on, a line each."""
    for part in (ROOT, *process.phases):
        field = theirs.fields.get(fields.key(part, fields.ASSIGNEE))
        if field and field.by == "person" and field.want:
            title = "The launch" if part == ROOT else f"**{process.phases[part].title}**"
            yield f"{title} is with {code(fields.person(observed, field.want).username)}."
    for task, held in theirs.task_owners.items():
        if task in process.tasks():
            yield f"{code(task)} is with {code(held.username)}."
    for role, held in theirs.stand_ins.items():
        if role in process.roles:
            yield f"{code(held.username)} stands in for **{process.roles[role].title}**."
    if given := _urgency(process, theirs):
        yield f"{messages.taken(process, given)}."
    if deed := theirs.deeds.get("pause"):
        yield f"It was paused there, by {_by(deed)}; here it goes on."
    if deed := theirs.deeds.get("waiting.partner"):
        again = code(f"/{observed.installation.command} partner replied")
        yield f"It waits for the partner, says {_by(deed)}; {again} ends that."


def _by(deed: Deed) -> str:
    return f"{code(deed.by)}: {inline(deed.why)}" if deed.why else code(deed.by)
