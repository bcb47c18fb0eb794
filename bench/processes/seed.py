"""The earlier design: one lock, one connection per thread, one SELECT per id.

Reads some batches of ids, as JSON in one line, and answers with the microseconds that each took and how many were
unseen.
"""

import json
import sqlite3
import sys
import threading
import time


class SeenStore:
    def __init__(self, path):
        self._path = path
        self._lock = threading.Lock()
        self._local = threading.local()

    def _connection(self):
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self._path, timeout=30)
            connection.execute("PRAGMA journal_mode=WAL")
            self._local.connection = connection
        return connection

    def is_seen(self, item_id):
        with self._lock:
            row = self._connection().execute("SELECT 1 FROM seen WHERE id = ?", (item_id,)).fetchone()
            return row is not None


store = SeenStore(sys.argv[1])


def prefilter(ids):
    started_at = time.perf_counter()
    unseen = [item_id for item_id in ids if not store.is_seen(item_id)]
    return [(time.perf_counter() - started_at) * 1e6, len(unseen)]


for line in sys.stdin:
    print(json.dumps([prefilter(ids) for ids in json.loads(line)]), flush=True)
