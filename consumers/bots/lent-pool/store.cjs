// Opens a store by its URL and by a pool, in CommonJS, and ends by itself.
const { Pool } = require('pg');
const { openSeenStore } = require('sapphire-plugin-seen/store');

async function main() {
  const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 1 });
  for (const options of [{ url: process.env.DATABASE_URL }, { pool }]) {
    const store = await openSeenStore({ ...options, schema: 'lent_cjs' });
    await store.markSeen('a');
    console.log(JSON.stringify(await store.filterUnseen(['a', 'b'])));
    await store.close();
  }
  await pool.end();
}

main();
