"""What a rule finds in a case."""

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["holds", "waits", "fails"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether a rule holds; `why` says what is wrong and what to do, empty if nothing is."""

    outcome: Outcome
    why: str = ""


HOLDS = Finding("holds")


def waits(why: str) -> Finding:
    """Not yet, and not due yet."""
    return Finding("waits", why)


def fails(why: str) -> Finding:
    """Wrong; says what to do."""
    return Finding("fails", why)
