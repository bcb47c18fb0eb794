import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';

import { openSeenStore, type SeenStore } from '../../src/store/index.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const script = fileURLToPath(new URL('earlier-bot.py', import.meta.url));
const hasPython = spawnSync('python3', ['--version']).status === 0;

async function earlierBot(path: string, action: 'mark' | 'seen', ids: readonly string[]): Promise<string[]> {
  const python = spawn('python3', [script, path, action], { stdio: ['pipe', 'pipe', 'inherit'] });
  python.stdin.end(ids.map((id) => `${id}\n`).join(''));
  const output = await text(python.stdout);
  return output.split('\n').filter((line) => line !== '');
}

async function openStore(path: string): Promise<SeenStore> {
  const store = await openSeenStore({ path });
  onTestFinished(() => store.close());
  return store;
}

function schemaOf(path: string): unknown {
  const db = new BetterSqlite3(path, { readonly: true });
  const sql = db.prepare("SELECT sql FROM sqlite_schema WHERE name = 'seen'").pluck().get();
  db.close();
  return sql;
}

const ids = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, n) => `${prefix}-${n}`);

describe.skipIf(!hasPython)(`a file of the earlier Python bot${hasPython ? '' : ' (skipped: no python3)'}`, () => {
  test('opens as it is, with what it remembers', async () => {
    const path = join(temporaryFolder(), 'seen_ids.sqlite');
    await earlierBot(path, 'mark', ids('python', 50));
    const before = schemaOf(path);
    const store = await openStore(path);
    expect(await store.filterUnseen([...ids('python', 50), 'new'])).toEqual(['new']);
    expect(await store.stats()).toMatchObject({ rows: 50 });
    expect(schemaOf(path)).toBe(before);
  });

  test('is shared by both programs at once, and neither loses a mark', async () => {
    const path = join(temporaryFolder(), 'seen_ids.sqlite');
    await earlierBot(path, 'mark', ['first']);
    const store = await openStore(path);
    const python = earlierBot(path, 'mark', ids('python', 300));
    for (const id of ids('ours', 300)) await store.markSeen(id);
    await python;
    expect(await store.filterUnseen([...ids('python', 300), ...ids('ours', 300), 'first'])).toEqual([]);
    expect(await earlierBot(path, 'seen', [...ids('ours', 300), 'neither'])).toEqual(ids('ours', 300));
  });

  test('a new file of ours is readable and writable by it', async () => {
    const path = join(temporaryFolder(), 'seen_ids.sqlite');
    const store = await openStore(path);
    await store.markSeen('ours');
    await earlierBot(path, 'mark', ['ours', 'python']);
    expect(await store.filterUnseen(['ours', 'python'])).toEqual([]);
    expect(await earlierBot(path, 'seen', ['ours', 'python', 'other'])).toEqual(['ours', 'python']);
    await store.close();
  });

  test('is purged by its own time stamps', async () => {
    const path = join(temporaryFolder(), 'seen_ids.sqlite');
    await earlierBot(path, 'mark', ids('python', 5));
    const store = await openStore(path);
    expect(await store.countOlderThan(new Date(Date.now() - 60_000))).toBe(0);
    expect(await store.purge({ olderThan: new Date(Date.now() + 60_000) })).toMatchObject({ deleted: 5 });
    expect(await earlierBot(path, 'seen', ids('python', 5))).toEqual([]);
  });
});
