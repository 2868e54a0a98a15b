"""Who holds the installation's lock: a name that tells processes apart, also after a crash.

A process that was killed leaves its lock behind. Its successor on the same machine can see that
it is gone, and does not have to wait until the lock runs out.
"""

import os
import socket
from pathlib import Path

_NAMESPACE = Path("/proc/self/ns/pid")


def name() -> str:
    """This process: machine, process namespace (containers have their own) and number."""
    return f"{_place()}/{os.getpid()}"


def is_gone(holder: str) -> bool:
    """Whether a holder is known to have ended; False where that cannot be told from here."""
    place, _, pid = holder.rpartition("/")
    if place != _place() or not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False


def _place() -> str:
    namespace = _NAMESPACE.readlink() if _NAMESPACE.is_symlink() else ""
    return f"{socket.gethostname()}/{namespace}"
