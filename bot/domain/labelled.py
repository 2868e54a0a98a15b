"""Inputs that labels give: on the request, or later on the root issue of a launch that runs.

A label gives its value once, when it appears, and takes it back when it is gone; what somebody
said in between counts more. It must not change what tells launches apart.
"""

from collections.abc import Iterator, Mapping

from bot.domain import dates, messages, requests
from bot.domain.observed import Observed
from bot.domain.process import ROOT, Input, Process
from bot.domain.record import Labelled, Record


def at_start(
    process: Process, observed: Observed, inputs: Mapping[str, str]
) -> Iterator[tuple[str, Labelled]]:
    """What the labels on a request have made of its inputs, by the input that each gives."""
    request = observed.request
    for name, wanted in process.inputs.items():
        label = _label(observed, wanted)
        if request and label:
            others = request.labels - wanted.labels.keys()
            read = requests.read(process, request.description, others, observed.given)
            plain = dates.completed(process, observed, read.inputs)
            yield name, _difference(label, plain, inputs)


def follow(process: Process, observed: Observed, record: Record) -> Record:
    """The record after such labels were put on the root or the request, or taken off."""
    if observed.root is None or record.state != "running":
        return record
    for name, wanted in process.inputs.items():
        label, known = _label(observed, wanted), record.labelled.get(name)
        if name in process.identity or label == (known and known.label):
            continue
        if known:
            record = _taken_off(process, observed, record, name)
        if label:
            record = _put_on(process, observed, record, name, label)
    return record


def _label(observed: Observed, wanted: Input) -> str | None:
    """The label on the request or the root that gives an input."""
    on = {
        label
        for part in (ROOT, "request")
        if (issue := observed.issue(part))
        for label in issue.labels
    }
    return next((label for label in wanted.labels if label in on), None)


def _put_on(process: Process, observed: Observed, record: Record, name: str, label: str) -> Record:
    given = {name: process.inputs[name].labels[label]}
    inputs = dates.changed(process, observed, record.inputs, given)
    found = _difference(label, record.inputs, inputs)
    labelled = {**record.labelled, name: found}
    record = record.model_copy(update={"inputs": inputs, "labelled": labelled})
    return _told(process, observed, record, found.now, label, on=True)


def _taken_off(process: Process, observed: Observed, record: Record, name: str) -> Record:
    """The record with what was before; what somebody changed since stays."""
    found = record.labelled[name]
    back = {key: was for key, was in found.was.items() if record.inputs.get(key) == found.now[key]}
    labelled = {key: known for key, known in record.labelled.items() if key != name}
    inputs = {**record.inputs, **back}
    record = record.model_copy(update={"inputs": inputs, "labelled": labelled})
    return _told(process, observed, record, back, found.label, on=False)


def _told(
    process: Process,
    observed: Observed,
    record: Record,
    values: Mapping[str, str],
    label: str,
    *,
    on: bool,
) -> Record:
    if not values:
        return record
    return record.owing(
        ROOT, "labelled", messages.labelled(process, observed, values, label, on=on)
    )


def _difference(label: str, was: Mapping[str, str], now: Mapping[str, str]) -> Labelled:
    names = [name for name, value in now.items() if was.get(name) != value]
    before = {name: was[name] for name in names if name in was}
    return Labelled(label=label, was=before, now={name: now[name] for name in names})
