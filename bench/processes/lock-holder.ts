// Holds the write lock of a database. Arguments: the path, and the time in milliseconds from the signal to start.
import { setTimeout as delay } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';

import { serve } from './serve.ts';

const [path = '', ms = '5000'] = process.argv.slice(2);
await serve(async () => {
  const db = new BetterSqlite3(path);
  db.exec('BEGIN IMMEDIATE');
  return async () => {
    await delay(Number(ms));
    db.exec('COMMIT');
    db.close();
    return {};
  };
});
