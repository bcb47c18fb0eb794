// What no thread can be sent, and what tests do to the timers, must not stop a write.
import { spawnSync } from 'node:child_process';
import { describe, expect, onTestFinished, test, vi } from 'vitest';

import { SeenInputError } from '../../src/store/index.ts';
import { resolveSqliteOptions } from '../../src/store/options.ts';
import { openSqlite } from '../../src/store/sqlite/open.ts';
import { newDatabasePath, openStore } from '../support/database-file.ts';

const storeModule = new URL('../../src/store/index.ts', import.meta.url).href;

describe('an argument that no thread can be sent', () => {
  const unsendable = [
    ['a function', () => 'news'],
    ['a symbol', Symbol('news')],
    ['a weak map', new WeakMap()],
    ['an object with a method', { fetch: (): void => undefined }],
    [
      'an object whose getter throws',
      {
        get name(): never {
          throw new Error('not now');
        },
      },
    ],
  ] as const;

  test.each(unsendable)('%s is refused, and the other writes of the same turn go through', async (_, argument) => {
    const options = resolveSqliteOptions({ path: newDatabasePath() }, {});
    const { reads, writes, close } = await openSqlite(options);
    onTestFinished(close);
    const outcomes = await Promise.allSettled([
      writes.markSeen(['before'], 1),
      writes.openHold(argument as never, []),
      writes.markSeen(['between'], 1),
      writes.decideHold(1, 'post', argument as never),
      writes.markSeen(['after'], 1),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    const [, refused] = outcomes;
    expect(refused).toMatchObject({ reason: expect.any(SeenInputError) as unknown });
    expect(refused).toMatchObject({
      reason: { message: expect.stringMatching(/^An argument of holds\.open cannot be passed to the writer thread: /) },
    });
    expect(await reads.unseen(['before', 'between', 'after'])).toEqual([]);
  });
});

describe('fake timers', () => {
  test('fake timers of every kind freeze no write and no long read', async () => {
    const store = await openStore();
    vi.useFakeTimers({
      toFake: [
        'setTimeout',
        'setInterval',
        'setImmediate',
        'clearTimeout',
        'clearInterval',
        'clearImmediate',
        'Date',
        'performance',
        'queueMicrotask',
      ],
    });
    onTestFinished(() => void vi.useRealTimers());
    await store.markSeen(['a', 'b']);
    const claims = await store.claim(Array.from({ length: 2_500 }, (_, n) => `item ${n}`));
    await store.commit(claims);
    expect(await store.filterUnseen(claims.map(({ id }) => id))).toEqual([]);
    expect(await store.ledger.counts()).toEqual({ waiting: 0, active: 0, failed: 0 });
  });

  test.each(['import', 'require'])('a store that was loaded by %s goes on when every timer is replaced', (kind) => {
    const program = `
      const { openSeenStore } = ${kind === 'import' ? `await import(${JSON.stringify(storeModule)})` : "require('sapphire-plugin-seen/store')"};
      const store = await openSeenStore({ path: process.argv[1] });
      const never = () => undefined;
      for (const name of ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask']) globalThis[name] = never;
      for (const timers of [require('node:timers'), require('node:timers/promises')]) {
        for (const name of ['setTimeout', 'setInterval', 'setImmediate']) timers[name] = () => new Promise(never);
      }
      process.nextTick = never;
      const claims = await store.claim(Array.from({ length: 2_500 }, (_, n) => 'item ' + n));
      await store.commit(claims);
      const { waiting, active } = (await store.stats()).ledger;
      await store.purge({ olderThan: new Date(0) });
      require('node:fs').writeSync(1, [claims.length, waiting, active, (await store.filterUnseen(['item 1'])).length].join(' '));
      await store.close();
      process.reallyExit(0);`;
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        `import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);\n${program}`,
        newDatabasePath(),
      ],
      { encoding: 'utf8', timeout: 45_000 },
    );
    expect({ stdout, stderr }).toEqual({ stdout: '2500 0 0 0', stderr: '' });
  });
});
