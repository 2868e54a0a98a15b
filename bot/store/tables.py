"""The tables, and how a time is kept in them.

Everything in them may be lost: GitLab holds the state, and a deleted database is filled again.
So there is no migration: a file of another version is refused, and its owner deletes it.
No secret may stand in a table, and the text of a user only in `records`, which may be confidential.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.types import TypeDecorator, TypeEngine

VERSION = 2
"""Raised with every change of a table, so that an older file is refused and not misread."""


class Instant(TypeDecorator[datetime]):
    """A point in time: aware in Python, in UTC in the database.

    SQLite has no time zones and would drop one silently, so a naive time is refused.
    """

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime]:
        """The database's own type, with a time zone where it has one."""
        return dialect.type_descriptor(DateTime(timezone=dialect.name != "sqlite"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Towards the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a time zone says nothing")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Out of the database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


metadata = MetaData()

queue = Table(
    "queue",
    metadata,
    Column("key", String(255), primary_key=True),
    Column("due", Instant, nullable=False),
    # Counts touches and claims, so that a claim knows whether it is still the last word.
    Column("generation", BigInteger, nullable=False),
    # The generation that a worker holds; none: nobody works on it.
    Column("claimed", BigInteger),
    Column("claimed_at", Instant),
    Column("attempts", Integer, nullable=False),
    Column("faults", Integer, nullable=False),
    Column("dead", Boolean, nullable=False),
    Column("error", Text),
    Index("queue_by_due", "dead", "due"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", String(255), primary_key=True),
    Column("at", Instant, nullable=False, index=True),
)

audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("launch", String(255), nullable=False, index=True),
    Column("at", Instant, nullable=False, index=True),
    Column("action", Text, nullable=False),
    Column("reason", Text, nullable=False),
)

launches = Table(
    "launches",
    metadata,
    Column("launch", String(255), primary_key=True),
    Column("process", String(255), nullable=False),
    Column("root_project", BigInteger, nullable=False),
    Column("root_iid", BigInteger, nullable=False),
    Column("status_note", BigInteger),
    Column("state", String(255), nullable=False),
    Column("looked", Text, nullable=False),
)

definitions = Table(
    "definitions",
    metadata,
    Column("sha", String(64), primary_key=True),
    Column("text", Text, nullable=False),
)

# A copy of what the status note holds, for when somebody deletes or breaks that.
records = Table(
    "records",
    metadata,
    Column("launch", String(255), primary_key=True),
    Column("text", Text, nullable=False),
)

# A write whose answer was lost may still be done, also when we were started again.
rests = Table(
    "rests",
    metadata,
    Column("lane", String(255), primary_key=True),
    Column("until", Instant, nullable=False),
)

watermarks = Table(
    "watermarks",
    metadata,
    Column("project", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
)

writer = Table(
    "writer",
    metadata,
    # One row: the installation has one writer.
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("holder", String(255), nullable=False),
    Column("until", Instant, nullable=False),
)

pulse = Table(
    "pulse",
    metadata,
    # One row, counted up to see whether a write comes through.
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("beats", BigInteger, nullable=False),
)
