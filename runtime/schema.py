"""Whether the embedded database already has the newest schema: asking costs 20 ms, the migration step 2 s of imports."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from runtime.postgres import DATABASE, ROLE, EmbeddedPostgres

REVISION = re.compile(r"^(down_)?revision\b[^=\n]*= *[\"'](\w+)[\"']", re.MULTILINE)


def is_newest(server: EmbeddedPostgres, versions: Path) -> bool:
    """True when the database says it is at the one head of the files in `versions`; any doubt is False."""
    return [newest(versions)] == stored(server)


def newest(versions: Path) -> str | None:
    """The revision that no other follows; None when there is not exactly one."""
    made: set[str] = set()
    followed: set[str] = set()
    for path in versions.glob("*.py"):
        for down, revision in REVISION.findall(path.read_text()):
            (followed if down else made).add(revision)
    heads = made - followed
    return heads.pop() if len(heads) == 1 else None


def stored(server: EmbeddedPostgres) -> list[str]:
    """What the running database has in Alembic's table; empty when there is none."""
    if _ask(server, "select to_regclass('public.alembic_version') is not null") != ["t"]:
        return []
    return _ask(server, "select version_num from public.alembic_version")


def _ask(server: EmbeddedPostgres, query: str) -> list[str]:
    argv = [str(server.binaries() / "psql"), "-XtA", "-h", str(server.sockets), "-p", "5432", "-U", ROLE, "-d", DATABASE,
            "-c", query]  # fmt: skip
    return subprocess.run(argv, env=server.environment(), capture_output=True, text=True, timeout=20).stdout.split()
