import { spawn, spawnSync } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, test } from 'vitest';

import { newDatabasePath, openStore } from '../support/database-file.ts';
import { ids } from '../support/ids.ts';
import { requirement } from '../support/requirement.ts';

const program = fileURLToPath(new URL('../support/programs/earlier-bot.py', import.meta.url));
const python = requirement(spawnSync('python3', ['--version']).status === 0, 'no python3');

async function earlierBot(path: string, action: 'mark' | 'seen', keys: readonly string[]): Promise<string[]> {
  const bot = spawn('python3', [program, path, action], { stdio: ['pipe', 'pipe', 'inherit'] });
  bot.stdin.end(keys.map((key) => `${key}\n`).join(''));
  const output = await text(bot.stdout);
  return output.split('\n').filter((line) => line !== '');
}

function schemaOf(path: string): unknown {
  const db = new BetterSqlite3(path, { readonly: true });
  const sql = db.prepare("SELECT sql FROM sqlite_schema WHERE name = 'seen'").pluck().get();
  db.close();
  return sql;
}

describe.skipIf(python.missing)(`a file of the earlier Python bot${python.note}`, () => {
  test('a file of the earlier bot opens as it is, with what it remembers', async () => {
    const path = newDatabasePath();
    await earlierBot(path, 'mark', ids('python', 50));
    const before = schemaOf(path);
    const store = await openStore(path);
    expect(await store.filterUnseen([...ids('python', 50), 'new'])).toEqual(['new']);
    expect(await store.stats()).toMatchObject({ rows: 50 });
    expect(schemaOf(path)).toBe(before);
  });

  test('a file opens for the first time while the earlier bot writes to it, and neither loses a mark', async () => {
    const path = newDatabasePath();
    await earlierBot(path, 'mark', ['first']);
    const marking = earlierBot(path, 'mark', ids('python', 300));
    const store = await openStore(path);
    await store.markSeen('ours');
    await marking;
    expect(await store.stats()).toMatchObject({ rows: 302 });
    expect(await earlierBot(path, 'seen', ['ours', 'first'])).toEqual(['ours', 'first']);
  });

  test('one file is shared by both programs at once, and neither loses a mark', async () => {
    const path = newDatabasePath();
    await earlierBot(path, 'mark', ['first']);
    const store = await openStore(path);
    const marking = earlierBot(path, 'mark', ids('python', 300));
    for (const id of ids('ours', 300)) await store.markSeen(id);
    await marking;
    expect(await store.filterUnseen([...ids('python', 300), ...ids('ours', 300), 'first'])).toEqual([]);
    expect(await earlierBot(path, 'seen', [...ids('ours', 300), 'neither'])).toEqual(ids('ours', 300));
  });

  test('the earlier bot reads and writes a new file of ours', async () => {
    const path = newDatabasePath();
    const store = await openStore(path);
    await store.markSeen('ours');
    await earlierBot(path, 'mark', ['ours', 'python']);
    expect(await store.filterUnseen(['ours', 'python'])).toEqual([]);
    expect(await earlierBot(path, 'seen', ['ours', 'python', 'other'])).toEqual(['ours', 'python']);
    await store.close();
  });

  test('a file of the earlier bot is purged by its own time stamps', async () => {
    const path = newDatabasePath();
    await earlierBot(path, 'mark', ids('python', 5));
    const store = await openStore(path);
    expect(await store.countOlderThan(new Date(Date.now() - 60_000))).toBe(0);
    expect(await store.purge({ olderThan: new Date(Date.now() + 60_000) })).toMatchObject({ deleted: 5 });
    expect(await earlierBot(path, 'seen', ids('python', 5))).toEqual([]);
  });
});
