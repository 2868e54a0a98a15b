"""Messages: who is named, who is notified, and what is linked."""

import pytest

from bot.domain import gate_messages, messages
from bot.domain.record import PhaseRecord
from tests.domain.world import BOB, DAVE, World, process


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@alice: hello @bob_2, and @c.d-e", ("alice", "bob_2", "c.d-e")),
        ("a@b.test @@alice @\u2060alice `@", ()),
        ("", ()),
    ],
)
def test_who_is_mentioned_in_a_text(text: str, names: tuple[str, ...]) -> None:
    """As GitLab sees it: no addresses of mail, and nobody behind an invisible character."""
    assert messages.mentions(text) == names


def test_people_are_notified_only_on_demand_and_if_the_configuration_names_them() -> None:
    """Anybody else is named without being called."""
    observed = World(process()).observe()
    assert messages.name(BOB, observed) == "`bob`"
    assert messages.name(BOB, observed, notify=True) == "@bob"
    assert messages.name(DAVE, observed, notify=True) == "`dave`"
    assert messages.name(None, observed, notify=True) == "nobody yet"


def test_a_phase_is_linked_where_its_issue_is_there() -> None:
    """A link to nowhere helps nobody."""
    world = World(process(tell={"opens": "when-unlocked"})).request().settle()
    observed = world.observe()
    assert messages.phase_title(world.process, observed, "tell") == "Tell"
    assert messages.phase_title(world.process, observed, "build").startswith("[Build](")


def test_it_is_unknown_how_long_a_phase_took_whose_times_are_lost() -> None:
    """The record may have been rebuilt; the summary does not guess."""
    world = World(process()).request().settle()
    record = world.record().with_phase("scope", PhaseRecord(gate="done"))
    assert gate_messages.took(world.observe(), record, "scope") == "unknown"


def test_a_label_is_quoted_for_a_reference() -> None:
    """Labels have blanks and colons."""
    assert messages.quoted("g::locked") == '"g::locked"'
