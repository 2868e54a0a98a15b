"""What is sent to the `/simulator/...` paths: anything else is a 400, and nothing happens.

Unlike GitLab they know no parameter that they do not expect, so that no typo is silent.
"""

from datetime import UTC, datetime, timedelta
from typing import Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator, model_validator

from bot.simulator.errors import invalid
from bot.simulator.routing import Call
from bot.simulator.text import parse_moment

_FIRST, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(3000, 1, 1, tzinfo=UTC)
_LONGEST = (_LAST - _FIRST).total_seconds()


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


_Sent = TypeVar("_Sent", bound=BaseModel)


class NewTime(_Body):
    """A moment in ISO 8601."""

    now: datetime

    @field_validator("now", mode="before")
    @classmethod
    def _read(cls, now: object) -> datetime:
        try:
            return parse_moment(str(now))
        except (ValueError, OverflowError):
            raise ValueError(f"{now} is no time in ISO 8601") from None


class Step(_Body):
    """How far time moves on, or back."""

    seconds: float = 0
    minutes: float = 0
    hours: float = 0
    days: float = 0

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("one of seconds, minutes, hours and days is needed")
        if not abs(self._in_seconds()) <= _LONGEST:
            raise ValueError("that is too far")
        return self

    def _in_seconds(self) -> float:
        return self.seconds + 60 * (self.minutes + 60 * (self.hours + 24 * self.days))

    @property
    def length(self) -> timedelta:
        """All of it together."""
        return timedelta(seconds=self._in_seconds())


class NewTier(_Body):
    """A licence."""

    tier: Literal["free", "premium"]


class NewJob(_Body):
    """For whom a job starts, and in which project, by its number."""

    project: int
    username: str


class Outcome(_Body):
    """What becomes of a job."""

    status: Literal["running", "success", "failed"] = "success"


def read(call: Call, kind: type[_Sent]) -> _Sent:
    """What was sent, in this form; else 400 with what is wrong with it."""
    try:
        return kind.model_validate(call.params.values)
    except ValidationError as error:
        wrong = [_said(entry["loc"], entry["msg"]) for entry in error.errors()]
        raise invalid("; ".join(wrong)) from None


def _said(place: tuple[int | str, ...], text: str) -> str:
    text = text.removeprefix("Value error, ")
    return f"{'.'.join(map(str, place))}: {text}" if place else text


def within_reach(moment: datetime) -> datetime:
    """A moment that the clock may be set to: dates that are counted from it are dates, too."""
    if not _FIRST <= moment < _LAST:
        raise invalid("The clock goes from 1970 to 2999")
    return moment
