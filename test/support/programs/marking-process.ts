// Opens the store named on the command line and marks the numbers from 0; prints `open`, then the error that ends it.
import { openSeenStore, SeenError } from '../../../src/store/index.ts';

const [path = '', count = '1'] = process.argv.slice(2);
try {
  const store = await openSeenStore({ path });
  console.log('open');
  for (let n = 0; n < Number(count); n += 1) await store.markSeen(`id-${n}-${'x'.repeat(400)}`);
  await store.close();
} catch (error) {
  if (!(error instanceof SeenError)) throw error;
  console.log(`${error.code}: ${error.message}`);
  process.exitCode = 1;
}
