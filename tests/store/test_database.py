"""Opening a database, losing it, and what is said when it cannot be used."""

import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import ClauseElement, Connection, CursorResult, create_mock_engine, event
from sqlalchemy.engine import IteratorResult
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.schema import CreateTable

from bot.domain.errors import UserError
from bot.store import tables
from bot.store.database import StoreError
from bot.store.driver import Run
from bot.store.memory import LaunchEntry
from bot.store.queue import Claim
from bot.store.store import Store
from bot.telemetry import Redaction

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the database is."""
    return tmp_path / "launchbot.db"


@pytest.fixture
def store(file: Path) -> Iterator[Store]:
    """A store in a new file."""
    opened = Store.open(f"sqlite:///{file}")
    yield opened
    opened.close()


def pragma(store: Store, name: str) -> Any:
    """What a connection of the store says about itself."""
    with store._reading() as connection:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


def waits_for_the_disk(store: Store) -> bool:
    """Whether the next transaction survives a power cut, on each of the connections."""
    with store._driving(durably=True) as run:
        return {run("PRAGMA synchronous", {})[0][0], pragma(store, "synchronous")} == {2}


def refused(url: str) -> str:
    """Why a database cannot be opened."""
    with pytest.raises(StoreError) as caught:
        Store.open(url)
    assert isinstance(caught.value, UserError)
    return str(caught.value)


def test_file_is_for_nobody_else(store: Store, file: Path) -> None:
    """Its companions neither, also when it was deleted meanwhile; what was there stays as it is."""
    store.check()
    assert {path.stat().st_mode & 0o777 for path in file.parent.iterdir()} == {0o600}
    for path in [*file.parent.iterdir()]:
        path.unlink()
    store.check()
    assert {path.stat().st_mode & 0o777 for path in file.parent.iterdir()} == {0o600}
    store.close()
    file.chmod(0o640)
    Store.open(f"sqlite:///{file}").close()
    assert file.stat().st_mode & 0o777 == 0o640


def test_sqlite_keeps_what_was_answered(store: Store) -> None:
    """Readers do not wait, and a power cut loses nothing."""
    assert pragma(store, "journal_mode") == "wal"
    assert pragma(store, "synchronous") == 2
    assert pragma(store, "foreign_keys") == 1
    assert pragma(store, "integrity_check") == "ok"


def test_next_commit_waits_for_the_disk_after_one_that_does_not(store: Store) -> None:
    """A claim may be lost in a power cut, what is accepted may not."""
    store.accept("d1", ["launch:a"], NOW)
    claim = store.claim(NOW)
    assert claim is not None
    assert waits_for_the_disk(store)
    store.finish(claim, NOW, None)
    assert waits_for_the_disk(store)


def test_delivery_is_not_heard_when_its_keys_cannot_be_queued(store: Store, file: Path) -> None:
    """Both or neither; nothing stays locked, and what follows is as durable as before."""
    with closing(sqlite3.connect(file, timeout=1.0, isolation_level=None)) as other:
        other.execute("ALTER TABLE queue RENAME TO gone")
        with pytest.raises(StoreError, match="no such table"):
            store.accept("d1", ["launch:a"], NOW)
        with pytest.raises(StoreError, match="no such table"):
            store.claim(NOW)
        other.execute("ALTER TABLE gone RENAME TO queue")
    assert store.accept("d1", ["launch:a"], NOW)
    claim = store.claim(NOW)
    assert claim is not None
    assert claim.key == "launch:a"
    assert pragma(store, "synchronous") == 2


def test_check_writes(store: Store) -> None:
    """A store is ready when a write comes through."""
    store.check()
    store.check()


def test_url_that_cannot_be_read_is_refused_without_repeating_it() -> None:
    """It may hold a password."""
    message = refused("hunter2 is not a url")
    assert "hunter2" not in message
    assert "sqlite:///launchbot.db or postgresql://host/name" in message
    assert Redaction(()).text(message) == message


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://u:hunter2@host/db"])
def test_databases_that_we_do_not_support_are_refused(url: str) -> None:
    """In memory, every thread would have a database of its own."""
    message = refused(url)
    assert "sqlite:///launchbot.db" in message
    assert "hunter2" not in message


def test_missing_driver_is_named() -> None:
    """PostgreSQL needs a driver that we do not bring."""
    message = refused("postgresql+nosuchdriver://u:hunter2@localhost/db")
    assert "hunter2" not in message
    assert "nosuchdriver" in message


def test_postgresql_is_not_excluded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its driver, the message says what to install."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    message = refused("postgresql+psycopg://u:hunter2@localhost/db")
    assert "hunter2" not in message
    assert "`pip install 'psycopg[binary]'`" in message


def test_missing_folder_is_named(tmp_path: Path) -> None:
    """The person who configured it sees which path is wrong."""
    path = tmp_path / "missing" / "launchbot.db"
    message = refused(f"sqlite:///{path}")
    assert str(path) in message
    assert "Check that its folder exists" in message


def test_corrupt_file_is_refused(file: Path) -> None:
    """The cure is to delete it: nothing in it is needed."""
    file.write_bytes(b"This is no database at all." * 100)
    assert "Delete it" in refused(f"sqlite:///{file}")


def test_database_of_another_program_is_refused_and_left_alone(file: Path) -> None:
    """We write nothing into what is not ours."""
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE theirs (x)")
    before = file.read_bytes()
    assert "belongs to another program" in refused(f"sqlite:///{file}")
    assert file.read_bytes() == before


def test_database_of_another_version_is_refused(file: Path, store: Store) -> None:
    """Nothing is migrated, because nothing is worth it."""
    store.close()
    with closing(sqlite3.connect(file)) as other:
        other.execute("PRAGMA user_version=99")
    assert "another version of Launchbot" in refused(f"sqlite:///{file}")


def test_full_disk_is_named(store: Store) -> None:
    """A page limit stands for a disk that is full."""

    def fill(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count=1")

    event.listen(store._engine, "begin", fill)
    with pytest.raises(StoreError, match="Make room on its disk"):
        store.keep_definition("sha", "x" * 1_000_000)


def test_table_that_is_gone_is_named(store: Store) -> None:
    """Somebody changed the file by hand."""
    with store._writing() as connection:
        connection.exec_driver_sql("DROP TABLE watermarks")
    with pytest.raises(StoreError, match="no such table"):
        store.watermark(1)


def test_locked_database_is_named(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program that never lets go does not hang us."""
    monkeypatch.setattr("bot.store.database.BUSY_SECONDS", 0.01)
    store = Store.open(f"sqlite:///{file}")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="Another program holds it"):
            store.check()
        assert store.depth() == 0, "reading goes on"
        other.execute("ROLLBACK")
        store.check()
    store.close()


