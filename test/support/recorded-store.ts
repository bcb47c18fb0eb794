import { expect, onTestFinished } from 'vitest';

import { openSeenStore, type SeenStore } from '../../src/store/index.ts';
import { emptySchema } from './empty-schema.ts';
import type { OwnSchema } from './postgres.ts';
import { RecordedPool } from './recorded-pool.ts';

/** A store in a schema of its own, with what its pool has sent. */
export interface RecordedStore {
  readonly store: SeenStore;
  readonly recorded: RecordedPool;
  readonly schema: OwnSchema;
  /** Opens another owner on the same database, with connections of its own. */
  reopen(): Promise<SeenStore>;
}

/**
 * Opens a store until the running test ends. Its first maintenance is over: it sends nothing by itself for hours.
 *
 * @param own Default: an empty schema.
 */
export async function openRecorded(own?: OwnSchema): Promise<RecordedStore> {
  const schema = own ?? (await emptySchema());
  const recorded = new RecordedPool(schema.url);
  const store = await openSeenStore({ pool: recorded.pool, schema: schema.schema });
  onTestFinished(async () => {
    await store.close();
    await recorded.pool.end();
  });
  await expect.poll(() => recorded.sent.some(({ text }) => text.includes('seen_watch'))).toBe(true);
  await recorded.whenIdle();
  const reopen = async (): Promise<SeenStore> => {
    const other = await openSeenStore({ url: schema.url, schema: schema.schema });
    onTestFinished(() => other.close());
    return other;
  };
  return { store, recorded, schema, reopen };
}
