"""The embedded services: fresh, after kills in the middle of writes, with a stale lock file, in deep folders."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from redis import Redis

from runtime.embedded import EmbeddedPostgres, EmbeddedRedis, start_postgres
from runtime.process import children_of, kill
from tests.runtime.harness import ROOT, Tree, dead, in_folder, wait_for

Start = Callable[..., Tree]


def address(server: EmbeddedPostgres) -> str:
    return server.url.replace("+psycopg", "")


@pytest.fixture
def postgres(state: Path) -> Iterator[EmbeddedPostgres]:
    server = start_postgres(state, durable=False)
    yield server
    server.stop()


class Writer:
    """Commits numbers one by one until told to stop, riding over restarts; `acknowledged` is what was promised."""

    def __init__(self, where: str) -> None:
        self.where, self.acknowledged, self.stop = where, 0, threading.Event()
        self.thread = threading.Thread(target=self._write, daemon=True)  # a failing test must not hang at its end
        with psycopg.connect(where, autocommit=True) as c:
            c.execute("create table written (n bigint primary key)")
        self.thread.start()

    def _write(self) -> None:
        while not self.stop.is_set():
            with contextlib.suppress(psycopg.Error), psycopg.connect(self.where, autocommit=True) as c:
                while not self.stop.is_set():
                    # The number is used again after a doubtful commit: "already there" means it had worked.
                    c.execute("insert into written values (%s) on conflict do nothing", [self.acknowledged + 1])
                    self.acknowledged += 1

    def finish(self) -> int:
        self.stop.set()
        self.thread.join(20)
        return self.acknowledged


def test_the_database_is_utf8_with_builtin_collation_and_no_network(postgres: EmbeddedPostgres) -> None:
    with psycopg.connect(address(postgres)) as c:
        row = c.execute(
            "select pg_encoding_to_char(encoding), datlocprovider, datlocale, current_setting('listen_addresses'),"
            " current_setting('server_version_num')::int / 10000 from pg_database where datname = current_database()"
        ).fetchone()
    assert row == ("UTF8", "b", "C.UTF-8", "", 18)


def test_the_socket_folder_is_closed_to_others(postgres: EmbeddedPostgres) -> None:
    assert postgres.sockets.stat().st_mode & 0o077 == 0
    assert postgres.data.stat().st_mode & 0o077 == 0


def test_settings_of_a_postgres_user_do_not_leak_in(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"PGPORT": "6000", "PGHOST": "/nowhere", "PGUSER": "nobody", "PGDATA": "/nowhere"}.items():
        monkeypatch.setenv(name, value)
    server = start_postgres(state, durable=False)
    try:
        assert (server.sockets / ".s.PGSQL.5432").is_socket()
    finally:
        server.stop()


def test_stopped_and_started_again_the_rows_are_there(state: Path) -> None:
    for expected in (0, 1, 2):
        server = start_postgres(state)
        try:
            with psycopg.connect(address(server), autocommit=True) as c:
                c.execute("create table if not exists kept (n int)")
                assert c.execute("select count(*) from kept").fetchone() == (expected,)
                c.execute("insert into kept values (1)")
        finally:
            server.stop()
    assert in_folder(state) == []


def test_a_half_made_cluster_is_made_again(state: Path) -> None:
    server = EmbeddedPostgres(state, durable=False)
    server.prepare()
    server.data.rename(server.data.with_name("18.new"))
    (server.data.with_name("18.new") / "PG_VERSION").unlink()
    server.start()
    server.stop()
    assert not server.data.with_name("18.new").exists()


def test_a_lock_file_that_names_a_living_stranger_is_removed(state: Path) -> None:
    """After a crash in a container the pid is soon another process's; PostgreSQL alone would refuse for ever."""
    server = start_postgres(state, durable=False)
    server.stop()
    argv = ["sleep", "100"]
    stranger = subprocess.Popen(argv, user=server.user.pw_uid if server.user else None)
    try:
        (server.data / "postmaster.pid").write_text(f"{stranger.pid}\n{server.data}\n1\n5432\n{server.sockets}\n\n\n")
        server.start()
        server.stop()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_deep_state_folder_gets_a_short_socket_folder(state: Path) -> None:
    deep = state.joinpath(*["a-folder-with-a-long-name"] * 5)
    deep.mkdir(parents=True)
    server = start_postgres(deep, durable=False)
    try:
        assert len(str(server.sockets)) < 60
        assert server.sockets.stat().st_mode & 0o077 == 0
        assert EmbeddedRedis(deep).socket.parent == server.sockets
        with psycopg.connect(address(server)) as c:
            assert c.execute("select 1").fetchone() == (1,)
    finally:
        server.stop()
        shutil.rmtree(server.sockets)


