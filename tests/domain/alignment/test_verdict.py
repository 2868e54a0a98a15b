"""The verdict, and the note that carries it to people and to CI."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from inline_snapshot import snapshot

from bot.domain.alignment import note
from bot.domain.alignment.facts import File, moment
from bot.domain.alignment.rules import RULES
from bot.domain.alignment.verdict import Verdict, judge, turns
from bot.domain.calendars import BusinessDays
from bot.domain.configuration import Calendar
from bot.domain.markers import Keyring, Marker
from bot.domain.rendering import has_quick_action
from tests.domain.alignment.cases import DAY, LONG_BEFORE, MOMENT, case
from tests.domain.alignment.cases import RULES as DOCUMENTATION
from tests.domain.world import folded

KEYS = Keyring((b"k" * 32,))
OTHERS = Keyring((b"z" * 32,))
NOBODY = frozenset[int]()


def outcomes(verdict: Verdict) -> dict[str, str]:
    """What does not hold."""
    return {r.rule: r.outcome for r in verdict.results if r.outcome != "holds"}


def test_merge_request_that_keeps_all_rules_is_aligned_and_ready() -> None:
    """The verdict names the commit, the launch and its revision."""
    verdict = judge(case())
    assert outcomes(verdict) == {}
    assert verdict.is_aligned()
    assert verdict.is_ready()
    assert verdict.key() == f"{'a' * 40}:aligned"
    assert (verdict.launch, verdict.revision, verdict.head) == ("i900", 3, "a" * 40)


def test_what_is_not_due_yet_is_aligned_but_not_ready() -> None:
    """The check is green long before the review, and the phase is not done."""
    verdict = judge(case(reviewed_by=NOBODY, approved_by=NOBODY, draft=True))
    assert outcomes(verdict) == {"reviewed": "waits", "approved": "waits", "no-draft": "waits"}
    assert verdict.is_aligned()
    assert not verdict.is_ready()
    assert [result.rule for result in verdict.unready()] == ["reviewed", "approved", "no-draft"]


def test_timing_rules_do_not_keep_the_phase_open() -> None:
    """Only going live needs them."""
    verdict = judge(case(merge_after=None))
    assert outcomes(verdict) == {"merge-after": "fails"}
    assert not verdict.is_aligned()
    assert verdict.is_ready()
    assert verdict.merge_after == ""
    assert verdict.key().endswith(":not-aligned")


def test_verdict_says_whether_the_launch_moment_is_to_come() -> None:
    """Only then GitLab has to hold the merge."""
    assert judge(case(MOMENT - timedelta(seconds=1))).early
    assert not judge(case(MOMENT)).early
    assert judge(case(launch={"day": None})).early


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (LONG_BEFORE, datetime(2026, 5, 6, tzinfo=UTC)),
        (datetime(2026, 6, 4, 12, tzinfo=UTC), datetime(2026, 6, 5, tzinfo=UTC)),
        (datetime(2026, 6, 16, 8, tzinfo=UTC), MOMENT),
        (MOMENT, datetime(2026, 6, 18, tzinfo=UTC)),
    ],
)
def test_verdict_is_believed_for_a_day_or_until_time_changes_it(
    now: datetime, until: datetime
) -> None:
    """So a bot that has stopped is noticed."""
    assert judge(case(now)).until == until


def test_verdict_of_a_confidential_launch_does_not_tell_its_days() -> None:
    """Neither by how long it holds nor by what it says."""
    now = datetime(2026, 6, 16, 8, tzinfo=UTC)
    verdict = judge(case(now, launch={"confidential": True}, draft=True))
    assert verdict.until == datetime(2026, 6, 18, tzinfo=UTC)
    assert outcomes(verdict) == {"no-draft": "fails"}
    assert not any(result.why for result in verdict.results)


def test_time_alone_changes_a_verdict_at_these_moments() -> None:
    """When to look again without any event."""
    assert [f"{turn:%m-%d %H:%M}" for turn in sorted(turns(case()))] == [
        "06-04 00:00",
        "06-05 00:00",
        "06-11 00:00",
        "06-12 00:00",
        "06-16 09:00",
        "06-16 09:00",
        "06-18 00:00",
    ]
    assert list(turns(case(launch={"day": None}, merge_after=None))) == []


@pytest.mark.parametrize(("day", "hour"), [(date(2026, 3, 27), 8), (date(2026, 3, 30), 7)])
def test_launch_moment_is_in_the_zone_of_the_calendar(day: date, hour: int) -> None:
    """Nine o'clock stays nine o'clock when the clocks change."""
    days = BusinessDays(Calendar(timezone="Europe/Berlin"))
    found = moment(DOCUMENTATION, day, days)
    assert found == datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    assert found is not None
    assert found.tzinfo == ZoneInfo("UTC")


def test_note_shows_people_every_rule() -> None:
    """What is wrong, and what to do."""
    rules = DOCUMENTATION.model_copy(
        update={"off": ("one-launch", "needs", "not-early", "not-late", "milestone")}
    )
    files = (File("doc/a|b.md", ("# A|B",)),)
    verdict = judge(case(rules=rules, files=files, launch={"partner": "A|C"}, approved_by=NOBODY))
    assert folded(note.text(verdict, confidential=False)) == snapshot("""\
