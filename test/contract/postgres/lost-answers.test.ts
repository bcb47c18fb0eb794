import { expect, onTestFinished, test } from 'vitest';

import {
  noCounts,
  openSeenStore,
  type Coverage,
  type Cycle,
  type Incident,
  type SeenStore,
} from '../../../src/store/index.ts';
import { emptySchema } from '../../support/empty-schema.ts';
import { postgresUrl } from '../../support/postgres.ts';
import { ForgetfulPool } from './forgetful-pool.ts';

async function openForgetful(): Promise<{ readonly store: SeenStore; readonly pool: ForgetfulPool }> {
  const { url, schema } = await emptySchema();
  const pool = new ForgetfulPool(url, schema);
  const store = await openSeenStore({ pool, schema: pool.schema });
  onTestFinished(async () => {
    await store.close();
    await pool.end();
  });
  return { store, pool };
}

function cycle(): Cycle {
  return { ...noCounts, feed: 'news', startedAt: new Date(), finishedAt: new Date(), total: 5, skipped: 5 };
}

async function openTold(store: SeenStore): Promise<Incident> {
  const incident = await store.incidents.open('source', 'down');
  await store.incidents.saveIntent(incident);
  await store.incidents.markTold(incident);
  return incident;
}

/** A write whose answer is lost. */
interface Write {
  write(): Promise<unknown>;
  /** The answer that the caller gets all the same. */
  readonly answer: unknown;
  /** Reads what has become of the database. */
  read(): Promise<unknown>;
  readonly kept: unknown;
}

const writes: Readonly<Record<string, (store: SeenStore) => Promise<Write>>> = {
  'spending is added once': async ({ spending }) => {
    await spending.add('news', { requests: 1 });
    const sum = { requests: 3, tokens: 10 };
    return {
      write: () => spending.add('news', { requests: 2, tokens: 10 }),
      answer: expect.objectContaining(sum),
      read: () => spending.today('news'),
      kept: expect.objectContaining(sum),
    };
  },

  'a cycle is recorded once': async (store) => ({
    write: () => store.cycles.record(cycle()),
    answer: undefined,
    read: async () => (await store.stats()).today.total,
    kept: 5,
  }),

  'an incident is opened once': async ({ incidents }) => ({
    write: () => incidents.open('source', 'down'),
    answer: expect.objectContaining({ subject: 'source', isRelapse: false }),
    read: () => incidents.current(),
    kept: [expect.objectContaining({ subject: 'source', isRelapse: false })],
  }),

  'who ends an incident that nobody was told of learns which one': async ({ incidents }) => {
    const incident = await incidents.open('source', 'down');
    return {
      write: () => incidents.close('source'),
      answer: incident,
      read: () => incidents.ended(),
      kept: [],
    };
  },

  'who ends an incident that people were told of learns which one': async (store) => {
    const { id } = await openTold(store);
    return {
      write: () => store.incidents.close('source'),
      answer: expect.objectContaining({ id, overAt: expect.any(Date) }),
      read: () => store.incidents.ended(),
      kept: [expect.objectContaining({ id })],
    };
  },

  'who told of an incident learns that nobody else did': async ({ incidents }) => {
    const incident = await incidents.open('source', 'down');
    return {
      write: () => incidents.markTold(incident),
      answer: true,
      read: () => incidents.markTold(incident),
      kept: false,
    };
  },

  'a hold is opened once': async ({ holds }) => ({
    write: () => holds.open('news', ['a']),
    answer: expect.objectContaining({ feed: 'news', ids: ['a'] }),
    read: () => holds.list(),
    kept: [expect.objectContaining({ feed: 'news', ids: ['a'] })],
  }),

  'a hold is extended': async ({ holds }) => {
    const { id } = await holds.open('news', ['a']);
    return {
      write: () => holds.extend(id, ['b']),
      answer: expect.objectContaining({ ids: ['a', 'b'] }),
      read: async () => (await holds.current('news'))?.ids,
      kept: ['a', 'b'],
    };
  },

  'who asks in a channel learns that nobody else does': async ({ holds }) => {
    const { id } = await holds.open('news', ['a']);
    return {
      write: () => holds.startQuestion(id, 'channel', null),
      answer: expect.objectContaining({ channelId: 'channel' }),
      read: () => holds.startQuestion(id, 'channel', null),
      kept: null,
    };
  },

  'who asks again in a channel learns that nobody else does': async ({ holds }) => {
    const { id } = await holds.open('news', ['a']);
    const known = await holds.startQuestion(id, 'channel', null);
    return {
      write: () => holds.startQuestion(id, 'channel', known),
      answer: expect.objectContaining({ channelId: 'channel' }),
      read: () => holds.startQuestion(id, 'channel', known),
      kept: null,
    };
  },

  'a decision stands': async ({ holds }) => {
    const { id } = await holds.open('news', ['a']);
    const decided = expect.objectContaining({ decision: 'mark', decidedBy: 'user' });
    return {
      write: () => holds.decide(id, 'mark', 'user'),
      answer: decided,
      read: () => holds.decide(id, 'post', 'another'),
      kept: decided,
    };
  },

  'the first feed is plain': async ({ scopes }) => ({
    write: () => scopes.assign('news', [['a']]),
    answer: { feed: 'news', isPlain: true },
    read: () => scopes.list(),
    kept: [{ feed: 'news', isPlain: true }],
  }),
};

