"""Where the program starts, and where its failures become messages.

No traceback reaches whoever types a command: an error of theirs is explained, one of ours named.
"""

import errno
import os
import signal
import sys
from io import UnsupportedOperation
from pathlib import Path

# The imports below take a moment. Ctrl-C ends them as it ends any program: without a word.
_on_interrupt = signal.getsignal(signal.SIGINT)
if _on_interrupt is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from bot.cli import app
from bot.domain.errors import PermanentError, TransientError, UserError
from bot.settings import Settings, SettingsError
from bot.telemetry import Redaction

signal.signal(signal.SIGINT, _on_interrupt)

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def main() -> None:
    """Run the command line and exit with its code."""
    if sys.stdout is None:  # whoever calls has closed it; what is printed would be lost in silence
        sys.stdout = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 -- until the end
    try:
        app(prog_name="launchbot")
    except (UserError, SettingsError, TransientError, PermanentError) as error:
        _leave(str(error))
    except Exception as error:
        if sys.flags.dev_mode:
            raise
        _leave(_told(error))


def _told(error: Exception) -> str:
    match error:
        case UnsupportedOperation():
            return "launchbot cannot write: standard output is closed."
        case OSError() if error.errno in _FULL:
            return f"launchbot cannot write: {error.strerror}."
    return (
        f"launchbot failed, and the fault is its own: {type(error).__name__}: {error}\n"
        "Please report it; `python -X dev -m bot ...` shows where it comes from."
    )


def _leave(message: str) -> None:
    sys.stderr.write(f"{Redaction(_secrets()).text(message)}\n")
    sys.exit(1)


def _secrets() -> tuple[str, ...]:
    """What a message must not show: libraries quote what they cannot use."""
    try:
        return Settings.load().secrets()
    except SettingsError:
        return ()


if __name__ == "__main__":
    main()
