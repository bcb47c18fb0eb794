import { SeenInputError } from '../store/errors.ts';
import type { FeedBatch } from './feed.ts';
import { isRecord } from './json-record.ts';

/**
 * Tells when each item of a batch was listed.
 *
 * @param now Where the batch does not say.
 * @throws {SeenInputError} for a time that is none, or a list that is shorter than that of the items.
 */
export function listingTimes<Item>(batch: FeedBatch<Item>, now: Date): (item: Item) => Date {
  const { items, listedAt = now } = batch;
  const times = Array.isArray(listedAt) ? listedAt : [listedAt];
  const isList = Array.isArray(listedAt);
  if (!times.every(isTime) || (isList && times.length !== items.length))
    throw new SeenInputError('listedAt must be a date, or a list with a date for each item of the batch.');
  if (!isList) return () => times[0] ?? now;
  // Of an item that is listed twice, the first one counts, as it does everywhere.
  const ofItems = new Map(items.map((item, index) => [item, times[index] ?? now] as const).toReversed());
  return (item) => ofItems.get(item) ?? now;
}

function isTime(value: unknown): value is Date {
  return value instanceof Date && !Number.isNaN(value.getTime());
}

/** The batch with the time at which it was given, unless it has its own. What is no batch is left to be refused. */
export function withListingTime<Item>(batch: FeedBatch<Item>, now: Date): FeedBatch<Item> {
  return isRecord(batch) && 'items' in batch && batch.listedAt === undefined ? { ...batch, listedAt: now } : batch;
}