def test_error_shows_no_values(store: Store) -> None:
    """The values of a statement may be confidential."""
    with store._writing() as connection:
        connection.exec_driver_sql("DROP TABLE audit")
    with pytest.raises(StoreError) as caught:
        store.audit("i123", NOW, "a", "for the partner Acme")
    assert "Acme" not in str(caught.value)


def test_failed_transaction_leaves_nothing(store: Store) -> None:
    """A delivery is noted together with what it changed, or not at all."""
    with store._writing() as connection:
        connection.exec_driver_sql("ALTER TABLE queue RENAME TO elsewhere")
    with pytest.raises(StoreError):
        store.accept("d1", ["launch:a"], NOW)
    with store._writing() as connection:
        connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO queue")
    assert store.accept("d1", ["launch:a"], NOW)


@pytest.mark.parametrize("leftover", [True, False], ids=["with its log left", "with its log"])
def test_deleted_database_is_made_anew_under_way(file: Path, store: Store, leftover: bool) -> None:
    """Somebody deletes it in the middle: we go on with an empty one."""
    store.enqueue("launch:a", NOW, NOW)
    for path in [file] if leftover else list(file.parent.iterdir()):
        path.unlink()
    assert store.depth() == 0
    store.enqueue("launch:b", NOW, NOW)
    claim = store.claim(NOW)
    assert claim is not None
    assert claim.key == "launch:b"
    assert pragma(store, "integrity_check") == "ok"


def test_database_that_was_away_and_comes_back_goes_on(tmp_path: Path) -> None:
    """Nothing of it is held meanwhile, so that others may tidy it up."""
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    here.mkdir()
    with closing(Store.open(f"sqlite:///{here}/launchbot.db")) as store:
        store.accept("one", ["launch:a"], NOW)
        here.rename(elsewhere)
        with pytest.raises(StoreError):
            store.accept("two", ["launch:b"], NOW)
        with closing(sqlite3.connect(elsewhere / "launchbot.db")) as tidied:
            tidied.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert [path.name for path in elsewhere.iterdir()] == ["launchbot.db"]
        elsewhere.rename(here)
        store.accept("three", ["launch:c"], NOW)
        assert store.depth() == 2
    with closing(sqlite3.connect(here / "launchbot.db")) as found:
        assert found.execute("SELECT id FROM deliveries").fetchall() == [("one",), ("three",)]


