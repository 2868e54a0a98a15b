"""Where the program starts, and where its failures become messages.

No traceback reaches whoever types a command: an error of theirs is explained, one of ours named.
"""

import sys

from bot.cli import app
from bot.domain.errors import PermanentError, TransientError, UserError
from bot.settings import Settings, SettingsError
from bot.telemetry import Redaction


def main() -> None:
    """Run the command line and exit with its code."""
    try:
        app(prog_name="launchbot")
    except (UserError, SettingsError, TransientError, PermanentError) as error:
        _leave(str(error))
    except Exception as error:
        if sys.flags.dev_mode:
            raise
        _leave(
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
