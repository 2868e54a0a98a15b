"""Commands on people: `assign`, `delegate` and `reinstate`; one accountable person each."""

from collections.abc import Iterator

from bot.domain import fields
from bot.domain.commands.command import Target, code
from bot.domain.commands.when import spoken
from bot.domain.observed import Person
from bot.domain.process import ROOT, Process
from bot.domain.record import Holder, Record
from bot.domain.steering.order import Done, Order, Result, Undone, by_hand, nobody


def assign(order: Order) -> Result:
    """Make one person accountable for a task, a phase, or what a role has open."""
    person, target = order.person(), order.command.target
    if person is None or target is None:
        return nobody(order)
    if unfit := _unfit(order, person):
        return unfit
    if target.kind == "task":
        return Done(_with_task(order, order.record, target.name, person))
    parts = [target.name] if target.kind == "phase" else list(_open_parts(order, target.name))
    tasks = [] if target.kind == "phase" else list(_open_tasks(order, target.name))
    if not parts and not tasks:
        return Undone(f"{_title(order)} has nothing open here.")
    record = order.record
    for part in parts:
        record = by_hand(order, record, part, fields.ASSIGNEE, str(person.id))
    for task in tasks:
        record = _with_task(order, record, task, person)
    return Done(record)


def delegate(order: Order) -> Result:
    """Let somebody stand in for a role in this launch; open issues move along."""
    person, until = order.person(), order.command.day
    if person is None:
        return nobody(order)
    if unfit := _unfit(order, person):
        return unfit
    stand_in = Holder(id=person.id, username=person.username, until=until)
    record = _handed_over(order).with_deed(f"delegate.{order.target}", order.deed())
    record = record.model_copy(update={"stand_ins": {**record.stand_ins, order.target: stand_in}})
    ends = f"until {spoken(until)}" if until else f"until {_reinstate(order)}"
    return Done(record, f"{code(person.username)} stands in for {_title(order)} {ends}.")


def reinstate(order: Order) -> Result:
    """Give a role back to those who hold it; open issues move back."""
    if order.target not in order.record.stand_ins:
        return Undone(f"Nobody stands in for {_title(order)} in this launch.")
    record = _handed_over(order).without_deeds(f"delegate.{order.target}")
    kept = {name: held for name, held in record.stand_ins.items() if name != order.target}
    return Done(record.model_copy(update={"stand_ins": kept}))


def concerned(process: Process, target: Target) -> Iterator[str]:
    """The parts that whoever is named for a target works on."""
    match target:
        case Target("phase", name):
            yield name
        case Target("task", name):
            yield process.tasks()[name].phase
        case _:
            yield from (ROOT,) if process.root.role == target.name else ()
            for name, phase in process.phases.items():
                if target.name in {phase.role, *(task.role for task in phase.walk())}:
                    yield name


def _unfit(order: Order, person: Person) -> Undone | None:
    """Why somebody can answer for nothing here: GitLab lets them do nothing, or they are none."""
    target = order.command.target
    parts = tuple(concerned(order.process, target)) if target else ()
    seen = [(part, order.observed.members.get((part, person.id))) for part in parts]
    known = [(part, member) for part, member in seen if member]
    if any(member.bot for _, member in known):
        return Undone(f"{code(person.username)} is a bot, and bots answer for nothing.")
    if any(member.blocked for _, member in known):
        return Undone(f"{code(person.username)} is blocked in GitLab.")
    if known and all(member.level is None for _, member in known):
        return Undone(
            f"{code(person.username)} is no member of the project of {order.title(known[0][0])}. "
            "Make them a member there first, or name somebody who is."
        )
    return None


def _with_task(order: Order, record: Record, task: str, person: Person) -> Record:
    owner = Holder(id=person.id, username=person.username)
    owners = {**record.task_owners, task: owner}
    return record.model_copy(update={"task_owners": owners}).with_deed(
        f"assign.{task}", order.deed()
    )


def _handed_over(order: Order) -> Record:
    """The record in which the open issues of a role follow whoever holds it."""
    record, holder = order.record, order.observed.holder(order.target)
    for part in _open_parts(order, order.target):
        name = fields.key(part, fields.ASSIGNEE)
        field = record.fields.get(name)
        if field and holder and field.want == str(holder.id):
            record = record.with_field(name, field.model_copy(update={"by": "bot"}))
    return record


def _open_parts(order: Order, role: str) -> Iterator[str]:
    if order.process.root.role == role:
        yield ROOT
    for name, phase in order.process.phases.items():
        if phase.role == role and order.record.phase(name).gate != "done":
            yield name


def _open_tasks(order: Order, role: str) -> Iterator[str]:
    for task, located in order.process.tasks().items():
        if located.task.role == role and order.record.phase(located.phase).gate != "done":
            yield task


def _title(order: Order) -> str:
    return f"**{order.process.roles[order.target].title}**"


def _reinstate(order: Order) -> str:
    return code(f"/{order.scope.head} reinstate {order.target}")
