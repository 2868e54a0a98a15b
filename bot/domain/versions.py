"""Versions, and which of two is the newer one.

It must not know how any product numbers its releases beyond numbers with dots.
"""

import re

PATTERN = (
    r"^v?[0-9]{1,9}(\.[0-9]{1,9}){1,3}"
    r"([-+][0-9A-Za-z.+-]{1,40}|\.[A-Za-z][0-9A-Za-z.+-]{0,39})?$"
)

_NUMBERS = re.compile(r"v?(\d+(?:\.\d+)*)(.*)", re.DOTALL)
_EARLY = re.compile(r"\b(?:rc|alpha|beta|pre|dev)", re.IGNORECASE)
_PARTS = 4


def is_version(text: str) -> bool:
    """Whether a text is a version, such as `1.2` or `v1.2.3-ee.0`."""
    return re.fullmatch(PATTERN, text) is not None


def is_final(text: str) -> bool:
    """Whether a text is a version, and not a candidate for one."""
    return is_version(text) and rank(text)[1]


def plain(version: str) -> str:
    """A version without the `v` before it, and without what is behind a plus."""
    return version.removeprefix("v").partition("+")[0] if is_version(version) else version


def is_newer(version: str, than: str) -> bool:
    """Whether a version is newer than another one; a candidate is older than its release."""
    return rank(version) > rank(than)


def rank(version: str) -> tuple[tuple[int, ...], bool]:
    """What orders versions; what is no version is the oldest of all."""
    match = _NUMBERS.match(version)
    if match is None:
        return (), False
    numbers = [int(part) for part in match[1].split(".")][:_PARTS]
    padded = (*numbers, *(0 for _ in range(_PARTS - len(numbers))))
    return padded, _EARLY.search(match[2]) is None
