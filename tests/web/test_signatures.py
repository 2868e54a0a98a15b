"""Who sent a delivery. The signatures are made with the library of the standard."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from bot.web.signatures import Authenticator

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OLD = "whsec_" + base64.b64encode(b"o" * 32).decode()
NEW = "whsec_" + base64.b64encode(b"n" * 32).decode()
OTHER = "whsec_" + base64.b64encode(b"x" * 32).decode()
BODY = '{"object_kind": "issue", "text": "ü"}'


def signed(
    token: str, body: str = BODY, at: datetime = NOW, delivery: str = "d1"
) -> dict[str, str]:
    """The headers of a signed delivery."""
    return {
        "webhook-id": delivery,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(token).sign(delivery, at, body),
    }


def passes(
    authenticator: Authenticator, headers: dict[str, str], body: bytes = BODY.encode()
) -> bool:
    """Whether a delivery is let in, its body arriving in pieces."""
    check = authenticator.begin(headers, NOW)
    if check is None:
        return False
    for start in range(0, len(body), 5):
        check.feed(body[start : start + 5])
    return check.passed()


def test_there_is_no_receiver_without_a_secret() -> None:
    """Not even with an empty one, which anybody could send."""
    for secrets, tokens in (([], []), ([""], []), ([], [""]), (["x", ""], [])):
        with pytest.raises(ValueError, match="webhook secret"):
            Authenticator(secrets, tokens)


@pytest.mark.parametrize("token", ["x", "whsec_", "whsec_!", "whsec_ü", "abcd"])
def test_signing_token_has_to_be_one(token: str) -> None:
    """A wrong one would refuse everything, or worse."""
    with pytest.raises(ValueError, match="whsec_"):
        Authenticator([], [token])


def test_secrets_are_not_shown() -> None:
    """An authenticator may stand in a traceback."""
    assert repr(Authenticator(["hunter2"], [OLD])) == "Authenticator(1 secrets, 1 signing tokens)"


def test_right_secret_is_trusted_before_the_body_is_read() -> None:
    """Any of several, so that it can be replaced."""
    authenticator = Authenticator(["old", "new"])
    for secret in ("old", "new"):
        assert passes(authenticator, {"x-gitlab-token": secret})


@pytest.mark.parametrize("given", ["", "ol", "older", "OLD", "old,new", "\u20ac"])
def test_wrong_secret_is_refused(given: str) -> None:
    """Nothing comes close enough."""
    authenticator = Authenticator(["old", "new"])
    assert authenticator.begin({"x-gitlab-token": given}, NOW) is None
    assert authenticator.begin({}, NOW) is None


def test_secret_may_have_any_characters() -> None:
    """GitLab sends it in UTF-8, and servers read headers as Latin-1."""
    header = "schlüssel".encode().decode("latin-1")
    assert passes(Authenticator(["schlüssel"]), {"x-gitlab-token": header})


def test_signature_of_any_token_is_right() -> None:
    """Several tokens are valid at once."""
    authenticator = Authenticator([], [OLD, NEW])
    assert passes(authenticator, signed(OLD))
    assert passes(authenticator, signed(NEW))
    assert not passes(authenticator, signed(OTHER))


def test_one_right_signature_of_several_is_enough() -> None:
    """A sender that replaces its key signs with both; other versions are left alone."""
    headers = signed(NEW)
    right, wrong = headers["webhook-signature"], signed(OTHER)["webhook-signature"]
    headers["webhook-signature"] = f"v1a,abc  v1 nonsense v1,!!! v1,ü {wrong} {right}"
    assert passes(Authenticator([], [NEW]), headers)
    headers["webhook-signature"] = f"{wrong} v2,{right.partition(',')[2]}"
    assert not passes(Authenticator([], [NEW]), headers)


def test_signature_covers_id_time_and_body() -> None:
    """A change of any of them is found."""
    authenticator = Authenticator([], [NEW])
    later = str(int(NOW.timestamp()) + 1)
    assert not passes(authenticator, {**signed(NEW), "webhook-id": "d2"})
    assert not passes(authenticator, {**signed(NEW), "webhook-timestamp": later})
    assert not passes(authenticator, signed(NEW), b"{}")


@pytest.mark.parametrize(
    ("seconds", "fresh"), [(300, True), (-300, True), (0, True), (301, False), (-301, False)]
)
def test_signature_is_good_for_five_minutes(seconds: int, fresh: bool) -> None:
    """Clocks differ and deliveries wait; what is older may be a replay."""
    headers = signed(NEW, at=NOW + timedelta(seconds=seconds))
    assert passes(Authenticator([], [NEW]), headers) is fresh


@pytest.mark.parametrize("time", ["", "x", "-1", "1e9", "1.5", "9" * 400, "\u0661\u0662", " 1"])
def test_time_has_to_be_a_number_of_seconds(time: str) -> None:
    """Anything else is refused before the body is read."""
    headers = {**signed(NEW), "webhook-timestamp": time}
    assert Authenticator([], [NEW]).begin(headers, NOW) is None


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_header_that_is_missing_refuses_the_delivery(missing: str) -> None:
    """Without reading the body."""
    headers = signed(NEW)
    del headers[missing]
    assert Authenticator([], [NEW]).begin(headers, NOW) is None


def test_unsigned_delivery_is_refused_once_a_signing_token_is_set() -> None:
    """Also with the right secret: whoever read it would only leave the signature out."""
    authenticator = Authenticator(["secret"], [NEW])
    assert not passes(authenticator, {"x-gitlab-token": "secret"})
    assert passes(authenticator, signed(NEW))
    assert passes(authenticator, {**signed(NEW), "x-gitlab-token": "wrong"})


def test_signature_is_ignored_where_no_signing_token_is_set() -> None:
    """GitLab may sign before we know its token; the secret decides then."""
    assert passes(Authenticator(["secret"]), {**signed(OTHER), "x-gitlab-token": "secret"})
    assert not passes(Authenticator(["secret"]), signed(OTHER))


@given(st.text(), st.text(st.characters(max_codepoint=255), min_size=1))
def test_every_body_and_id_can_be_signed(body: str, delivery: str) -> None:
    """We agree with the library of the standard."""
    raw = delivery.encode("utf-8").decode("latin-1")
    headers = {**signed(NEW, body, delivery=delivery), "webhook-id": raw}
    assert passes(Authenticator([], [NEW]), headers, body.encode())


HEADERS = st.dictionaries(
    st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature", "x-gitlab-token"]),
    st.text() | st.just(str(int(NOW.timestamp()))) | st.just("v1,abcd"),
)


@given(HEADERS, st.binary())
def test_no_headers_break_the_check(headers: dict[str, str], body: bytes) -> None:
    """A stranger is refused, whatever is sent."""
    assert not passes(Authenticator(["a long secret"], [NEW]), headers, body)
