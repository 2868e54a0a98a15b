"""What the benchmark says about how it measures; the figures themselves no test depends on."""

import os
from collections.abc import Iterator

import pytest

from benchmarks import servers

pytestmark = pytest.mark.skipif(
    not hasattr(os, "sched_setaffinity"), reason="this system does not let processes choose cores"
)


@pytest.fixture(autouse=True)
def _cores() -> Iterator[None]:
    """Go back to the cores that were there before."""
    before = os.sched_getaffinity(0)
    servers.cores.cache_clear()
    yield
    os.sched_setaffinity(0, before)
    servers.cores.cache_clear()


def test_load_leaves_the_server_its_core() -> None:
    """Who stays away from a core does not see it any more; the server gets it all the same."""
    found = sorted(os.sched_getaffinity(0))
    servers.stay_away()
    assert os.sched_getaffinity(0) == {found[-1]}
    assert servers.cores() == (found[0], found[-1])