The documentation is **not aligned** with [its launch](\ue000root\ue001). This is about commit
`aaaaaaaa`, and I edit this comment when that changes.

| Rule | | What to do |
|---|---|---|
| `paths` | ok | It changes the documented paths. |
| `section` | **not aligned** | No heading that it adds there names A\\|C. Add a section with
the name in its heading. |
| `reviewed` | ok | Technical writing has reviewed it in time. |
| `approved` | later | It waits for whoever holds the role `writers`, who is to approve it by
2026-06-11. |
| `no-draft` | ok | It is no draft when it has to be ready. |
| `confidential` | ok | It tells the public nothing of a confidential launch. |
| `launch-running` | ok | The launch is neither paused nor cancelled. |
| `merge-after` | ok | GitLab holds the merge until the launch moment. |\
""")


def test_note_of_a_confidential_launch_says_nothing_of_it() -> None:
    """A generic text and a link, and in the hidden part no word of people."""
    verdict = judge(case(launch={"confidential": True}, files=()))
    body = note.body(note.text(verdict, confidential=True), verdict, KEYS, 55)
    assert "Acme" not in body
    assert DAY.isoformat() not in body.replace(verdict.merge_after, "")
    assert "not public yet" in body
    assert note.read(body) == verdict


def test_verdict_survives_the_note() -> None:
    """What CI reads is what the rules found, and no text of it can end the hidden part."""
    verdict = judge(case(launch={"partner": "--> @all <!--"}, files=()))
    body = note.body("Hello", verdict, KEYS, 55)
    assert note.read(body) == verdict
    assert note.genuine(body, KEYS, 55) == verdict
    assert note.launch(body, KEYS, 55) == "i900"
    assert not has_quick_action(body)
    assert body.count("-->") == 2


def test_note_that_we_did_not_sign_is_not_ours() -> None:
    """Another key, another merge request, another verdict, two verdicts, or none."""
    verdict = judge(case())
    body = note.body("Hello", verdict, KEYS, 55)
    worse = judge(case(draft=True))
    forged = body.replace('"revision":3', '"revision":4')
    for text in (note.body("Hello", verdict, OTHERS, 55), forged, "Hello", f"{body}\n{body}"):
        assert note.genuine(text, KEYS, 55) is None
    assert note.genuine(body, KEYS, 56) is None
    assert note.launch(body, KEYS, 56) is None
    assert note.launch(Marker("i900", "status", 55).render(KEYS), KEYS, 55) is None
    assert note.genuine(note.body("Hello", worse, KEYS, 55), KEYS, 55) == worse


def test_broken_verdict_is_none() -> None:
    """CI believes nothing that it cannot read whole."""
    body = note.body("Hello", judge(case()), KEYS, 55)
    for old, new in (("early", "late"), ("2026", "x"), ('"holds"', '"perhaps"')):
        assert note.read(body.replace(old, new)) is None
    empty = replace(judge(case()), results=())
    assert note.read(note.body("Hello", empty, KEYS, 55)) is None


def test_every_rule_says_what_it_asks_without_a_name_or_a_date() -> None:
    """That is all that a confidential launch shows of it."""
    for rule in RULES.values():
        assert rule.asks.endswith(".")
        assert rule.severity in {"minor", "major", "critical"}
