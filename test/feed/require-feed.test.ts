import * as framework from '@sapphire/framework';
import { container, type Listener, SapphireClient } from '@sapphire/framework';
import 'sapphire-plugin-seen/register';
import { FeedListener, SeenConfigError, type DeliveryOptions } from 'sapphire-plugin-seen';
import { expect, onTestFinished, test } from 'vitest';

import { feedsOf } from '../../src/feed/feeds-of-client.ts';
import { prepareCorePieces } from '../support/core-pieces.ts';
import { QuietLogger } from '../support/quiet-logger.ts';

type Piece = new (context: Listener.LoaderContext, options: Listener.Options) => Listener;
type Made = { readonly name?: string; readonly file?: string; readonly piece: Piece };

/** Loads the listeners one after the other, as a reload does: each is a file of the bot's. */
async function load(...pieces: readonly Made[]): Promise<{ readonly client: SapphireClient }> {
  // Or else this client would take them away from those of other tests.
  await prepareCorePieces(framework);
  const client = new SapphireClient({ intents: [], baseUserDirectory: null, logger: { instance: new QuietLogger() } });
  onTestFinished(() => client.destroy());
  await insert(...pieces);
  return { client };
}

async function insert(...pieces: readonly Made[]): Promise<void> {
  for (const piece of pieces) await container.stores.get('listeners').insert(make(piece));
}

function make({ name = 'news', piece, file = piece.name }: Made): Listener {
  const store = container.stores.get('listeners');
  return new piece({ name, path: `/bot/listeners/${file}.js`, root: '/bot/listeners', store }, { name });
}

class WholeListener extends FeedListener<string> {
  override key(item: string): string {
    return item;
  }

  override channels(): string[] {
    return [];
  }

  override message(): object {
    return {};
  }
}

/** A feed of plain JavaScript, where nothing demands its methods, with some that are not as they should be. */
function feedWith(methods: object, name = 'NewsListener'): Piece {
  const made = { [name]: class extends WholeListener {} }[name] ?? WholeListener;
  Object.assign(made.prototype, methods);
  return made;
}

test.for<[string, object, string]>([
  ['no channels', { channels: undefined }, 'needs a method channels(item) that returns the ids of the channels'],
  [
    'channels as a list',
    { channels: ['1'] },
    'needs a method channels(item) that returns the ids of the channels that the item is posted in, as an array; it is an array.',
  ],
  ['no key', { key: undefined }, 'needs a method key(item) that returns the id of the item'],
  ['no message', { message: undefined }, 'needs a method message(item)'],
  [
    'enrich as a text',
    { enrich: 'short' },
    'needs no enrich, but one that it has must be a method; it is of type string',
  ],
])('a feed with %s is refused with its class, its name and its file', async ([, change, problem]) => {
  const failure: unknown = await load({ piece: feedWith(change) }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(SeenConfigError);
  expect(String(failure)).toContain('The class NewsListener, the feed "news" in /bot/listeners/NewsListener.js,');
  expect(String(failure)).toContain(problem);
});

test.for(['ready', 'clientReady', 'messageCreate', 'messageCommandRun', 'seenCycle'])(
  'a feed in a file named after the event %s is refused: that brings no batches',
  async (name) => {
    await expect(load({ name, piece: feedWith({}) })).rejects.toThrow(`listens to "${name}", which is an event of`);
  },
);

test('a feed that makes batches of an event itself may listen to any', async () => {
  await load({ name: 'messageCreate', piece: feedWith({ run: () => undefined }) });
  expect(container.stores.get('listeners').has('messageCreate')).toBe(true);
});

test('a feed with the name of another listener is refused with both files: Sapphire keeps one', async () => {
  const two = load({ piece: feedWith({}, 'One') }, { piece: feedWith({}, 'Two') });
  await expect(two).rejects.toThrow(
    'The class Two, the feed "news" in /bot/listeners/Two.js, has the name of another listener, One in ' +
      '/bot/listeners/One.js',
  );
});

test('a feed that is loaded again, from its file, takes its own place, whatever its class is called by now', async () => {
  const renamed = { piece: feedWith({}, 'Renamed'), file: 'NewsListener' };
  const { client } = await load({ piece: feedWith({}) }, { piece: feedWith({}) }, renamed);
  expect(container.stores.get('listeners').get('news')?.constructor.name).toBe('Renamed');
  expect(feedsOf(client)).toHaveLength(1);
  expect(client.listenerCount('news')).toBe(1);
});

test('of two feeds of one file and one name, made in the same load, the second is refused', async () => {
  await load();
  const listeners = container.stores.get('listeners');
  const [one, two] = ['One', 'Two'].map((name) => make({ piece: feedWith({}, name), file: 'both' }));
  await listeners.insert(one as Listener);
  await expect(listeners.insert(two as Listener)).rejects.toThrow('has the name of another listener, One');
});

test('a feed that is refused hears nothing, and leaves its place to the one that was loaded before', async () => {
  const heard: string[] = [];
  const run = (name: string) => ({ run: () => void heard.push(name) });
  const { client } = await load({ piece: feedWith(run('before'), 'One') });
  const refused = insert({ piece: feedWith({ ...run('refused'), key: undefined }, 'One') });
  await expect(refused).rejects.toThrow('needs a method key(item)');
  (client as { emit(event: string): boolean }).emit('news');
  expect(heard).toEqual(['before']);
  expect(feedsOf(client)).toHaveLength(1);
});

test('a feed may be made without options, like every listener', async () => {
  class Bare extends WholeListener {
    readonly source: string;

    constructor(context: Listener.LoaderContext) {
      super(context);
      this.source = 'https://news.example/feed';
    }
  }
  await load({ piece: Bare });
  expect(container.stores.get('listeners').has('news')).toBe(true);
});

test.for<[DeliveryOptions, string]>([
  [{ maxConcurrent: 0 }, 'maxConcurrent must be a whole number above 0, but is 0'],
  [{ pingRoleId: '@everyone' }, 'pingRoleId must be the id of a role'],
])('a feed with the options %j is refused when it is loaded', async ([options, problem]) => {
  class Wrong extends WholeListener {
    constructor(context: Listener.LoaderContext, given: Listener.Options) {
      super(context, { ...given, ...options });
    }
  }
  const failure: unknown = await load({ piece: Wrong }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(SeenConfigError);
  expect(String(failure)).toContain('The class Wrong, the feed "news" in /bot/listeners/Wrong.js, has an option');
  expect(String(failure)).toContain(problem);
});
