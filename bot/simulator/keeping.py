"""What outlives a run: JSON documents and file bytes in one SQLite file, or in memory when there is no path."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS document (
    kind TEXT NOT NULL, key INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, key)
);
CREATE TABLE IF NOT EXISTS blob (key INTEGER NOT NULL PRIMARY KEY, bytes BLOB NOT NULL);
"""


class Keeping:
    """Documents by kind and number. Every write is committed at once, so that a killed demo loses nothing."""

    def __init__(self, path: Path | None) -> None:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        # The page's server may run in another thread than the test that talks to it; the world's lock orders them.
        self._database = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.executescript(SCHEMA)

    def put(self, kind: str, key: int, body: Any) -> None:
        self._database.execute(
            "INSERT INTO document VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body",
            (kind, key, json.dumps(body, ensure_ascii=False)),
        )

    def drop(self, kind: str, key: int) -> None:
        self._database.execute("DELETE FROM document WHERE kind = ? AND key = ?", (kind, key))

    def every(self, kind: str) -> Iterator[tuple[int, Any]]:
        """Key and body of every document of a kind, by key."""
        rows = self._database.execute("SELECT key, body FROM document WHERE kind = ? ORDER BY key", (kind,)).fetchall()
        return ((key, json.loads(body)) for key, body in rows)

    def get(self, kind: str, key: int) -> Any:
        """The body, or None."""
        row = self._database.execute("SELECT body FROM document WHERE kind = ? AND key = ?", (kind, key)).fetchone()
        return None if row is None else json.loads(row[0])

    def put_bytes(self, key: int, content: bytes) -> None:
        self._database.execute("INSERT OR REPLACE INTO blob VALUES (?, ?)", (key, content))

    def get_bytes(self, key: int) -> bytes:
        row = self._database.execute("SELECT bytes FROM blob WHERE key = ?", (key,)).fetchone()
        if row is None:
            raise KeyError(key)
        return bytes(row[0])

    def close(self) -> None:
        self._database.close()
