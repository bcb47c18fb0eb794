import { describe, expect, test, vi } from 'vitest';

import { ids } from '../../../local/discord/index.ts';
import type { ChaosReport } from '../../../chaos/kills/checker.ts';
import { History } from '../../../chaos/history.ts';
import type { KillOptions } from '../../../chaos/options.ts';
import type { Disturbances } from '../../../chaos/kills/plan-disturbances.ts';
import type { Kill } from '../../../chaos/kills/plan.ts';
import { brokenPromises } from '../../../chaos/kills/promises.ts';
import { steps } from '../../../chaos/kills/protocol.ts';
import { clientPrograms, runChaos } from '../../../chaos/kills/run.ts';
import { bundledClients } from '../../support/bundled-clients.ts';

// Each test starts whole programs, beside those of other tests.
vi.setConfig({ testTimeout: 120_000 });

const clients = bundledClients(clientPrograms);

const defaults: KillOptions = {
  kills: 0,
  seed: 1,
  processes: 1,
  threads: 1,
  items: 12,
  design: 'ours',
  store: 'sqlite',
  nemesis: ['clocks'],
  replication: 'sync',
};

/** A kill whose target is back at once. */
const kill = (moment: Kill['moment'], target: Kill['target'], rest: Partial<Kill> = {}): Kill => {
  return { moment, target, thread: 0, occurrence: 1, afterMs: 200, downMs: 0, requestLost: false, ...rest };
};

async function run(
  kills: readonly Kill[],
  options: Partial<KillOptions> = {},
  disturbances: Partial<Disturbances> = {},
): Promise<ChaosReport> {
  using history = new History();
  const plan = { kills, clockSteps: [], troubles: [], ...disturbances };
  return await runChaos({ ...defaults, ...options }, plan, { history, programs: clients.folder });
}

describe('a run that kills clients at every step of a delivery, and disturbs clocks, channels and messages', () => {
  test('finds every item posted exactly once and in order, no enrichment repeated, and reports what was done', async () => {
    const pause = { afterKills: 1, lengthMs: 300 };
    const report = await run(
      [
        kill('claimed', 'process'),
        kill('paid', 'thread'),
        kill('enriched', 'thread'),
        kill('intended', 'thread'),
        kill('sent', 'thread'),
        kill('sent', 'thread', { requestLost: true }),
        kill('answered', 'thread'),
        kill('posted', 'process'),
        kill('settled', 'thread'),
        kill('random', 'thread'),
        // Longer than the bot relies on the nonce, so that it has to search the channel.
        kill('sent', 'everything', { downMs: 130_000 }),
      ],
      { processes: 2 },
      {
        clockSteps: [
          { process: 0, byMs: 300_000, pause },
          { process: undefined, byMs: -600_000, pause: { ...pause, afterKills: 4 } },
        ],
        troubles: [
          { kind: 'archived', channel: ids.thread, pause },
          { kind: 'wrong-kind', channel: ids.general, pause: { ...pause, afterKills: 4 } },
        ],
      },
    );
    expect(report).toMatchObject({ duplicates: [], losses: [], outOfOrder: [], unfinished: [], problems: [] });
    expect(report.paidForNothing).toEqual([]);
    expect(report.posts).toBe(report.expectedPosts);
    expect(report.expectedPosts).toBeGreaterThanOrEqual(12);
    expect(Object.keys(report.kills.moments).toSorted()).toEqual([...steps, 'random'].toSorted());
    expect(report.kills.moments.sent).toBe(3);
    expect(report.kills).toMatchObject({ total: 11, thread: 8, process: 2, everything: 1 });
    expect(report.resumedMs.leftOut).toBeGreaterThan(0);
    expect(report.lookups).toBeGreaterThan(0);
    expect(report.clockSteps).toEqual({ one: 1, all: 1 });
    expect(report.troubles).toEqual({ archived: 1, 'wrong-kind': 1 });
    expect(report.changedMessages.previews).toBeGreaterThan(0);
    expect(brokenPromises(report)).toEqual([]);
  });
});

test('a server that is disturbed and fails over to a synchronous standby finds every item posted exactly once', async () => {
  // One of each process: the leader's is among them.
  const kills = [kill('random', 'process'), kill('random', 'process', { afterMs: 600 })];
  const report = await run(kills, {
    processes: 2,
    items: 4,
    store: 'postgres',
    nemesis: ['backends', 'proxy'],
    failovers: 1,
  });
  expect(report).toMatchObject({ duplicates: [], losses: [], outOfOrder: [], unfinished: [], problems: [] });
  expect(report.posts).toBe(report.expectedPosts);
  expect(report.kills.total).toBe(2);
  expect(report).toMatchObject({ polledTogether: [], unpolled: [] });
  expect(report.polls).toBeGreaterThan(0);
  expect(report.serverFaults.failovers).toBe(1);
  expect(report).toMatchObject({ backend: 'postgres', nemeses: ['backends', 'proxy'], mayForget: false });
  expect(brokenPromises(report)).toEqual([]);
});

describe('the checker notices a design that is broken on purpose', () => {
  test('mark-after posts twice when a client is killed between the answer and the mark', async () => {
    const report = await run([kill('answered', 'thread')], { design: 'mark-after', items: 4 });
    expect(report.kills.moments).toEqual({ answered: 1 });
    expect(report.duplicates.length).toBeGreaterThan(0);
    expect(report.problems).toEqual([]);
    expect(brokenPromises(report)).not.toEqual([]);
  });

  test('no-lead has two clients poll at once', async () => {
    const report = await run([], { design: 'no-lead', processes: 2, items: 4, store: 'postgres', nemesis: [] });
    expect(report.polledTogether.length).toBeGreaterThan(0);
    expect(report).toMatchObject({ duplicates: [], losses: [], problems: [] });
    expect(brokenPromises(report)).not.toEqual([]);
  });

  test('mark-first loses the items of a client that is killed between the mark and the post', async () => {
    const report = await run([kill('claimed', 'thread')], { design: 'mark-first', items: 4 });
    expect(report.kills.moments).toEqual({ claimed: 1 });
    expect(report.losses.length).toBeGreaterThan(0);
    expect(report.problems).toEqual([]);
    expect(brokenPromises(report)).not.toEqual([]);
  });
});
