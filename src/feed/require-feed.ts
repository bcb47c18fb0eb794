import { Events, type Listener, type Piece } from '@sapphire/framework';

import { reasonOf, SeenConfigError } from '../store/errors.ts';
import { resolveDeliveryOptions, type DeliveryOptions } from './options.ts';

/** The methods of a feed: those that it must have, with their purpose, and those that it may have. */
const required = {
  key: 'the id of the item, as a text',
  channels: 'the ids of the channels that the item is posted in, as an array',
  message: 'the message of the item, such as { content: item.title }',
} as const;
const optional = [
  'aliases',
  'revive',
  'categories',
  'publishedAt',
  'isWhole',
  'enrich',
  'pingRole',
  'thread',
  'logStart',
] as const;

/** Events of a client that are not for batches. `ready` is the earlier name of one. */
const taken: readonly unknown[] = [...Object.values(Events), 'ready', 'seenCycle', 'seenHalted'];

/** A feed's listener as it was made. */
export interface FeedMade {
  readonly options: DeliveryOptions;
  /** True for a class that makes batches of what the event brings. */
  readonly hasOwnRun: boolean;
  /** The listener of the same name that was loaded at that time. */
  readonly earlier: Piece | undefined;
}

/**
 * Looks at a feed's listener when it is loaded: nothing else checks one that is written in plain JavaScript.
 *
 * @throws {SeenConfigError} naming the class and what it lacks.
 */
export function requireFeed(feed: Listener, { options, hasOwnRun, earlier }: FeedMade): void {
  const who = `The class ${feed.constructor.name}, the feed "${feed.name}" ${placeOf(feed)},`;
  for (const [name, purpose] of Object.entries(required)) {
    const value: unknown = Reflect.get(feed, name);
    if (typeof value !== 'function')
      throw new SeenConfigError(`${who} needs a method ${name}(item) that returns ${purpose}${insteadOf(value)}.`);
  }
  for (const name of optional) {
    const value: unknown = Reflect.get(feed, name);
    if (value !== undefined && typeof value !== 'function')
      throw new SeenConfigError(`${who} needs no ${name}, but one that it has must be a method${insteadOf(value)}.`);
  }
  requireOwnEvent(feed, who, hasOwnRun);
  requireOwnName(feed, who, earlier);
  requireOptions(options, who);
}

function requireOwnEvent({ event, emitter, container }: Listener, who: string, hasOwnRun: boolean): void {
  if (hasOwnRun || emitter !== container.client || !taken.includes(event)) return;
  throw new SeenConfigError(
    `${who} listens to ${JSON.stringify(event)}, which is an event of discord.js, of Sapphire or of this plugin, and ` +
      'brings no batches. Give its file another name, or the listener another event: super(context, { ...options, event: "news" }).',
  );
}

/** Sapphire would unload the earlier one without a word, and its feed with it. */
function requireOwnName(feed: Listener, who: string, earlier: Piece | undefined): void {
  const other = feed.store.get(feed.name);
  if (other === undefined || other === feed || isReload(feed, other, earlier)) return;
  throw new SeenConfigError(
    `${who} has the name of another listener, ${other.constructor.name} ${placeOf(other)}. Sapphire keeps one of a name: ` +
      'give one of the files another name, or one of the listeners: super(context, { ...options, name: "news" }).',
  );
}

/** A file that is loaded again may have got a class of another name. Two classes of one load are two listeners. */
function isReload({ location, constructor }: Listener, other: Piece, earlier: Piece | undefined): boolean {
  if (other.location.full !== location.full) return false;
  return other.constructor.name === constructor.name || (other === earlier && !location.virtual);
}

function requireOptions(options: DeliveryOptions, who: string): void {
  try {
    resolveDeliveryOptions(options);
  } catch (error) {
    throw new SeenConfigError(`${who} has an option that cannot work: ${reasonOf(error)}`);
  }
}

function placeOf({ location }: Pick<Listener, 'location'>): string {
  return location.virtual ? '(loaded by loadPiece)' : `in ${location.full}`;
}

function insteadOf(value: unknown): string {
  if (value === undefined) return '';
  return Array.isArray(value) ? '; it is an array' : `; it is of type ${typeof value}`;
}
