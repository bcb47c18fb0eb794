// Lends a store the program's own pool, in ES modules, and ends by itself.
import { Pool } from 'pg';
import { openSeenStore } from 'sapphire-plugin-seen/store';

const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 1 });
const store = await openSeenStore({ pool, schema: 'lent' });
await store.markSeen('a');
console.log(JSON.stringify(await store.filterUnseen(['a', 'b'])));
await store.close();
await pool.end();
