"""The way into the database: opening, transactions, and errors in plain words.

It must not know what the tables mean.
A database that was deleted or replaced under a running process is opened anew:
everything in it may be lost, at any moment.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, Self

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    PoolProxiedConnection,
    Table,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import NoSuchModuleError, SQLAlchemyError

from bot.domain.errors import UserError
from bot.store import tables

BUSY_SECONDS = 5.0
"""How long a transaction waits for another process; GitLab waits ten seconds for an answer."""

BEGIN = "BEGIN IMMEDIATE"
"""Asks for the lock at once: who asks later can be refused without waiting."""

_APPLICATION_ID = 0x4C6E6362
"""Stands in the head of our SQLite files (https://www.sqlite.org/pragma.html)."""


class StoreError(UserError):
    """The database cannot be used: which one, why, and what to do about it."""


class Database:
    """An open database. Each method of its subclasses is one transaction, safe in any thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._file = _file(engine.url)
        self._inode = 0
        self._synchronous = "FULL"
        # SQLite has one writer; waiting in line is faster and fairer than its polling.
        self._turn: AbstractContextManager[Any] = threading.RLock() if self._file else nullcontext()
        self._prepare()

    @classmethod
    def open(cls, url: str) -> Self:
        """Open the database and create its tables.

        Raises:
            StoreError: It cannot be opened or written, or belongs to another program.
        """
        try:
            parsed = make_url(url)
        except (SQLAlchemyError, ValueError):
            raise StoreError(
                "The database URL cannot be read. "
                "Write it like sqlite:///launchbot.db or postgresql://host/name."
            ) from None
        try:
            return cls(_engine(parsed))
        except (SQLAlchemyError, ImportError) as error:
            raise _explained(parsed, error) from error

    def close(self) -> None:
        """Close the connections; the next call opens them again."""
        with self._turn:
            self._hang_up()

    def check(self) -> None:
        """Write something.

        Raises:
            StoreError: It cannot be written.
        """
        insert = self._insert(tables.pulse).values(id=1, beats=1)
        beat = {"beats": tables.pulse.c.beats + 1}
        with self._writing() as connection:
            connection.execute(insert.on_conflict_do_update(index_elements=["id"], set_=beat))

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._understood(), self._engine.connect() as connection:
            yield connection.execution_options(launchbot_reads=True)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._turn, self._understood(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _noting(self) -> Iterator[Connection]:
        """The same for what a power cut may undo: it survives us, but does not wait for the disk.

        https://www.sqlite.org/pragma.html#pragma_synchronous
        """
        with (
            self._turn,
            self._understood(),
            self._engine.connect() as connection,
            self._not_waiting(connection.connection),
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def _not_waiting(self, connection: PoolProxiedConnection) -> Iterator[None]:
        """Let the next transaction not wait for the disk."""
        if self._file is None:
            yield
            return
        connection.cursor().execute("PRAGMA synchronous=NORMAL")
        try:
            yield
        finally:
            connection.cursor().execute(f"PRAGMA synchronous={self._synchronous}")

    @contextmanager
    def _understood(self) -> Iterator[None]:
        try:
            if self._file is not None and self._inode != _inode(self._file):
                self._prepare()
            yield
        except (SQLAlchemyError, self._engine.dialect.loaded_dbapi.Error) as error:
            raise _explained(self._engine.url, error) from error

    def _insert(self, table: Table) -> "sqlite.Insert | postgresql.Insert":
        """An INSERT that knows ON CONFLICT, which both databases spell alike."""
        if self._engine.dialect.name == "sqlite":
            return sqlite.insert(table)
        return postgresql.insert(table)

    def _hang_up(self) -> None:
        """Close the connections. Only in turn: nobody may be in the middle of writing."""
        self._engine.dispose()

    def _prepare(self) -> None:
        with self._turn:
            self._hang_up()
            self._open()

    def _open(self) -> None:
        if self._file is not None:
            _create_private(self._file)
        with self._engine.begin() as connection:
            if self._file is not None:
                _claim_file(connection)
            tables.metadata.create_all(connection)
        if self._file is not None:
            _keep_a_log(self._engine)
        self._inode = _inode(self._file) if self._file is not None else 0


def _engine(url: URL) -> Engine:
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise StoreError(
            f"Launchbot cannot use {url.get_backend_name()} as its database. "
            "Use SQLite (sqlite:///launchbot.db) or PostgreSQL (postgresql://host/name)."
        )
    if url.get_backend_name() == "postgresql":
        return create_engine(url, pool_pre_ping=True)
    if _file(url) is None:
        raise StoreError("The database has to be a file: write sqlite:///launchbot.db.")
    arguments = {"isolation_level": None, "timeout": BUSY_SECONDS}
    engine = create_engine(url, connect_args=arguments, max_overflow=-1, pool_use_lifo=True)
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)
    return engine


def _configure(connection: sqlite3.Connection, _record: object) -> None:
    """FULL: what was answered survives a power cut."""
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _keep_a_log(engine: Engine) -> None:
    """WAL: readers do not wait. It changes the file, so only once the file is known as ours."""
    connection = engine.raw_connection()
    try:
        connection.cursor().execute("PRAGMA journal_mode=WAL").close()
    finally:
        connection.close()


def _begin(connection: Connection) -> None:
    """Writers ask for the lock at once: one that asks later can be refused without waiting.

    https://www.sqlite.org/lang_transaction.html
    """
    reads = connection.get_execution_options().get("launchbot_reads")
    connection.exec_driver_sql("BEGIN" if reads else BEGIN)


def _claim_file(connection: Connection) -> None:
    """Mark a new file as ours; refuse one of another program or version."""

    def number(sql: str) -> int:
        return int(connection.exec_driver_sql(sql).scalar_one())

    found = number("PRAGMA application_id"), number("PRAGMA user_version")
    if found == (_APPLICATION_ID, tables.VERSION):
        return
    name = connection.engine.url.database
    if found[0] == _APPLICATION_ID:
        raise StoreError(
            f"The database {name} was made by another version of Launchbot. "
            "Delete it: everything in it is read from GitLab again."
        )
    if found != (0, 0) or number("SELECT count(*) FROM sqlite_master"):
        raise StoreError(
            f"The database {name} belongs to another program. "
            "Name another file in LAUNCHBOT_DATABASE_URL."
        )
    connection.exec_driver_sql(f"PRAGMA application_id={_APPLICATION_ID}")
    connection.exec_driver_sql(f"PRAGMA user_version={tables.VERSION}")


def _file(url: URL) -> Path | None:
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database))


def _create_private(path: Path) -> None:
    """Make the file for nobody but us: names of confidential launches stand in it.

    SQLite gives its companions the same rights; why it cannot be made, SQLite says itself.
    """
    with suppress(OSError):
        path.touch(mode=0o600, exist_ok=False)


def _inode(path: Path) -> int:
    """Tells files apart; 0 where there is none."""
    try:
        return path.stat().st_ino
    except OSError:
        return 0


_DRIVER = "Install the driver: `pip install 'psycopg[binary]'`, or what else the URL names."
_CURES = {
    "unable to open database file": "Check that its folder exists and that we may write there.",
    "readonly database": "Check that we may write to the file and to its folder.",
    "not a database": "Delete it, or name another file in LAUNCHBOT_DATABASE_URL.",
    "malformed": "Delete it: everything in it is read from GitLab again.",
    "no such table": "Delete it: everything in it is read from GitLab again.",
    "disk is full": "Make room on its disk.",
    "disk I/O error": "Check its disk.",
    "locked": "Another program holds it: look whether a second Launchbot runs.",
}


def _explained(url: URL, error: Exception) -> StoreError:
    """The first line of the driver's message, without the statement and its values."""
    reason = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
    cure = next((cure for words, cure in _CURES.items() if words in reason), "")
    cure = _DRIVER if isinstance(error, ImportError | NoSuchModuleError) else cure
    # A query may hold a password, too.
    name = url.set(query={}).render_as_string(hide_password=True)
    return StoreError(f"The database {name} cannot be used: {reason}. {cure}".strip())
