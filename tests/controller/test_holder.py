"""Who holds the lock, and whether that process has ended."""

import os
import subprocess
import sys

import pytest

from bot.controller import holder


def test_running_process_is_not_gone() -> None:
    """This one, and one that belongs to somebody else."""
    assert not holder.is_gone(holder.name())
    assert not holder.is_gone(holder.name().rpartition("/")[0] + "/1")


def test_ended_process_is_gone() -> None:
    """Its number is not in use any more."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert holder.is_gone(holder.name().replace(str(os.getpid()), str(ended.pid)))


@pytest.mark.parametrize("name", ["elsewhere/pid:[1]/1", "", "x", "//"])
def test_process_elsewhere_cannot_be_told(name: str) -> None:
    """Another machine or container has numbers of its own."""
    assert not holder.is_gone(name)


@pytest.mark.parametrize("pid", ["", "-1", "x", "9" * 30])
def test_number_that_is_none_cannot_be_told(pid: str) -> None:
    """A name that we did not write is left alone."""
    assert not holder.is_gone(f"{holder.name().rpartition('/')[0]}/{pid}")