test.each(Object.entries(writes))('where the answer to a commit is lost, %s', async (_, prepare) => {
  const { store, pool } = await openForgetful();
  const { write, answer, read, kept } = await prepare(store);
  pool.loseNext(/^COMMIT/);
  expect(await write()).toEqual(answer);
  expect(pool.lost).toBe(1);
  expect(await read()).toEqual(kept);
});

test('a coverage whose answer is lost does not come back over a later one', async () => {
  const { store, pool } = await openForgetful();
  const other = await openSeenStore({ url: await postgresUrl(), schema: pool.schema });
  onTestFinished(() => other.close());
  const of = (category: string): Coverage => [{ category, oldBefore: null }];
  pool.loseNext(/^COMMIT/, () => other.coverage.save('news', of('later')));
  await store.coverage.save('news', of('earlier'));
  expect(pool.lost).toBe(1);
  expect(await store.coverage.of('news')).toEqual(of('later'));
});

test('an intent to tell that is dropped, but not so answered, is not dropped again once another has its own', async () => {
  const { store, pool } = await openForgetful();
  const other = await openSeenStore({ url: await postgresUrl(), schema: pool.schema });
  onTestFinished(() => other.close());
  const incident = await store.incidents.open('source', 'down');
  await store.incidents.saveIntent(incident);
  pool.loseNext(/^COMMIT/, () => other.incidents.saveIntent(incident));
  await store.incidents.dropIntent(incident);
  expect(pool.lost).toBe(1);
  expect(await store.incidents.current()).toMatchObject([{ intentAt: expect.any(Date) }]);
});

test('a question whose answer is lost is saved', async () => {
  const { store, pool } = await openForgetful();
  const { id } = await store.holds.open('news', ['a']);
  const question = await store.holds.startQuestion(id, 'channel', null);
  if (question === null) throw new Error('there was nothing to ask');
  pool.loseNext(/UPDATE .*seen_hold_question/);
  await store.holds.saveQuestion(id, question, 'message');
  pool.loseNext(/DELETE .*seen_hold_question/);
  expect((await store.holds.current('news'))?.questions).toEqual([{ ...question, messageId: 'message' }]);
  await store.holds.dropQuestion(id, { ...question, messageId: 'message' });
  expect(pool.lost).toBe(2);
  expect((await store.holds.current('news'))?.questions).toEqual([]);
});
