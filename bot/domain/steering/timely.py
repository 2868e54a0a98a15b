"""Whether a command fits the state of a launch: paused, live and cancelled ones take few.

It must not ask who gives it; that is decided before.
"""

from bot.domain.commands.command import Command, code
from bot.domain.commands.table import VERBS
from bot.domain.observed import Observed
from bot.domain.record import Record
from bot.domain.steering.reasons import told

_WHILE_PAUSED = {"resume", "cancel"}


def objection(observed: Observed, record: Record, command: Command) -> str:
    """Why a command does not fit the state of the launch; empty if it does."""
    if not VERBS[command.verb].changes or record.state == "running":
        return ""
    if record.state == "paused":
        return "" if command.verb in _WHILE_PAUSED else _paused(observed, record)
    if command.verb == "start":
        return ""
    return f"The launch is {record.state}; nothing of it changes any more."


def _paused(observed: Observed, record: Record) -> str:
    deed, head = record.deeds.get("pause"), observed.installation.command
    by = f", by {told(deed, observed)}" if deed else ""
    return f"The launch is paused{by}. {code(f'/{head} resume')} goes on."
