"""The heart: what should be, compared with what is, gives what to change.

Pure: the same process and observation give the same plan, in the same order.
First it makes the record of what is wanted: out of the old one, of what people changed and said,
and of the gates; `bring` then makes the actions.
"""

from dataclasses import replace

from bot.domain import (
    beginnings,
    fields,
    gates,
    labelled,
    refusals,
    releases,
    superseding,
    wants,
)
from bot.domain.actions import Plan, WriteStatus
from bot.domain.alignment import launches, planning
from bot.domain.anticipation import after, decided
from bot.domain.bringing import answers, bring, parts, placed
from bot.domain.catalogue import owned
from bot.domain.fitting import fit
from bot.domain.observed import Observed
from bot.domain.process import Process
from bot.domain.record import Record
from bot.domain.steering import course, starting
from bot.domain.steering.actors import standing_in
from bot.domain.steering.run import Heard, run
from bot.domain.steering.starting import Asked


def plan(process: Process | None, observed: Observed) -> Plan:
    """The actions that bring a launch to what it should be; empty when it is.

    Without a `process` they answer the commands on an issue that asks for none, or a tag.
    """
    if observed.root is None and beginnings.STARTED in observed.said:
        return Plan(blocked="it has started, and GitLab does not show its root issue to the bot")
    if observed.root is None and not observed.record():
        return _begin(process, observed)
    if process is None:
        return Plan()
    if observed.root is not None and observed.root.moved:
        return beginnings.moved(observed)
    fitted = _fitted(process, observed)
    record = observed.record() or _begun(process, fitted, observed)
    if record is None:
        return Plan(blocked="the launch has no record, and its request does not give the inputs")
    return _go_on(fitted, observed, record)


def _begun(process: Process, fitted: Process, observed: Observed) -> Record | None:
    """The record of a launch of which little more than the root is there; what asked for it ran."""
    record = beginnings.record(fitted, observed)
    if record is None or record.state == "paused":
        return record
    asked = starting.hear(observed, process)
    return Heard(record, asked.answers, asked.lines).kept()


def _fitted(process: Process, observed: Observed) -> Process:
    """The part of a process that the launch gets, and led by whom; decided once."""
    inputs = beginnings.inputs(process, observed)
    fitted = fit(process, inputs)
    return fitted if observed.record() else owned(fitted, observed.installation.images, inputs)


def _begin(process: Process | None, observed: Observed) -> Plan:
    """Start a launch, for a release or for a request; or say why a tag starts none."""
    if observed.tag:
        return releases.answer(observed, observed.tag)
    if process and observed.cause:
        return _release(process, observed)
    asked = starting.hear(observed, process, lambda then: _start(process, observed, then))
    return _start(process, observed, asked)


def _release(process: Process, observed: Observed) -> Plan:
    """Start the launch of a release, unless something keeps it from that."""
    process = _fitted(process, observed)
    if answer := beginnings.released(process, observed):
        return answer
    record = beginnings.record(process, observed)
    return _go_on(process, observed, record) if record else Plan()


def _start(by_label: Process | None, observed: Observed, asked: Asked) -> Plan:
    """Answer a request, and start its launch when it is whole."""
    process, said = asked.process, tuple(answers(observed, asked.answers))
    if process is None:
        return Plan(said)
    marked = (fields.ask(process),) if by_label is None else ()
    observed = standing_in(replace(after(observed, marked), given=asked.values), None)
    process = _fitted(process, observed)
    answer, record = beginnings.answer(process, observed), beginnings.record(process, observed)
    if answer or record is None:
        answer = answer or Plan()
        return replace(answer, actions=(*marked, *said, *answer.actions))
    record = Heard(record, asked.answers, asked.lines).kept()
    begun = bring(process, observed, _judge(process, observed, _look(process, observed, record)))
    whole = beginnings.whole(process, observed)
    return replace(begun, actions=(*marked, *whole.actions, *begun.actions))


def _go_on(process: Process, observed: Observed, record: Record) -> Plan:
    """Hear what people say, and bring the launch to what it should be then."""

    def judge(changed: Record) -> Record:
        return _judge(process, observed, changed)

    def preview(changed: Record) -> Plan:
        return _foretold(process, observed, changed)

    looked = _look(process, observed, record)
    heard = run(process, observed, looked, judge, preview)
    heard = replace(
        heard, answers=tuple(refusals.without_reply(observed, a) for a in heard.answers)
    )
    quiet = _judged(process, observed, heard.record)
    # A reply is found again by its mark; what was answered by a reaction alone is remembered.
    if heard.answers and (quiet.actions or not all(said.text for said in heard.answers)):
        return _judged(process, observed, heard.kept())
    if heard.answers:
        return replace(quiet, actions=tuple(answers(observed, heard.answers)))
    if quiet.actions:
        return quiet
    return replace(quiet, successor=course.successor(observed, heard.record))


def _judged(process: Process, observed: Observed, record: Record) -> Plan:
    """What brings the launch to what it should be after every gate has moved."""
    judged = _judge(process, observed, record)
    return bring(process, standing_in(observed, judged), judged)


def _foretold(process: Process, observed: Observed, record: Record) -> Plan:
    """What would be done for a record, with what follows once GitLab shows that it is done."""
    now = _judged(process, observed, record)
    if not now.again:
        return now
    written = [action.record for action in now.actions if isinstance(action, WriteStatus)]
    then = after(observed, now.actions)
    later = _judged(process, then, _look(process, then, written[-1]))
    return replace(now, actions=(*now.actions, *later.actions))


def _look(process: Process, observed: Observed, record: Record) -> Record:
    """The record after what people changed by hand."""
    values = fields.seen(process, observed)
    record = beginnings.recovered(process, observed, record)
    record = fields.rehome(observed, record, values)
    stay = [part for part in parts(process) if not fields.is_moved(observed, record, part)]
    record = refusals.remembered(observed, placed(observed, record, stay))
    adopted = fields.adopt(record, values)
    return launches.link(process, observed, labelled.follow(process, observed, adopted))


def _judge(process: Process, observed: Observed, record: Record) -> Record:
    """The record after every gate has moved, with what is wanted then."""
    if record.state == "paused" and observed.resumed:
        record = course.resumed(record)
    record = superseding.judged(process, observed, record)
    observed = standing_in(observed, record)
    if record.state not in {"paused", "cancelled"}:
        record = gates.advance(process, decided(process, observed, record), record)
        record = wants.want(process, observed, record, fields.seen(process, observed))
        record = refusals.forgotten(observed, record)
    return planning.want(process, observed, record)
