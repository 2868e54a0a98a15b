"""The three ways in which things go wrong that are no fault of the program itself.

Any other exception is a fault of ours.
These classes carry text for people; they must not carry secrets.
"""


class UserError(Exception):
    """What a person asked for cannot be done as asked.

    The text is for that person: it says what is wrong, where, and what to do next.
    """


class TransientError(Exception):
    """It did not work now and may work later: come back, with growing delay.

    `retry_after` is in seconds, where the other side or the case says how long to wait.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class PermanentError(Exception):
    """It will not work until something changes: say so once, and wait for a change."""
