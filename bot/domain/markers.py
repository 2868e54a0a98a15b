"""Hidden markers: how the bot recognises what it made, in text that anyone may copy or forge.

A marker is an HTML comment, invisible when rendered, signed with the installation's own keys.
No text of a user ever stands in one.
It must not decide what a marker means; the planner does.
"""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_NAME = r"[a-z0-9][a-z0-9_.-]{0,79}"
_START = "<!-- launchbot:v1 "
_MARKER = re.compile(
    rf"{_START}launch=(?P<launch>{_NAME}) part=(?P<part>{_NAME})"
    r"(?: issue=(?P<issue>[1-9][0-9]{0,18}))?"
    r"(?: key=(?P<key>[0-9a-f]{1,64}))?"
    r" sig=(?P<signature>[0-9a-f]{64}) -->"
)


@dataclass(frozen=True, slots=True)
class Keyring:
    """The installation's secret keys: the first signs, all verify."""

    keys: tuple[bytes, ...]

    def __repr__(self) -> str:
        return f"Keyring({len(self.keys)} keys)"

    def sign(self, text: str) -> str:
        """The signature of a text, in hex (HMAC-SHA256)."""
        return _signature(self.keys[0], text)

    def verify(self, text: str, signature: str) -> bool:
        """Whether any of the keys made this signature of the text."""
        return any(hmac.compare_digest(_signature(key, text), signature) for key in self.keys)

    def digest(self, *values: str) -> str:
        """A short keyed digest that tells values apart and does not give them away.

        Upper case, spaces and the ways to write one letter make no difference.
        """
        return _digest(self.keys[0], values)

    def matches(self, digest: str | None, *values: str) -> bool:
        """Whether any of the keys made this digest of the values."""
        return any(_digest(key, values) == digest for key in self.keys)


@dataclass(frozen=True, slots=True)
class Marker:
    """Says: this thing is part `part` of launch `launch`.

    `issue` is the global id of the issue that it stands on, once that is known;
    `key` is the digest of the inputs that tell launches apart, on a root issue.
    """

    launch: str
    part: str
    issue: int | None = None
    key: str | None = None

    def render(self, keyring: Keyring) -> str:
        """The marker as text to put into a description or a note."""
        words = [f"launch={self.launch}", f"part={self.part}"]
        words += [] if self.issue is None else [f"issue={self.issue}"]
        words += [] if self.key is None else [f"key={self.key}"]
        return f"<!-- launchbot:v1 {' '.join(words)} sig={keyring.sign(self.signed())} -->"

    def signed(self) -> str:
        """The text that the signature covers."""
        return f"marker\0{self.launch}\0{self.part}\0{self.issue or ''}\0{self.key or ''}"


def _digest(key: bytes, values: Iterable[str]) -> str:
    return _signature(key, "\0".join(["digest", *(_folded(value) for value in values)]))[:32]


def find(text: str, keyring: Keyring) -> Iterator[Marker]:
    """Every marker in a text whose signature verifies, in order."""
    for match in _matches(text):
        issue = match["issue"]
        marker = Marker(match["launch"], match["part"], int(issue) if issue else None, match["key"])
        if keyring.verify(marker.signed(), match["signature"]):
            yield marker


def _matches(text: str) -> Iterator[re.Match[str]]:
    """Every marker by its form. To search for fixed words takes a tenth of what a pattern takes."""
    at = text.find(_START)
    while at >= 0:
        match = _MARKER.match(text, at)
        if match:
            yield match
        at = text.find(_START, match.end() if match else at + 1)


def first(text: str, keyring: Keyring) -> Marker | None:
    """The first marker in a text whose signature verifies."""
    return next(find(text, keyring), None)


def _folded(value: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", value).casefold().split())


def _signature(key: bytes, text: str) -> str:
    # JSON may hold half a surrogate pair, which UTF-8 has no bytes for.
    return hmac.new(key, text.encode(errors="surrogatepass"), hashlib.sha256).hexdigest()