class _Interrupted(BaseException):
    """Somebody at the keyboard has had enough."""


@pytest.mark.parametrize("call", ["accept", "claim"])
def test_interrupted_wait_for_another_process_leaves_no_transaction(
    file: Path, store: Store, call: str
) -> None:
    """Neither we nor others are locked out by it afterwards."""

    def interrupt(_signal: int, _frame: object) -> None:
        raise _Interrupted

    calls: dict[str, Callable[[], object]] = {
        "accept": lambda: store.accept("one", ["launch:a"], NOW),
        "claim": lambda: store.claim(NOW),
    }
    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        with closing(sqlite3.connect(file, check_same_thread=False)) as other:
            other.execute("BEGIN IMMEDIATE")
            release = threading.Timer(0.4, other.rollback)
            release.start()
            signal.setitimer(signal.ITIMER_REAL, 0.1)
            with pytest.raises(_Interrupted):
                calls[call]()
            release.join()
            other.execute("BEGIN IMMEDIATE")
            other.rollback()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert store.accept("two", ["launch:b"], NOW)
    assert waits_for_the_disk(store)


def test_threads_and_processes_share_a_database(file: Path, store: Store) -> None:
    """Every key that anybody queues arrives."""
    script = (
        "import sys; from datetime import datetime; from bot.store.store import Store\n"
        "store = Store.open(sys.argv[1]); now = datetime.fromisoformat(sys.argv[2])\n"
        "for n in range(20): store.enqueue(f'launch:process-{n}', now, now)\n"
    )
    arguments = [sys.executable, "-c", script, f"sqlite:///{file}", NOW.isoformat()]
    other = subprocess.Popen(arguments, cwd=Path(__file__).parents[2])

    def work(thread: int) -> None:
        for n in range(20):
            store.enqueue(f"launch:thread-{thread}-{n}", NOW, NOW)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert other.wait() == 0
    assert store.depth() == 100


class OnPostgresql(Store):
    """Writes its statements down for PostgreSQL, for want of one to run them on."""

    def __init__(self) -> None:
        self._engine = create_mock_engine("postgresql://", print)  # type: ignore[assignment]
        self.written: list[str] = []

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        yield self  # type: ignore[misc]

    _reading = _noting = _writing

    def execute(self, statement: ClauseElement, _rows: object = None) -> "CursorResult[Any]":
        """Every result is empty."""
        self.written.append(str(statement.compile(dialect=self._engine.dialect)))
        return cast("CursorResult[Any]", IteratorResult(SimpleResultMetaData(["x"]), iter([])))

    @contextmanager
    def _driving(self, *, durably: bool) -> Iterator[Run]:  # noqa: ARG002 -- either way
        yield self._found

    def _found(self, written: str, _values: Mapping[str, Any]) -> list[Any]:
        self.written.append(written)
        return []


def test_every_statement_can_be_written_for_postgresql() -> None:
    """The distributed engine will speak to it: no SQL of ours excludes it."""
    store = OnPostgresql()
    store.accept(None, ["launch:a"], NOW)
    store.accept("d1", ["launch:a"], NOW)
    store.claim(NOW)
    store.fail(Claim("launch:a", 1), "why", NOW)
    store.finish(Claim("launch:a", 1), NOW, NOW)
    store.remember(LaunchEntry("i123", "p", 1, 2, None, "running"))
    assert store.recall("i123") is None
    assert store.rests_until("i123") is None
    store.keep_definition("abc", "{}")
    store.acquire("one", NOW, HOUR)
    store.next_due()
    store.release_all()
    store.check()
    assert any("FOR UPDATE SKIP LOCKED" in sql for sql in store.written)
    assert sum("ON CONFLICT" in sql for sql in store.written) == 6


def test_times_have_a_zone_in_postgresql() -> None:
    """It knows time zones, so it keeps them."""
    created = str(CreateTable(tables.deliveries).compile(dialect=OnPostgresql()._engine.dialect))
    assert "TIMESTAMP WITH TIME ZONE" in created
    instant, zone = tables.Instant(), timezone(HOUR)
    dialect = OnPostgresql()._engine.dialect
    assert instant.process_bind_param(NOW.astimezone(zone), dialect) == NOW
    assert instant.process_result_value(NOW.astimezone(zone), dialect) == NOW
