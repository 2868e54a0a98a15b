"""Fields: what people changed is adopted, what is missing is written."""

from datetime import date

import pytest

from bot.domain import fields
from bot.domain.record import Managed, Record
from tests.domain.world import MONDAY

TODAY = date(2026, 3, 2)
EMPTY = Record(launch="i1", process="small", definition="", started=MONDAY, inputs={})
OLD, NEW, THEIRS = "1", "2", "3"


def _record(**field: str) -> Record:
    return EMPTY.with_field("a.due", Managed.model_validate(field))


@pytest.mark.parametrize(
    ("seen", "by"),
    [
        pytest.param(NEW, "bot", id="what we want is settled"),
        pytest.param(OLD, "bot", id="what was before: our write is missing"),
        pytest.param(THEIRS, "person", id="anything else is a person's"),
        pytest.param("", "person", id="also when a person took it away"),
    ],
)
def test_what_a_person_changed_is_adopted(seen: str, by: str) -> None:
    """The rule of three for every managed field."""
    field = fields.adopt(_record(want=NEW, was=OLD), {"a.due": seen}).fields["a.due"]
    assert field.by == by
    assert field.want == (seen if by == "person" else NEW)


def test_what_does_not_show_is_not_adopted() -> None:
    """An issue that is hidden tells nothing about what people want."""
    record = _record(want=NEW, was=OLD)
    assert fields.adopt(record, {}) == record


@pytest.mark.parametrize(
    ("known", "now", "ours", "field"),
    [
        pytest.param(None, None, False, Managed(want=NEW, was=""), id="a new issue"),
        pytest.param(None, "", False, Managed(want=NEW, was=""), id="an empty field"),
        pytest.param(None, NEW, False, Managed(want=NEW, was=NEW), id="a field that is right"),
        pytest.param(
            None,
            THEIRS,
            False,
            Managed(want=THEIRS, was=THEIRS, by="person"),
            id="what stood there first stays",
        ),
        pytest.param(
            None, THEIRS, True, Managed(want=NEW, was=THEIRS), id="unless it is ours to set"
        ),
        pytest.param(
            Managed(want=OLD, was=OLD),
            OLD,
            False,
            Managed(want=NEW, was=OLD),
            id="another value than before",
        ),
        pytest.param(
            Managed(want=OLD, was=OLD),
            None,
            False,
            Managed(want=NEW, was=OLD),
            id="hidden: what was last there is remembered",
        ),
        pytest.param(
            Managed(want=THEIRS, was=THEIRS, by="person"),
            THEIRS,
            True,
            Managed(want=THEIRS, was=THEIRS, by="person"),
            id="what a person chose stays",
        ),
    ],
)
def test_what_is_wanted(known: Managed | None, now: str | None, ours: bool, field: Managed) -> None:
    """People come first; what shows now is remembered as what was."""
    record = EMPTY.with_field("a.due", known) if known else EMPTY
    assert fields.want(record, "a.due", NEW, now, ours=ours).fields["a.due"] == field


@pytest.mark.parametrize(("on", "rests"), [(TODAY, True), (date(2026, 3, 1), False)])
def test_a_refusal_rests_for_a_day(on: date, rests: bool) -> None:
    """And only for the very value that was refused."""
    refused = {"a.due": {"want": NEW, "why": "No.", "on": on}}
    record = Record.model_validate({**EMPTY.model_dump(), "refused": refused})
    assert fields.refused(record, "a.due", NEW, TODAY) == rests
    assert not fields.refused(record, "a.due", OLD, TODAY)
    assert not fields.refused(record, "b.due", NEW, TODAY)
