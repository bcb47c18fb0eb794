import { expect, test } from 'vitest';

import { databaseOf } from '../../src/cli/database.ts';
import { noticeLogger } from '../../src/cli/notices.ts';
import { waitingFor, whileUpdating } from '../../src/cli/progress/waiting.ts';
import { withProgress, type Step } from '../../src/cli/progress/with-progress.ts';
import type { CommandContext } from '../../src/cli/context.ts';
import { silentLogger } from '../../src/store/index.ts';
import { ManualClock } from '../support/manual-clock.ts';

/** A screen whose text can be read, and the clock of whoever looks at it. */
class Watched {
  readonly clock = new ManualClock();
  readonly context: CommandContext;
  written = '';

  constructor(screen: { readonly isTTY: boolean; readonly columns?: number }) {
    this.context = {
      clock: this.clock,
      env: {},
      logger: silentLogger,
      signal: new AbortController().signal,
      print: () => undefined,
      complain: () => undefined,
      screen: { ...screen, write: (text) => void (this.written += text) },
    };
  }

  /** Work of so many steps of a quarter of a second each, of which `total` were announced. */
  work({ steps, total = steps, begun = 0 }: { steps: number; total?: number; begun?: number }): Promise<void> {
    const describeStep = (done: number): Step => ({ done, total: Math.max(total, done), text: `${done} done` });
    return withProgress(this.context, describeStep, async (onProgress) => {
      for (let step = begun; step < steps; step += 1) {
        onProgress(step);
        await this.clock.advance(250);
      }
    });
  }

  /** The lines that were shown one after the other in the place of each other. */
  get shown(): string[] {
    return this.written.split('\r\u001B[K').slice(1);
  }
}

test('work of less than a second shows no progress', async () => {
  for (const isTTY of [true, false]) {
    const watched = new Watched({ isTTY });
    await watched.work({ steps: 4 });
    expect(watched.written).toBe('');
  }
});

test('on a terminal a bar with the part that is done and the time that is left changes, and is gone at the end', async () => {
  const watched = new Watched({ isTTY: true });
  await watched.work({ steps: 7, total: 40 });
  expect(watched.shown).toEqual([
    `${'█'.repeat(2)}${'░'.repeat(18)}  10 % 4 done, 9 s left`,
    `${'█'.repeat(2)}${'░'.repeat(18)}  12 % 5 done, 9 s left`,
    `${'█'.repeat(3)}${'░'.repeat(17)}  15 % 6 done, 9 s left`,
    '',
  ]);
});

test('elsewhere a line is written every five seconds', async () => {
  const watched = new Watched({ isTTY: false });
  await watched.work({ steps: 46, total: 4_600 });
  expect(watched.written.split('\n').map((line) => line.slice(20))).toEqual([
    '   0 % 4 done, 20 min left',
    '   0 % 24 done, 20 min left',
    '   0 % 44 done, 19 min left',
    '',
  ]);
});

test('what was there before counts for the bar, and not for the time that is left', async () => {
  const watched = new Watched({ isTTY: true });
  await watched.work({ steps: 105, total: 200, begun: 100 });
  expect(watched.shown[0]).toBe(`${'█'.repeat(10)}${'░'.repeat(10)}  52 % 104 done, 24 s left`);
});

test('an estimate that was too low ends with a full bar, and without a time', async () => {
  const watched = new Watched({ isTTY: true });
  await watched.work({ steps: 7, total: 3 });
  expect(watched.shown).toEqual([4, 5, 6].map((done) => `${'█'.repeat(20)} 100 % ${done} done`).concat(''));
});

test('a line is no longer than the terminal is wide', async () => {
  const watched = new Watched({ isTTY: true, columns: 30 });
  await watched.work({ steps: 6, total: 40 });
  expect(watched.shown.map(({ length }) => length)).toEqual([29, 29, 0]);
});

test('who waits for a server for two seconds is told for which one, why, and for how long at most', async () => {
  const watched = new Watched({ isTTY: true, columns: 100 });
  const database = databaseOf({ database: 'postgres://me:secret@db.example/bots' }, watched.context);
  const opened = Promise.withResolvers<string>();
  const waiting = waitingFor(watched.context, database, ({ logger }) => {
    logger.warn('seen_store_unreachable', {
      reason: 'nothing listens at that address. Start the server (ECONNREFUSED)',
    });
    return opened.promise;
  });
  await watched.clock.advance(1_900);
  expect(watched.written).toBe('');
  await watched.clock.advance(8_100);
  expect(watched.shown.at(0)).toBe(
    'Waiting for postgres://db.example/bots, 28 s at most: nothing listens at that address …',
  );
  expect(watched.shown.at(-1)).toBe(
    'Waiting for postgres://db.example/bots, 20 s at most: nothing listens at that address …',
  );
  await watched.clock.advance(25_000);
  expect(watched.shown.at(-1)).toBe('Waiting for postgres://db.example/bots: nothing listens at that address …');
  opened.resolve('open');
  expect(await waiting).toBe('open');
  expect(watched.shown.at(-1)).toBe('');
});

test('a wait that is over tells nothing more, while the work goes on', async () => {
  const watched = new Watched({ isTTY: false });
  const warned: string[] = [];
  const context = { ...watched.context, logger: { ...silentLogger, warn: (event: string) => void warned.push(event) } };
  const database = databaseOf({ database: 'postgres://db.example/bots' }, context);
  await waitingFor(context, database, async ({ logger }, isOpen) => {
    await watched.clock.advance(1_000);
    isOpen();
    logger.warn('seen_store_unreachable', { reason: 'the connection was lost' });
    await watched.clock.advance(60_000);
  });
  expect(watched.written).toBe('');
  expect(warned).toEqual(['seen_store_unreachable']);
});

test('an update of a database is told at once on a terminal, and elsewhere when it takes longer than two seconds', async () => {
  for (const isTTY of [true, false]) {
    const watched = new Watched({ isTTY });
    const database = databaseOf({ database: 'seen.sqlite' }, watched.context);
    await whileUpdating(watched.context, database, 'At work', async () => {
      expect(watched.shown).toEqual(isTTY ? ['At work …'] : []);
      await watched.clock.advance(3_000);
    });
    expect(isTTY ? watched.shown.at(-1) : watched.written).toBe(isTTY ? '' : 'At work …\n');
  }
});

test('what the store logs is a line of text each: a server that is lost is a sentence, and the rest says what happened', () => {
  const lines: string[] = [];
  const logger = noticeLogger((line) => void lines.push(line));
  logger.warn('seen_store_unreachable', { location: 'postgres://db.example/bots', reason: 'the connection was lost' });
  logger.warn('seen_store_commits_uncertain', { path: 'seen.sqlite', sign: 'backup' });
  logger.error('seen_store_schema_init_failed', { error: new Error('which ends the command, and is told by that') });
  logger.info('seen_store_reachable', {});
  expect(lines).toEqual([
    'postgres://db.example/bots cannot be reached: the connection was lost. Trying again …',
    'seen_store_commits_uncertain path=seen.sqlite sign=backup',
  ]);
});
