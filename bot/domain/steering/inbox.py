"""Which comments hold command lines that have not run, and how their answers are told apart.

A comment is known by when it was written and by whom, a line by its digest, so that nothing runs
twice, also after an edit, a move or the loss of the database.
It must not read the lines' meaning.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.commands import lines
from bot.domain.commands.lines import Line
from bot.domain.observed import Comment, Observed
from bot.domain.record import Record

MOST = 1000
"""Of so many comments is remembered what has run; older ones hold no commands any more."""

_ANSWER = "answer."


def is_answer(key: str) -> bool:
    """Whether a comment of ours is the reply to one with commands, by its key."""
    return key.startswith(_ANSWER)


@dataclass(frozen=True, slots=True)
class Letter:
    """A comment on a part, and its command lines that have not run."""

    part: str
    comment: Comment
    lines: tuple[Line, ...]

    @property
    def key(self) -> str:
        """The key of its answer; an edit with new lines has another."""
        known = "\0".join((self.comment.key, *(line.digest for line in self.lines)))
        return f"{_ANSWER}{hashlib.sha256(known.encode()).hexdigest()[:24]}"


def ran(known: Mapping[str, tuple[str, ...]], letter: Letter) -> dict[str, tuple[str, ...]]:
    """Which lines have run, with those of a letter; two comments may have one and the same key."""
    digests = tuple(line.digest for line in letter.lines)
    return {**known, letter.comment.key: (*known.get(letter.comment.key, ()), *digests)}


def letters(observed: Observed, record: Record | None) -> Iterator[Letter]:
    """What has not been heard, in the order in which it was written."""
    since, oldest = _since(observed, record), _oldest(record)
    written = [
        (comment.updated_at, comment.id, part, comment)
        for part, comments in observed.comments.items()
        for comment in comments
        if (since is None or comment.updated_at > since) and _written(comment.key) >= oldest
    ]
    for _, _, part, comment in sorted(written, key=lambda entry: entry[:2]):
        letter = Letter(part, comment, _fresh(observed, record, comment))
        if letter.lines and letter.key not in observed.answered:
            yield letter


def remembered(observed: Observed, record: Record) -> dict[str, tuple[str, ...]]:
    """The lines of comments that have run, also those that were only answered."""
    everything = replace(observed, answered=frozenset())
    known = dict(record.heard)
    for letter in letters(everything, record):
        if letter.key in observed.answered:
            known = ran(known, letter)
    return {key: known[key] for key in sorted(known, key=_written)[-MOST:]}


def _oldest(record: Record | None) -> int:
    """Since when comments must be written to be read: what ran before is not known any more."""
    known = record.heard if record else {}
    return min(map(_written, known)) if len(known) >= MOST else 0


def _written(key: str) -> int:
    """When a comment was written, by its key: milliseconds since 1970."""
    return int(key.partition(".")[0])


def _since(observed: Observed, record: Record | None) -> datetime | None:
    """From when on comments are for this launch; what was before a rebuilt record is not known."""
    known = [moment for moment in (observed.since, record and record.floor) if moment]
    return max(known, default=None)


def _fresh(observed: Observed, record: Record | None, comment: Comment) -> tuple[Line, ...]:
    known = record.heard.get(comment.key, ()) if record else ()
    found = lines.read(comment.body, observed.installation.command)
    return tuple(line for line in found if line.digest not in known)
