"""Deliveries that are kept together."""

import asyncio
import threading
from collections.abc import Sequence

import pytest

from bot.web import batches
from bot.web.batches import Batches, Delivery


class End(BaseException):
    """Not an `Exception`: what ends a process or a task."""


class Kept:
    """A store that waits until it may go on, and notes what it was given in one go."""

    def __init__(self) -> None:
        self.rounds: list[list[str | None]] = []
        self.may_go_on = threading.Event()

    def accept_all(self, heard: Sequence[Delivery]) -> list[bool]:
        """Everything is new but `again`; `bad` makes all of it fail, and `last` is the end."""
        self.may_go_on.wait(10)
        ids = [identity for identity, _ in heard]
        self.rounds.append(ids)
        if "bad" in ids:
            raise OSError("the disk is full")
        if "last" in ids:
            raise End
        return [identity != "again" for identity in ids]


async def outcomes(kept: Kept, *ids: str) -> list[bool | BaseException]:
    """What comes of deliveries of which all arrive while the first is being written."""
    joined = Batches(kept.accept_all)
    tasks = [joined.accept((identity, ("launch:a",))) for identity in ids]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    kept.may_go_on.set()
    return await asyncio.gather(*tasks, return_exceptions=True)


def test_what_arrives_during_a_transaction_goes_into_the_next() -> None:
    """Each of many waits for two transactions at most, not for one of everybody before it."""
    kept = Kept()
    assert asyncio.run(outcomes(kept, "a", "b", "again", "c")) == [True, True, False, True]
    assert sorted(str(one) for together in kept.rounds for one in together) == [
        "a",
        "again",
        "b",
        "c",
    ]
    assert len(kept.rounds) <= 2


def test_no_transaction_grows_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """The others wait for the one after it."""
    monkeypatch.setattr(batches, "MOST", 2)
    kept = Kept()
    assert asyncio.run(outcomes(kept, "a", "b", "c", "d", "e")) == [True] * 5
    assert max(map(len, kept.rounds)) == 2


def test_each_hears_that_a_transaction_failed() -> None:
    """None of it was stored, and none may be answered as if it were."""
    found = asyncio.run(outcomes(Kept(), "a", "bad", "c"))
    assert "the disk is full" in [str(problem) for problem in found]
    assert all(isinstance(problem, OSError) or problem is True for problem in found)


def test_each_hears_of_the_end() -> None:
    """Whoever was not told would wait for ever."""
    found = asyncio.run(asyncio.wait_for(outcomes(Kept(), "a", "last"), 10))
    assert any(isinstance(problem, End) for problem in found)


def test_whoever_hangs_up_holds_up_nobody() -> None:
    """A cancelled delivery is stored all the same."""

    async def cancelled() -> list[bool | BaseException]:
        kept = Kept()
        joined = Batches(kept.accept_all)
        first = joined.accept(("a", ()))
        second = joined.accept(("b", ()))
        await asyncio.sleep(0.01)
        first.cancel()
        kept.may_go_on.set()
        return [*await asyncio.gather(first, second, return_exceptions=True)]

    found = asyncio.run(cancelled())
    assert isinstance(found[0], asyncio.CancelledError)
    assert found[1] is True


def test_transaction_may_fail_for_somebody_who_hung_up() -> None:
    """There is nobody to tell, and the next delivery finds everything in order."""

    async def failed() -> bool:
        kept = Kept()
        joined = Batches(kept.accept_all)
        first = joined.accept(("bad", ()))
        await asyncio.sleep(0.01)
        first.cancel()
        kept.may_go_on.set()
        await asyncio.gather(first, return_exceptions=True)
        return await joined.accept(("good", ()))

    assert asyncio.run(failed()) is True


def test_next_loop_does_not_wait_for_one_that_has_ended() -> None:
    """What the last loop left behind in the middle of a transaction holds up nobody."""
    kept = Kept()
    joined = Batches(kept.accept_all)

    async def accepted(identity: str, seconds: float) -> bool:
        return await asyncio.wait_for(joined.accept((identity, ())), seconds)

    with pytest.raises(TimeoutError):
        asyncio.run(accepted("a", 0.01))
    kept.may_go_on.set()
    assert asyncio.run(accepted("b", 10)) is True
