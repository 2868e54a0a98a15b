"""A launch that ends without going live: its issues close, and its request asks no more.

It must not decide that a launch ends, and must not tell anybody.
"""

from bot.domain import fields
from bot.domain.observed import Observed
from bot.domain.process import ROOT, Process
from bot.domain.record import Deed, Managed, Record


def ended(process: Process, observed: Observed, record: Record, deed: Deed) -> Record:
    """The record of a launch that is cancelled by this decision."""
    record = record.model_copy(update={"state": "cancelled"}).with_deed("cancel", deed)
    for part in (ROOT, *observed.phases):
        issue, name = observed.issue(part), fields.key(part, fields.STATE)
        if issue and not issue.closed:
            closed = Managed(want="closed", was="opened", by="person")
            record = record.with_field(name, closed).with_deed(name, deed)
    ask = fields.key("request", fields.ASK)
    label = fields.seen(process, observed).get(ask)
    return record.with_field(ask, Managed(want="", was=label)) if label else record
