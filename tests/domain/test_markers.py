"""Markers: only what the installation signed is believed, wherever it was copied to."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import markers
from bot.domain.markers import Keyring, Marker

KEYS = Keyring((b"new key", b"old key"))
PHASE = Marker("i900", "scope", issue=77)
ROOT = Marker("i900", "root", key="ab12")

names = st.from_regex(r"\A[a-z0-9][a-z0-9_.-]{0,79}\Z")


@given(
    names,
    names,
    st.none() | st.integers(1, 10**18),
    st.none() | st.text("0123456789abcdef", min_size=1, max_size=64),
)
def test_what_is_written_is_found_again(
    launch: str, part: str, issue: int | None, key: str | None
) -> None:
    """A marker survives being written into a text, whatever stands around it."""
    marker = Marker(launch, part, issue, key)
    text = f"Hello <!-- you -->\n\n{marker.render(KEYS)}\n<!-- launchbot:v1 launch="
    assert list(markers.find(text, KEYS)) == [marker]
    assert markers.first(text, KEYS) == marker


@given(st.text())
def test_text_of_people_is_no_marker(text: str) -> None:
    """Nobody without a key can write a marker."""
    assert markers.first(text, KEYS) is None


def test_a_marker_is_invisible() -> None:
    """It is one HTML comment on one line, without any text of a user."""
    assert re.fullmatch(
        r"<!-- launchbot:v1 launch=i900 part=root key=ab12 sig=[0-9a-f]{64} -->", ROOT.render(KEYS)
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("i900", "i901", id="another launch"),
        pytest.param("part=scope", "part=root", id="another part"),
        pytest.param("issue=77", "issue=78", id="another issue"),
        pytest.param(" issue=77", "", id="no issue"),
        pytest.param(" issue=77", " issue=0", id="issue zero"),
        pytest.param(" issue=77", " issue=077", id="another spelling of the issue"),
        pytest.param(" issue=77", " issue=\u0667\u0667", id="digits of another script"),
        pytest.param(" sig=", " key=ab sig=", id="an added key"),
        pytest.param("v1", "v2", id="another version"),
        pytest.param("<!--", "<!-", id="cut at the front"),
        pytest.param(" -->", "", id="cut at the end"),
        pytest.param("scope", "scope\n", id="broken over two lines"),
    ],
)
def test_a_changed_marker_is_worth_nothing(old: str, new: str) -> None:
    """The signature covers launch, part, issue and key, so none of them can be exchanged."""
    text = PHASE.render(KEYS)
    assert old in text
    assert markers.first(text.replace(old, new), KEYS) is None


def test_a_marker_without_issue_cannot_be_given_one() -> None:
    """Issue 0 is not the same as no issue."""
    text = ROOT.render(KEYS).replace(" key=", " issue=0 key=")
    assert markers.first(text, KEYS) is None


def test_a_signature_of_another_installation_is_worth_nothing() -> None:
    """Each installation has its own keys."""
    assert markers.first(PHASE.render(Keyring((b"theirs",))), KEYS) is None


def test_a_forged_marker_does_not_hide_the_true_one() -> None:
    """What does not verify is skipped; the first that verifies counts."""
    forged = PHASE.render(Keyring((b"theirs",)))
    text = f"{forged}\n{PHASE.render(KEYS)}\n{ROOT.render(KEYS)}"
    assert list(markers.find(text, KEYS)) == [PHASE, ROOT]
    assert markers.first(text, KEYS) == PHASE


def test_keys_can_be_replaced_without_losing_anything() -> None:
    """The first key signs, all verify: a new one is put in front, and the old one kept."""
    before = Keyring((b"old key",))
    assert markers.first(PHASE.render(before), KEYS) == PHASE
    assert markers.first(PHASE.render(KEYS), before) is None


def test_a_keyring_does_not_print_its_keys() -> None:
    """Keys end up in no log and in no traceback."""
    assert repr(KEYS) == "Keyring(2 keys)"


@pytest.mark.parametrize(
    "other",
    [
        pytest.param("acme  CLOUD", id="case and spaces"),
        pytest.param("\N{FULLWIDTH LATIN CAPITAL LETTER A}cme Cloud", id="wide letters"),
        pytest.param("Acme\N{NO-BREAK SPACE}Cloud", id="no-break space"),
    ],
)
def test_one_name_written_in_two_ways_has_one_digest(other: str) -> None:
    """A second request for the same partner is recognised however it is typed."""
    assert KEYS.digest("small", other) == KEYS.digest("small", "Acme Cloud")


def test_composed_and_decomposed_letters_have_one_digest() -> None:
    """Some keyboards send a letter and its accent as one character, some as two."""
    assert KEYS.digest("Caf\u00e9") == KEYS.digest("Cafe\u0301")


def test_a_digest_tells_values_apart() -> None:
    """Different values, or the same ones divided differently, give different digests."""
    digests = {
        KEYS.digest("a", "b"),
        KEYS.digest("ab"),
        KEYS.digest("a b"),
        KEYS.digest("b", "a"),
        KEYS.digest("a", "b", ""),
    }
    assert len(digests) == 5


def test_a_digest_stays_when_a_key_is_put_in_front() -> None:
    """Running launches are recognised before and after the keys are replaced."""
    old = Keyring((b"old key",)).digest("a")
    assert KEYS.matches(old, "a")
    assert KEYS.matches(KEYS.digest("a"), "a")
    assert not KEYS.matches(old, "b")
    assert not KEYS.matches(None, "a")


def test_half_a_character_breaks_nothing() -> None:
    """JSON may hold half a surrogate pair, which has no bytes in UTF-8."""
    assert KEYS.verify("\ud800", KEYS.sign("\ud800"))
    assert KEYS.digest("\ud800") != KEYS.digest("\ud801")
