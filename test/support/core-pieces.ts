import type * as Framework from '@sapphire/framework';

type Entry = Parameters<typeof Framework.container.stores.loadPiece>[0];

/** The pieces that each Sapphire of this process has of its own: a bundle has a Sapphire for itself. */
const corePieces = new Map<typeof Framework.container, Promise<readonly Entry[]>>();

/**
 * Sapphire hands its own pieces, which are loaded when it is imported, to the first client of a process only: a second
 * one would hear no command. This takes them from a client that does nothing else.
 */
async function findCorePieces({ container, SapphireClient }: typeof Framework): Promise<readonly Entry[]> {
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

/**
 * To be called before each client is made; returns what gives it Sapphire's own pieces. Has Sapphire forget the commands
 * of clients that have ended, which it would register again.
 *
 * @param framework With the plugin registered.
 */
export async function prepareCorePieces(framework: typeof Framework): Promise<() => Promise<void>> {
  const { container, ApplicationCommandRegistries } = framework;
  for (const registry of ApplicationCommandRegistries.registries.values()) registry['apiCalls'].length = 0;
  const found = corePieces.get(container) ?? findCorePieces(framework);
  corePieces.set(container, found);
  const entries = await found;
  return async () => {
    await Promise.all(entries.map((entry) => container.stores.loadPiece(entry)));
  };
}
