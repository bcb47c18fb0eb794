import { container, SapphireClient } from '@sapphire/framework';
import 'sapphire-plugin-seen/register';

type Entry = Parameters<typeof container.stores.loadPiece>[0];

let corePieces: readonly Entry[] | undefined;

/**
 * Sapphire hands its own pieces, which are loaded when it is imported, to the first client of a process only: a second
 * one would hear no command. This takes them from a client that does nothing else, for `reloadCorePieces`.
 */
async function findCorePieces(): Promise<readonly Entry[]> {
  const client = new SapphireClient({ intents: [], baseUserDirectory: null, seen: { enabled: false } });
  await container.stores.load();
  const entries: Entry[] = [];
  for (const store of container.stores.values()) {
    for (const { name, constructor } of store.values()) {
      entries.push({ store: store.name, name, piece: constructor as Entry['piece'] });
    }
  }
  await client.destroy();
  return entries;
}

/** To be called before each client is made; returns what gives it Sapphire's own pieces. */
export async function prepareCorePieces(): Promise<() => Promise<void>> {
  const entries = (corePieces ??= await findCorePieces());
  return async () => {
    await Promise.all(entries.map((entry) => container.stores.loadPiece(entry)));
  };
}
