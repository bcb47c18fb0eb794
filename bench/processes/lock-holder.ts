// Holds the write lock of the file named on the command line for so many milliseconds, once it is told to go.
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
