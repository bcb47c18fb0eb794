import { openSeenStore } from 'sapphire-plugin-seen/store';

import { databaseOf, million, type BenchCase } from '../../case.ts';
import { NEVER_DAYS } from '../../databases/sqlite.ts';
import { interleave } from '../../measure/interleave.ts';

/** A store of a schema that is there: the connection, and the look at the server and the schema. */
const openingCase: BenchCase = {
  name: 'opening',
  title: 'Opening and closing a store in PostgreSQL',
  rows: () => [million],
  run: async (input) => {
    const url = databaseOf(input, million);
    const { ours } = await interleave(input.quick ? 30 : 100, {
      ours: async () => {
        const store = await openSeenStore({ url, ttlDays: NEVER_DAYS });
        await store.close();
      },
    });
    const figures = { ours };
    return [{ label: '1M rows', value: ours / 1000, unit: 'ms', detail: 'median', figures }];
  },
};

export default openingCase;
