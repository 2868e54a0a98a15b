"""What GitLab refused, remembered until something changes, so that it is not tried all the time.

It must not tell people; the overview does.
"""

from bot.domain import fields
from bot.domain.observed import Observed, Refusal
from bot.domain.record import Answer, Record, Refused
from bot.domain.steering import inbox

_UNSAID = "hourglass"
"""The reaction to a comment whose answer could not be posted, beside what else it got."""


def remembered(observed: Observed, record: Record) -> Record:
    """The record with what GitLab has refused now; an answer that it refused is not given again."""
    new = {
        _name(refusal): Refused(want=refusal.want, why=refusal.why, on=observed.today())
        for refusal in observed.refusals
    }
    answers = tuple(without_reply(observed, answer) for answer in record.answers)
    update = {"refused": {**record.refused, **new}, "answers": answers}
    return record.model_copy(update=update)


def forgotten(observed: Observed, record: Record) -> Record:
    """The record without what matters no more: it is there by now, or something else is wanted."""
    refused = {
        name: refusal
        for name, refusal in record.refused.items()
        if _still_lacks(observed, record, name, refusal)
    }
    return record.model_copy(update={"refused": refused})


def without_reply(observed: Observed, answer: Answer) -> Answer:
    """An answer with a reaction in place of a refused reply, which would help nobody later."""
    if not any(refusal.key == answer.key for refusal in observed.refusals):
        return answer
    return answer.model_copy(update={"text": "", "emoji": _UNSAID})


def _still_lacks(observed: Observed, record: Record, name: str, refusal: Refused) -> bool:
    part, _, field = name.partition(".")
    issue = observed.issue(part)
    if field == fields.CREATE:
        return issue is None
    if field == fields.CONFIDENTIAL:
        return issue is not None and not issue.confidential
    if field in {fields.VERDICT, fields.REPLY}:
        return refusal.on == observed.today()
    if name in {owed.key for owed in record.owed}:
        return True
    managed = record.fields.get(name)
    return managed is not None and managed.want == refusal.want != managed.was


def _name(refusal: Refusal) -> str:
    """What is remembered of a refusal: of replies only where, as there may be thousands."""
    is_reply = inbox.is_answer(refusal.key)
    return fields.key(refusal.want, fields.REPLY) if is_reply else refusal.key
