// Uses a store of the ES modules in each of its threads, and prints how that went.
import { openSeenStore } from 'sapphire-plugin-seen/store';

try {
  const store = await openSeenStore({ path: 'data/seen_ids.sqlite' });
  await store.markSeen('a');
  console.log(JSON.stringify(await store.filterUnseen(['a', 'b'])));
  await store.backup('data/backup.sqlite', { overwrite: true });
  await store.close();
} catch (error) {
  console.log(`${error.code}: ${error.message}`);
}
