"""What is executed for every delivery: statements that are written once, run by the driver alone.

To put a statement together anew, and to give it to SQLAlchemy, takes several times as long as the
database does, and more than that on a core that was at rest.
It must not know what the statements say.
"""

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import (
    JSON,
    ClauseElement,
    ColumnElement,
    PoolProxiedConnection,
    Text,
    bindparam,
    cast,
    func,
)
from sqlalchemy.dialects import sqlite

from bot.store import tables
from bot.store.database import BEGIN, Database

Run = Callable[[str, Mapping[str, Any]], Sequence[Sequence[Any]]]
"""Executes a written statement with its values, and gives its rows."""


class Driver(Database):
    """A database with statements of that kind."""

    # The one connection to SQLite, while it is open.
    _own: PoolProxiedConnection | None = None

    def _texts(self) -> ColumnElement[str]:
        """The texts that a statement is given as `texts`, one in each row.

        They are handed over as one JSON text: to bind row by row takes longer than to insert them.
        """
        listed = bindparam("texts", type_=Text)
        if self._engine.dialect.name == "sqlite":
            return func.json_each(listed).table_valued("value").c.value
        return func.json_array_elements_text(cast(listed, JSON)).column_valued("value")

    def _written(self, statement: ClauseElement) -> str:
        """A statement as the driver takes it, with its values by name."""
        if self._engine.dialect.name == "sqlite":
            return str(statement.compile(dialect=sqlite.dialect(paramstyle="named")))
        return str(statement.compile(dialect=self._engine.dialect))

    @cached_property
    def _moment(self) -> Callable[[datetime], Any]:
        """How the driver is given a time."""
        dialect = self._engine.dialect
        return tables.Instant().dialect_impl(dialect).bind_processor(dialect) or _as_it_is

    @cached_property
    def _time(self) -> Callable[[Any], datetime]:
        """A time as the driver gives it."""
        dialect = self._engine.dialect
        instant: Any = tables.Instant().dialect_impl(dialect)
        read: Callable[[Any], datetime] | None = instant.result_processor(dialect, None)
        return read or _as_it_is

    @contextmanager
    def _driving(self, *, durably: bool) -> Iterator[Run]:
        """A transaction of written statements; a power cut undoes it unless it is durable."""
        with (
            self._turn,
            self._understood(),
            self._line() as connection,
            nullcontext() if durably else self._not_waiting(connection),
        ):
            yield from self._transaction(connection)

    def _line(self) -> AbstractContextManager[PoolProxiedConnection]:
        """A connection of the pool; for SQLite, which has one writer, always the same.

        To borrow one and to give it back takes as long as a small transaction.
        """
        if self._file is None:
            return closing(self._engine.raw_connection())
        if self._own is None:
            self._own = self._engine.raw_connection()
        return nullcontext(self._own)

    def _hang_up(self) -> None:
        if self._own is not None:
            self._own.invalidate()
            self._own = None
        super()._hang_up()

    def _transaction(self, connection: PoolProxiedConnection) -> Iterator[Run]:
        run = functools.partial(_rows, connection)
        try:
            if self._file is not None:
                run(BEGIN, {})
            yield run
            connection.commit()
        finally:
            connection.rollback()

    def _found(self, written: str, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """The rows that one written statement finds."""
        with self._understood(), closing(self._engine.raw_connection()) as connection:
            return _rows(connection, written, values)


def _as_it_is(at: datetime) -> datetime:
    return at


def _rows(
    connection: PoolProxiedConnection, written: str, values: Mapping[str, Any]
) -> Sequence[Sequence[Any]]:
    cursor = connection.cursor()
    cursor.execute(written, values)
    return cursor.fetchall() if cursor.description else ()
