"""Who sent a delivery: GitLab with one of our secrets, or a stranger.

Two ways, both of which GitLab offers on every tier:
- the signing token (Standard Webhooks: HMAC-SHA256 over id, time and raw body), and
- the secret token, which arrives in clear in `X-Gitlab-Token`.
Once any signing token is configured, unsigned deliveries are refused even with the right secret:
who could read the secret would only have to leave the signature out.

The body is hashed as it arrives and is not kept here, so that nobody can fill the memory with
what turns out not to be signed. That is why this is not left to the `standardwebhooks` library,
which wants the whole body, as text, and looks at the clock itself; the tests sign with it.

https://docs.gitlab.com/user/project/integrations/webhooks/
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

TOLERANCE = timedelta(minutes=5)
"""How far the time of a signature may be from ours, in either direction."""

_PREFIX = "whsec_"


class Check:
    """The verdict over one delivery, which may need its body first."""

    def __init__(self, hashes: Sequence[hmac.HMAC], signatures: Sequence[bytes]) -> None:
        self._hashes = hashes
        self._signatures = signatures

    def feed(self, chunk: bytes) -> None:
        """The next piece of the raw body."""
        for state in self._hashes:
            state.update(chunk)

    def passed(self) -> bool:
        """Whether one of our tokens made one of the signatures; ask after the whole body."""
        digests = [state.digest() for state in self._hashes]
        found = [hmac.compare_digest(d, s) for d in digests for s in self._signatures]
        return any(found)


class Trusted(Check):
    """The secret token was right: the body cannot change the verdict."""

    def __init__(self) -> None:
        super().__init__((), ())

    def passed(self) -> bool:
        """Always."""
        return True


class Authenticator:
    """Knows the secrets of the webhooks; several are valid at once, so that they can be replaced.

    `secrets` are secret tokens, `signing_tokens` look like `whsec_...`.
    """

    def __init__(self, secrets: Sequence[str] = (), signing_tokens: Sequence[str] = ()) -> None:
        if not all([*secrets, *signing_tokens]) or not (secrets or signing_tokens):
            raise ValueError("Without a webhook secret anybody could send deliveries.")
        self._secrets = [secret.encode() for secret in secrets]
        self._keys = [_key(token) for token in signing_tokens]

    def __repr__(self) -> str:
        return f"Authenticator({len(self._secrets)} secrets, {len(self._keys)} signing tokens)"

    def begin(self, headers: Mapping[str, str], now: datetime) -> Check | None:
        """What the headers say before the body is read; None: refused already.

        Header values are as ASGI servers give them: bytes read as Latin-1.
        """
        if self._keys:
            return self._signed(headers, now)
        given = headers.get("x-gitlab-token", "").encode("latin-1", "replace")
        right = [hmac.compare_digest(given, secret) for secret in self._secrets]
        return Trusted() if any(right) else None

    def _signed(self, headers: Mapping[str, str], now: datetime) -> Check | None:
        delivery, time = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
        signatures = list(_signatures(headers.get("webhook-signature", "")))
        if not (delivery and signatures and _is_fresh(time, now)):
            return None
        start = f"{delivery}.{time}.".encode("latin-1", "replace")
        return Check([hmac.new(key, start, hashlib.sha256) for key in self._keys], signatures)


def _key(token: str) -> bytes:
    """The key in a signing token: it is the decoded rest of it, not the text."""
    try:
        key = base64.b64decode(token.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not (key and token.startswith(_PREFIX)):
        raise ValueError(f"A signing token is {_PREFIX} and then base64.")
    return key


def _signatures(header: str) -> Iterator[bytes]:
    """`v1,<base64>`, several apart by spaces; other versions are left to others."""
    for part in header.split(" "):
        version, _, signature = part.partition(",")
        if version == "v1":
            try:
                yield base64.b64decode(signature, validate=True)
            except (binascii.Error, ValueError):
                continue


def _is_fresh(timestamp: str, now: datetime) -> bool:
    """Whether a time, in Unix seconds, is within the tolerance; an old one may be a replay."""
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12):  # noqa: PLR2004 -- enough for 30,000 years
        return False
    return abs(now.timestamp() - int(timestamp)) <= TOLERANCE.total_seconds()