def test_it_dies_with_the_process_that_started_it(state: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from runtime.embedded import start_postgres, start_redis\n"
        "state = Path(sys.argv[1]); start_postgres(state, durable=False); start_redis(state)\n"
        "print('up', flush=True); time.sleep(100)"
    )
    holder = subprocess.Popen([sys.executable, "-c", program, str(state)], stdout=subprocess.PIPE, cwd=ROOT)
    assert holder.stdout
    assert holder.stdout.readline() == b"up\n"
    servers = children_of(holder.pid)
    assert len(servers) == 2
    holder.kill()
    holder.wait()
    holder.stdout.close()
    wait_for(lambda: all(dead(p) for p in servers), 10, lambda: str(servers))


def test_redis_keeps_what_it_acknowledged_after_kill_9(state: Path) -> None:
    server = EmbeddedRedis(state)
    with Redis.from_url(server.start()) as client:
        for n in range(2000):
            client.set(f"k{n}", n)
    child = server._child
    assert child is not None
    assert child.process is not None
    child.process.kill()
    child.process.wait()
    with Redis.from_url(server.start()) as client:
        assert client.dbsize() == 2000
    server.stop()


@pytest.mark.stack
@pytest.mark.parametrize("victim", ["postmaster", "supervisor", "guard"])
def test_no_acknowledged_commit_is_lost(start: Start, state: Path, victim: str) -> None:
    """kill -9 in the middle of writes: the supervisor brings the server back, or the next start does."""
    server = EmbeddedPostgres(state)
    tree = start("-m", "tests.runtime.database", str(state))
    tree.expect("all ready")
    writer = Writer(address(server))
    for _ in range(2):
        promised = writer.acknowledged
        wait_for(lambda least=promised + 50: writer.acknowledged > least, 20)
        seen = len(tree.lines)
        os.kill(_victim(tree, server, victim), signal.SIGKILL)
        if victim == "postmaster":
            tree.expect("postgres   | ready", after=seen, seconds=30)
        else:
            tree.process.wait(15)
            tree = start("-m", "tests.runtime.database", str(state))
            tree.expect("all ready", seconds=30)
    acknowledged = writer.finish()
    with psycopg.connect(address(server)) as c:
        row = c.execute("select count(*), max(n) from written").fetchone()
    assert row is not None
    assert row[0] >= acknowledged >= 100
    assert row[0] == row[1]


def _victim(tree: Tree, server: EmbeddedPostgres, victim: str) -> int:
    if victim == "guard":
        return tree.process.pid
    if victim == "supervisor":
        return tree.supervisor
    return int((server.data / "postmaster.pid").read_text().split()[0])


@pytest.mark.stack
def test_a_busy_backend_of_a_dead_postmaster_does_not_block_the_next(start: Start, state: Path) -> None:
    server = EmbeddedPostgres(state)
    tree = start("-m", "tests.runtime.database", str(state))
    tree.expect("all ready")
    busy = threading.Thread(target=_spin, args=[address(server)], daemon=True)
    busy.start()
    with psycopg.connect(address(server), autocommit=True) as c:
        question = "select count(*) from pg_stat_activity where state = 'active' and query like '%a long sum%'"
        wait_for(lambda: c.execute(question).fetchone() == (2,), 10)  # itself and the busy one
    seen = len(tree.lines)
    kill(_victim(tree, server, "postmaster"))
    tree.expect("postgres   | ready", after=seen, seconds=15)
    busy.join(10)


def _spin(where: str) -> None:
    with contextlib.suppress(psycopg.Error), psycopg.connect(where) as c:
        c.execute("select /* a long sum */ sum(sqrt(n)) from generate_series(1, 100000000000::bigint) n")
