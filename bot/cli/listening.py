"""Why a port cannot be listened on, in words for the person who chose it."""

from bot.domain.errors import UserError


def cannot_listen(where: str, problem: OSError, setting: str) -> UserError:
    """The error; what Python adds about the address stands there already."""
    why = (problem.strerror or str(problem)).partition(" (while ")[0]
    return UserError(f"Cannot listen on {where}: {why}. Choose another with {setting}.")
