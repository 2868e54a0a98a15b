"""Worlds for the tests of the adapter."""

from collections.abc import Iterator

import pytest

from tests.gitlab.world import World, new_world


@pytest.fixture
def world() -> Iterator[World]:
    """A simulated GitLab with three projects and three people, and nothing asked for yet."""
    made = new_world()
    yield made
    made.network.close()
