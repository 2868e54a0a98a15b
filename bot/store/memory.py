"""What the bot would otherwise have to read from GitLab again: audit, launches, definitions.

It must not be taken for the truth: whoever reads it must do without.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import bindparam, delete, select

from bot.store.driver import Driver
from bot.store.tables import audit, definitions, deliveries, launches, records, rests, watermarks


@dataclass(frozen=True, slots=True)
class LaunchEntry:
    """Where a launch lives: its root issue, and the note that holds its record.

    `looked` says, as JSON, when the comments on its issues were read.
    """

    launch: str
    process: str
    root_project: int
    root_iid: int
    status_note: int | None
    state: str
    looked: str = "[]"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Something that the bot did, and why."""

    launch: str
    at: datetime
    action: str
    reason: str


class Memory(Driver):
    """Tables that are filled again from GitLab when they are lost."""

    def audit(self, launch: str, at: datetime, action: str, reason: str) -> None:
        """Note something that the bot did."""
        row = {"launch": launch, "at": at, "action": action, "reason": reason}
        with self._writing() as connection:
            connection.execute(self._insert(audit).values(row))

    def audits(self, launch: str) -> list[AuditEntry]:
        """What the bot did for a launch, in order."""
        rows = select(audit.c.launch, audit.c.at, audit.c.action, audit.c.reason)
        with self._reading() as connection:
            found = connection.execute(rows.where(audit.c.launch == launch).order_by(audit.c.id))
            return [AuditEntry(*row) for row in found]

    def remember(self, entry: LaunchEntry) -> None:
        """Keep where a launch lives, in place of what was kept before."""
        row = asdict(entry)
        new = self._insert(launches).values(row)
        with self._writing() as connection:
            connection.execute(new.on_conflict_do_update(index_elements=["launch"], set_=row))

    def recall(self, launch: str) -> LaunchEntry | None:
        """Where a launch lives, if that was kept."""
        rows = self._found(self._where_it_lives, {"launch": launch})
        return LaunchEntry(*rows[0]) if rows else None

    @cached_property
    def _where_it_lives(self) -> str:
        return self._written(select(launches).where(launches.c.launch == bindparam("launch")))

    def launches(self) -> list[LaunchEntry]:
        """Where every launch lives that was kept."""
        with self._reading() as connection:
            rows = connection.execute(select(launches).order_by(launches.c.launch))
            return [LaunchEntry(*row) for row in rows]

    def keep_definition(self, sha: str, text: str) -> None:
        """Keep the compiled definition with this SHA-256."""
        new = self._insert(definitions).values(sha=sha, text=text)
        with self._writing() as connection:
            connection.execute(new.on_conflict_do_nothing())

    def definition(self, sha: str) -> str | None:
        """The compiled definition with this SHA-256, if it was kept; the caller verifies it."""
        with self._reading() as connection:
            kept = select(definitions.c.text).where(definitions.c.sha == sha)
            return connection.execute(kept).scalar()

    def keep_record(self, launch: str, text: str) -> None:
        """Keep a copy of a launch's record, in place of an older one."""
        row = {"launch": launch, "text": text}
        new = self._insert(records).values(row)
        with self._writing() as connection:
            connection.execute(new.on_conflict_do_update(index_elements=["launch"], set_=row))

    def record(self, launch: str) -> str | None:
        """The copy of a launch's record, if it was kept."""
        with self._reading() as connection:
            kept = select(records.c.text).where(records.c.launch == launch)
            return connection.execute(kept).scalar()

    def rest(self, lane: str, until: datetime) -> None:
        """Note that something is to be left alone until a time."""
        with self._writing() as connection:
            new = self._insert(rests).values(lane=lane, until=until)
            connection.execute(
                new.on_conflict_do_update(index_elements=["lane"], set_={"until": until})
            )

    def rests_until(self, lane: str) -> datetime | None:
        """Until when something is to be left alone; the time may have passed."""
        rows = self._found(self._rest, {"lane": lane})
        return self._time(rows[0][0]) if rows else None

    @cached_property
    def _rest(self) -> str:
        return self._written(select(rests.c.until).where(rests.c.lane == bindparam("lane")))

    def set_watermark(self, project: int, at: datetime) -> None:
        """Note that everything that changed in a project before a time has been seen."""
        new = self._insert(watermarks).values(project=project, at=at)
        with self._writing() as connection:
            connection.execute(
                new.on_conflict_do_update(index_elements=["project"], set_={"at": at})
            )

    def watermark(self, project: int) -> datetime | None:
        """Up to when changes in a project have been seen."""
        with self._reading() as connection:
            seen = select(watermarks.c.at).where(watermarks.c.project == project)
            return connection.execute(seen).scalar()

    def prune(self, before: datetime, audits_before: datetime | None = None) -> None:
        """Forget old deliveries, and old audit rows, which may be kept for longer."""
        with self._writing() as connection:
            connection.execute(delete(deliveries).where(deliveries.c.at < before))
            connection.execute(delete(rests).where(rests.c.until < before))
            connection.execute(delete(audit).where(audit.c.at < (audits_before or before)))
