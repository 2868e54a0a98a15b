"""What to write for the documentation: the hold, the comment with the verdict, and a pipeline.

`hold` and `check` are managed fields, as those of issues are: what is wanted stands in the record
before it is written. A pipeline is started once when the verdict on a commit turns.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain import fields
from bot.domain.actions import KeepVerdict, SetMergeAfter, StartPipeline
from bot.domain.alignment import launches, note
from bot.domain.alignment.facts import Case
from bot.domain.alignment.linked import Linked, part
from bot.domain.alignment.verdict import Verdict, judge, turns
from bot.domain.observed import Observed
from bot.domain.process import Process
from bot.domain.record import Managed, Record
from bot.domain.rendering import resolve

_DAY = timedelta(days=1)


def want(process: Process, observed: Observed, record: Record) -> Record:
    """The record with what is wanted of the merge requests that are open."""
    before, record = record.aim, launches.aim(process, record)
    moved = before is not None and record.aim is not None and before.day != record.aim.day
    for name, case in _open(process, observed, record).items():
        record = _want_hold(record, name, case, anew=moved)
    for name, verdict in _verdicts(process, observed, record).items():
        if observed.docs[name].request.state == "opened":
            record = _want_check(record, name, verdict)
    return record


def _open(process: Process, observed: Observed, record: Record) -> dict[str, Case]:
    found = launches.cases(process, observed, record)
    return {name: case for name, case in found.items() if case.request.state == "opened"}


def _want_hold(record: Record, name: str, case: Case, *, anew: bool) -> Record:
    """Held until the launch moment; who set another hold keeps it until the launch moves."""
    opens, field = case.opens(), fields.key(part(name), fields.HOLD)
    if opens is None or (case.launch.confidential and case.request.public):
        return record
    now, wanted = fields.moment(case.request.merge_after), fields.moment(opens)
    if anew and now != wanted:
        return record.with_field(field, Managed(want=wanted, was=now))
    if not case.is_early() and not (case.request.merge_after or case.now) > case.now:
        return record
    return fields.want(record, field, wanted, now, ours=True)


def _want_check(record: Record, name: str, verdict: Verdict) -> Record:
    key = fields.key(part(name), fields.CHECK)
    before = record.fields.get(key)
    was = before.was if before else ""
    return record.with_field(key, Managed(want=verdict.key(), was=was))


def _verdicts(process: Process, observed: Observed, record: Record) -> dict[str, Verdict]:
    """The verdicts as they will be once the holds of this plan are set."""
    lacking = fields.missing(process, observed, record)
    return {
        name: judge(_held(case, lacking.get(fields.key(part(name), fields.HOLD))))
        for name, case in launches.cases(process, observed, record).items()
        if observed.docs[name].is_for(record.launch)
    }


def _held(case: Case, until: str | None) -> Case:
    if until is None or case.launch.state == "paused":
        return case
    return replace(case, request=replace(case.request, merge_after=datetime.fromisoformat(until)))


def holds(
    process: Process, observed: Observed, record: Record, lacking: Mapping[str, str]
) -> Iterator[SetMergeAfter]:
    """The holds to set, before all else: the verdict is about them, and the pipeline reads both."""
    for name in _open(process, observed, record):
        if until := lacking.get(fields.key(part(name), fields.HOLD)):
            moment = datetime.fromisoformat(until)
            yield SetMergeAfter(part(name), moment, "documentation waits for the launch moment")


def writes(
    process: Process, observed: Observed, record: Record
) -> Iterator[KeepVerdict | StartPipeline]:
    """The verdicts to write, and the pipelines to start behind them."""
    for name, verdict in _verdicts(process, observed, record).items():
        yield from _verdict(observed, record, name, verdict)


def _verdict(
    observed: Observed, record: Record, name: str, verdict: Verdict
) -> Iterator[KeepVerdict | StartPipeline]:
    today, private = observed.today(), observed.root is not None and observed.root.confidential
    if fields.refused(record, fields.key(part(name), fields.VERDICT), verdict.key(), today):
        return
    linked, is_new = observed.docs[name], False
    text = note.text(verdict, confidential=private)
    if not _is_shown(linked, resolve(text, observed.addresses()), verdict):
        is_new = True
        comment = linked.comment.id if linked.comment else None
        yield KeepVerdict(part(name), text, verdict, "the check reads it there", comment)
    if _turned(record, name) and _asks_for_pipeline(record, name, linked, verdict, is_new=is_new):
        key = fields.key(part(name), fields.CHECK)
        if not fields.refused(record, key, verdict.key(), today):
            yield StartPipeline(part(name), verdict.key(), "what the check says has changed")


def _is_shown(linked: Linked, text: str, verdict: Verdict) -> bool:
    shown = linked.comment
    return shown is not None and (shown.text, shown.verdict) == (text, verdict)


def _turned(record: Record, name: str) -> bool:
    field = record.fields.get(fields.key(part(name), fields.CHECK))
    return field is not None and field.want != field.was


def _asks_for_pipeline(
    record: Record, name: str, linked: Linked, verdict: Verdict, *, is_new: bool
) -> bool:
    """Whether the newest pipeline cannot have read this verdict; one that runs waits for it.

    A project without merge request pipelines gets none.
    """
    run, comment = linked.pipeline, linked.comment
    if run is None or linked.request.state != "opened":
        return False
    if not is_new and comment is not None and run.created_at >= comment.written_at:
        return False
    before = record.fields[fields.key(part(name), fields.CHECK)].was
    if before.partition(":")[0] == verdict.head:
        return True
    return run.passed is not None and run.passed != verdict.is_aligned()


def settled(process: Process, observed: Observed, record: Record) -> Record:
    """The record once the writes are done: the check has heard of the verdicts."""
    for name, verdict in _verdicts(process, observed, record).items():
        key = fields.key(part(name), fields.CHECK)
        rests = fields.refused(record, key, verdict.key(), observed.today())
        if key in record.fields and not rests:
            record = record.with_field(key, record.fields[key].settled())
    return record


def wake_at(process: Process, observed: Observed, record: Record) -> datetime | None:
    """When to look without any event: tomorrow, or when time changes what a rule finds."""
    days = observed.installation.days
    tomorrow = days.begins(observed.today() + _DAY)
    found = list(_open(process, observed, record).values())
    return min([tomorrow, *(turn for case in found for turn in turns(case))]) if found else None
