"""The queue: which keys are due, and which deliveries were heard before.

A key stands in it once, however often it is touched: what is to be done is read from GitLab.
It must not know what a key means or what is done about it.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import chain
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    and_,
    bindparam,
    case,
    delete,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    update,
)

from bot.store.driver import Driver, Run
from bot.store.tables import Instant, deliveries, queue

_touched_in_work = and_(queue.c.claimed.is_not(None), queue.c.claimed != queue.c.generation)
_at = bindparam("at", type_=Instant)
_one, _none = literal_column("1", Integer), literal_column("0", Integer)
_BITS = 48
"""A key that comes back begins with another generation, so that no claim of before fits."""

_waiting = and_(queue.c.claimed.is_(None), queue.c.dead.is_(False))


@dataclass(frozen=True, slots=True)
class Claim:
    """A key that a worker holds: nobody else gets it until it is finished, failed or released.

    `attempts` counts the failures since it last went well, `faults` those that were ours.
    """

    key: str
    generation: int
    attempts: int = 0
    faults: int = 0


@dataclass(frozen=True, slots=True)
class Dead:
    """A key that is not tried again until something touches it, and why."""

    key: str
    attempts: int
    error: str


class Queue(Driver):
    """Keys with the time when they are due.

    A claim that a power cut undoes, or the end of one, only brings its key back once more.
    """

    def accept(self, delivery_id: str | None, keys: Sequence[str], now: datetime) -> bool:
        """Note a delivery and queue what it changed, both or neither; False if heard before.

        When it returns, the keys survive a power cut.
        """
        return self.accept_all([(delivery_id, keys)], now)[0]

    def accept_all(
        self, heard: Sequence[tuple[str | None, Sequence[str]]], now: datetime
    ) -> list[bool]:
        """The same for several deliveries in one transaction; of each, whether it was new."""
        with self._driving(durably=True) as run:
            fresh = self._note(run, {i[:255] for i, _ in heard if i is not None}, now)
            new = [_is_new(identity, fresh) for identity, _ in heard]
            touched = (keys for (_, keys), is_new in zip(heard, new, strict=True) if is_new)
            self._touch(run, set(chain.from_iterable(touched)), now)
        return new

    def enqueue(self, key: str, due: datetime, now: datetime) -> None:
        """Queue a key; of two times the earlier wins, and no time before `now` counts.

        A key that is in work runs once more, and a dead one gets a new life.
        """
        with self._driving(durably=True) as run:
            self._touch(run, {key}, max(due, now))

    def _note(self, run: Run, ids: set[str], now: datetime) -> set[str]:
        """Keep the ids of deliveries; those that were not there yet."""
        if not ids:
            return set()
        noted = {"texts": json.dumps(sorted(ids)), "at": self._moment(now)}
        return {row[0] for row in run(self._new_deliveries, noted)}

    def _touch(self, run: Run, keys: set[str], due: datetime) -> None:
        if keys:
            touched = {"texts": json.dumps(sorted(keys)), "at": self._moment(due)}
            run(self._touched_keys, {**touched, "generation": secrets.randbits(_BITS)})

    @cached_property
    def _new_deliveries(self) -> str:
        rows = select(self._texts(), _at).where(true())
        new = self._insert(deliveries).from_select(["id", "at"], rows)
        return self._written(new.on_conflict_do_nothing().returning(deliveries.c.id))

    @cached_property
    def _touched_keys(self) -> str:
        row: dict[str, ColumnElement[Any]] = {
            "key": self._texts(),
            "due": _at,
            "generation": bindparam("generation", type_=BigInteger),
            "attempts": _none,
            "faults": _none,
            "dead": false(),
        }
        new = self._insert(queue).from_select([*row], select(*row.values()).where(true()))
        # The due time of a claim is being served: only touches since then count.
        served = or_(queue.c.dead, queue.c.claimed == queue.c.generation)
        due = new.excluded.due
        again = {
            "due": case((served, due), else_=_earlier(queue.c.due, due)),
            "generation": queue.c.generation + _one,
            "attempts": case((queue.c.dead, _none), else_=queue.c.attempts),
            "faults": case((queue.c.dead, _none), else_=queue.c.faults),
            "dead": false(),
        }
        return self._written(new.on_conflict_do_update(index_elements=["key"], set_=again))

    def claim(self, now: datetime) -> Claim | None:
        """Take the key that has been due for longest and that nobody works on."""
        with self._driving(durably=False) as run:
            rows = run(self._claimed, {"at": self._moment(now)})
        return Claim(*rows[0]) if rows else None

    @cached_property
    def _claimed(self) -> str:
        oldest = (
            select(queue.c.key)
            .where(_waiting, queue.c.due <= _at)
            .order_by(queue.c.due, queue.c.key)
            .limit(_one)
            .offset(_none)
            .with_for_update(skip_locked=True)
        )
        # Each claim has a generation of its own, so that one from before a crash counts no more.
        claimed = queue.c.generation + _one
        return self._written(
            update(queue)
            .where(queue.c.key == oldest.scalar_subquery(), queue.c.claimed.is_(None))
            .values(generation=claimed, claimed=claimed, claimed_at=_at)
            .returning(queue.c.key, queue.c.generation, queue.c.attempts, queue.c.faults)
        )

    def finish(self, claim: Claim, now: datetime, again_at: datetime | None) -> None:
        """It went well: forget the key, or come back later.

        Touched meanwhile, it is due as the touch said.
        """
        forget = delete(queue).where(_held(claim), ~_touched_in_work)
        done = update(queue).where(_held(claim))
        with self._noting() as connection:
            if again_at is None and connection.execute(forget).rowcount:
                return
            connection.execute(
                done.values(
                    due=_next_due(None if again_at is None else max(again_at, now)),
                    claimed=None,
                    claimed_at=None,
                    attempts=0,
                    faults=0,
                    error=None,
                )
            )

    def fail(
        self, claim: Claim, error: str, retry_at: datetime | None, *, fault: bool = False
    ) -> None:
        """It went wrong: try again at a time, or with None not before something touches it.

        Touched meanwhile, it is due as the touch said, or at `retry_at` if that is earlier.
        """
        failed = update(queue).where(_held(claim))
        with self._noting() as connection:
            connection.execute(
                failed.values(
                    due=_next_due(retry_at),
                    claimed=None,
                    claimed_at=None,
                    attempts=queue.c.attempts + 1,
                    faults=queue.c.faults + int(fault),
                    dead=~_touched_in_work if retry_at is None else False,
                    error=error,
                )
            )

    def release_all(self) -> None:
        """Free what a killed process had claimed; it is due again. Only for the one writer."""
        due = _earlier(queue.c.due, queue.c.claimed_at)
        freed = update(queue).where(queue.c.claimed.is_not(None))
        with self._writing() as connection:
            connection.execute(freed.values(due=due, claimed=None, claimed_at=None))

    def next_due(self) -> datetime | None:
        """When the next key that nobody works on is due, be it in the past."""
        with self._reading() as connection:
            return connection.execute(select(func.min(queue.c.due)).where(_waiting)).scalar()

    def depth(self) -> int:
        """How many keys wait, for now or for later, or are in work."""
        with self._reading() as connection:
            alive = select(func.count()).select_from(queue).where(queue.c.dead.is_(False))
            return connection.execute(alive).scalar_one()

    def dead(self) -> list[Dead]:
        """The keys that are not tried again until something touches them."""
        dead = select(queue.c.key, queue.c.attempts, queue.c.error).where(queue.c.dead)
        with self._reading() as connection:
            return [Dead(*row) for row in connection.execute(dead.order_by(queue.c.key))]

    def stuck(self, beyond: datetime) -> list[str]:
        """The dead keys, and those that failed and are not due before a time."""
        late = and_(queue.c.attempts > 0, queue.c.due > beyond)
        stuck = select(queue.c.key).where(or_(queue.c.dead, late)).order_by(queue.c.key)
        with self._reading() as connection:
            return [*connection.execute(stuck).scalars()]


def _is_new(identity: str | None, fresh: set[str]) -> bool:
    """Whether a delivery was not heard before; the second of a pair in one batch was."""
    if identity is None:
        return True
    is_new = identity[:255] in fresh
    fresh.discard(identity[:255])
    return is_new


def _held(claim: Claim) -> ColumnElement[bool]:
    """Whether the claim still holds: it was neither released nor taken by another."""
    return and_(queue.c.key == claim.key, queue.c.claimed == claim.generation)


def _next_due(again_at: datetime | None) -> ColumnElement[datetime]:
    if again_at is None:
        return queue.c.due.expression
    earlier = _earlier(queue.c.due, again_at)
    return case((_touched_in_work, earlier), else_=literal(again_at, Instant))


def _earlier(
    one: ColumnElement[datetime], other: ColumnElement[datetime] | datetime
) -> ColumnElement[datetime]:
    second = literal(other, Instant) if isinstance(other, datetime) else other
    return case((one <= second, one), else_=second)
