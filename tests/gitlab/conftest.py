"""Worlds for the tests of the adapter."""

from collections.abc import Iterator

import pytest
import stamina

from bot.gitlab.client import Client
from tests.gitlab.world import World, new_world


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    """Reads are tried again at once, as often as else."""
    with stamina.set_testing(True, attempts=Client.ATTEMPTS, cap=True):
        yield


@pytest.fixture
def world() -> Iterator[World]:
    """A simulated GitLab with three projects and three people, and nothing asked for yet."""
    made = new_world()
    yield made
    made.network.close()
