// Uses a store of the CommonJS modules in each of its threads, and prints how that went.
const { openSeenStore } = require('sapphire-plugin-seen/store');

async function main() {
  const store = await openSeenStore({ path: 'data/seen_ids.sqlite' });
  await store.markSeen('a');
  console.log(JSON.stringify(await store.filterUnseen(['a', 'b'])));
  await store.backup('data/backup.sqlite', { overwrite: true });
  await store.close();
}

main().catch((error) => console.log(`${error.code}: ${error.message}`));
