import { expect, onTestFinished, test } from 'vitest';

import { openSeenStore, type SeenStore } from '../../../src/store/index.ts';
import { emptySchema } from '../../support/empty-schema.ts';
import { RecordedPool } from '../../support/recorded-pool.ts';
import { openRecorded } from '../../support/recorded-store.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';

const refuse = () => Promise.reject(Object.assign(new Error('permission denied'), { code: '42501' }));

test.each<[string, RegExp, (store: SeenStore) => Promise<unknown>]>([
  ['leadership.campaign', /seen_leader/, (store) => store.leadership.campaign('news')],
  ['leadership.current', /seen_leader/, (store) => store.leadership.current('news')],
  ['sizes', /pg_total_relation_size/, (store) => store.sizes()],
])('the error of %s names it, although it asks what others ask', async (operation, statement, call) => {
  const { store, recorded } = await openRecorded();
  recorded.next(statement, refuse);
  await expect(call(store)).rejects.toMatchObject({
    operation,
    message: expect.stringMatching(`^${operation} failed`),
  });
});

test('the maintenance of a new store names its own work where a read of the marks fails, and not the statistics', async () => {
  const { url, schema } = await emptySchema();
  const recorded = new RecordedPool(url);
  recorded.next(/FROM \S*seen$/, refuse);
  const logger = new RecordingLogger();
  const store = await openSeenStore({ pool: recorded.pool, schema, logger });
  onTestFinished(async () => {
    await store.close();
    await recorded.pool.end();
  });
  await expect
    .poll(() => logger.of('seen_store_purge_failed'))
    .toMatchObject([
      { fields: { error: { operation: 'purgeExpired', message: expect.stringMatching(/^purgeExpired failed/) } } },
    ]);
});
