import { container, type Listener, type SapphireClient } from '@sapphire/framework';
import { FeedListener, stopBot } from 'sapphire-plugin-seen';
import { expect, onTestFinished, test, vi } from 'vitest';

import { localDiscord } from '../support/local-discord.ts';
import type { QuietLogger } from '../support/quiet-logger.ts';
import { logIn, newSapphireClient } from '../support/sapphire-bot.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

class NewsListener extends FeedListener<string> {
  key = (item: string): string => item;
  channels = (): string[] => [];
  message = (): object => ({});
}

class DisabledListener extends NewsListener {
  constructor(context: Listener.LoaderContext, options: Listener.Options) {
    super(context, { ...options, enabled: false });
  }
}

const batch = { items: ['a'], complete: true };

async function start(pieces: Record<string, typeof NewsListener>, { enabled = true } = {}) {
  const discord = await localDiscord();
  const client = await newSapphireClient(discord, {
    path: `${temporaryFolder()}/seen.sqlite`,
    command: false,
    enabled,
  });
  onTestFinished(() => stopBot(client));
  for (const [name, piece] of Object.entries(pieces))
    await container.stores.loadPiece({ name, piece, store: 'listeners' });
  return { client, discord, emit: emitter(client), unheard: () => warnings(client) };
}

const emitter = (client: SapphireClient) => (event: string, argument: unknown) =>
  (client as { emit(event: string, argument: unknown): boolean }).emit(event, argument);
const warnings = ({ logger }: SapphireClient) => (logger as QuietLogger).of('feed_batch_unheard');

test('a batch that no listener hears is warned of once an event, with the events that feeds listen to', async () => {
  const { client, discord, emit, unheard } = await start({ news: NewsListener, off: DisabledListener });
  expect(emit('early', batch)).toBe(false);
  await logIn(client, discord);
  expect(emit('news', batch)).toBe(true);
  for (const event of ['nwes', 'nwes', 'off']) emit(event, batch);
  emit('own', ['a']);
  emit('own', { items: ['a'] });
  const hint = (text: string) => ({ hint: expect.stringContaining(text) as string });
  expect(unheard()).toMatchObject([
    { level: 'warn', fields: { event: 'early', ...hint('in client.login(): give batches after it') } },
    { level: 'warn', fields: { event: 'nwes', ...hint('The feeds that are loaded listen to "news".') } },
    { level: 'warn', fields: { event: 'off', ...hint('switched off by its option enabled: false') } },
  ]);
  await stopBot(client);
  expect(emit('news', batch)).toBe(false);
  expect(unheard()).toHaveLength(3);
});

test('a token in the environment is not taken for a login', async () => {
  vi.stubEnv('DISCORD_TOKEN', 'MTIz.of.environment');
  onTestFinished(() => void vi.unstubAllEnvs());
  const { client, discord, emit, unheard } = await start({ news: NewsListener });
  emit('nwes', batch);
  await logIn(client, discord);
  for (let n = 0; n < 2; n += 1) emit('nwes', batch);
  expect(unheard()).toMatchObject([
    { fields: { hint: expect.stringContaining('in client.login(): give batches after it') } },
    { fields: { hint: expect.stringContaining('The feeds that are loaded listen to "news".') } },
  ]);
});

test('a feed that is not loaded yet, or could not be, is not said to be switched off', async () => {
  class FailingListener extends NewsListener {
    constructor(context: Listener.LoaderContext, options: Listener.Options) {
      super(context, options);
      throw new Error('a bug of the bot');
    }
  }
  const { client, discord, emit, unheard } = await start({});
  await logIn(client, discord);
  const loading = container.stores.loadPiece({ name: 'news', piece: FailingListener, store: 'listeners' });
  await expect(loading).rejects.toThrow('a bug of the bot');
  emit('news', batch);
  expect(unheard()).toMatchObject([
    { fields: { hint: expect.stringContaining('The listener of this feed is not loaded.') } },
  ]);
});

test('where no feed is loaded, the warning says where Sapphire looks for listeners', async () => {
  const { client, discord, emit, unheard } = await start({});
  await logIn(client, discord);
  emit('news', batch);
  expect(unheard()).toMatchObject([{ fields: { hint: expect.stringContaining('No feed is loaded. Sapphire loads') } }]);
});

test('nothing is warned of where the plugin is switched off', async () => {
  const { client, discord, emit, unheard } = await start({ news: DisabledListener }, { enabled: false });
  await logIn(client, discord);
  emit('news', batch);
  expect(unheard()).toEqual([]);
});
