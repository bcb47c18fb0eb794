import { openSeenStore } from '../../../src/store/index.ts';
import { withPool } from '../../support/clocked-pool.ts';
import { emptySchema } from '../../support/empty-schema.ts';
import { postgresUrl } from '../../support/postgres.ts';
import type { ContractBackend } from '../backend.ts';
import { keptPool } from './kept-pool.ts';
import { keepSchema } from './kept-schema.ts';

/**
 * A PostgreSQL server, as the contract's suites need to know it. The contract's parts are test files of their own, so that
 * they run beside each other.
 *
 * @param url The address that the stores use.
 * @param openPool Called for each store that has a clock.
 */
export function postgresAt(name: string, url: string, openPool = keptPool): ContractBackend {
  return {
    name,
    toleratedSetbackMs: 30_000,

    async newDatabase() {
      const { schema } = await emptySchema();
      return { url, schema };
    },

    /** The database goes by the clock of the options, where they have one. */
    async open(options) {
      const { clock, schema = 'seen', url: _url, ...others } = options;
      if (clock === undefined) return openSeenStore(options);
      const pool = openPool(url, clock);
      try {
        return withPool(await openSeenStore({ ...others, pool, schema, clock }), pool);
      } catch (error) {
        await pool.end();
        throw error;
      }
    },

    keepCopy: ({ schema = 'seen' }) => keepSchema(direct, schema),
  };
}

const direct = await postgresUrl();

export const postgres = postgresAt('PostgreSQL', direct);
