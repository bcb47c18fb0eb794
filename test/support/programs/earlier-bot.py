"""The storage of the earlier Python bot: creates the table if need be, then marks or looks up what stdin lists.

usage: earlier-bot.py FILE mark|seen    one id a line on stdin; `seen` prints those that are in the store
"""

import sqlite3
import sys
import time

path, action = sys.argv[1:]
connection = sqlite3.connect(path, timeout=30)
connection.execute("CREATE TABLE IF NOT EXISTS seen(id TEXT PRIMARY KEY, ts INTEGER NOT NULL)")
connection.commit()
for line in sys.stdin:
    key = line.rstrip("\n")
    if action == "mark":
        connection.execute("INSERT OR REPLACE INTO seen(id, ts) VALUES(?, ?)", (key, int(time.time())))
        connection.commit()
    elif connection.execute("SELECT 1 FROM seen WHERE id=?", (key,)).fetchone():
        print(key)
connection.close()
