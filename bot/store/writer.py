"""The installation's lock: one process writes to GitLab, and the others know which.

It is a lease: who does not renew it has lost it, so that nobody waits for the dead.
It must not start or stop anything; its holder looks whether it still has it.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select

from bot.store.database import Database
from bot.store.tables import writer


class Writer(Database):
    """The lock of the one writer."""

    def acquire(self, holder: str, now: datetime, ttl: timedelta) -> bool:
        """Take the lock, or renew it, until `now + ttl`; False if somebody else has it."""
        mine = {"holder": holder, "until": now + ttl}
        free = or_(writer.c.holder == holder, writer.c.until <= now)
        new = self._insert(writer).values(id=1, **mine)
        taken = new.on_conflict_do_update(index_elements=["id"], set_=mine, where=free)
        with self._writing() as connection:
            return connection.execute(taken.returning(writer.c.id)).first() is not None

    def release(self, holder: str) -> None:
        """Give the lock back; nothing happens if somebody else has it."""
        with self._writing() as connection:
            connection.execute(delete(writer).where(writer.c.holder == holder))

    def holder(self, now: datetime) -> str | None:
        """Who has the lock."""
        with self._reading() as connection:
            return connection.execute(select(writer.c.holder).where(writer.c.until > now)).scalar()
