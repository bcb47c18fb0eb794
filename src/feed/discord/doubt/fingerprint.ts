import { createHash } from 'node:crypto';

import { isRecord, recordsIn, type JsonRecord } from '../../json-record.ts';
import type { PlainBody } from '../message/plain-body.ts';
import { detailsOf, isOwnEmbed, loosely, partsOf, toTheLetter } from './message-parts.ts';

/** The form of the fingerprints. Those of another form are not read. */
const FORM = 1;
const HASH_LENGTH = 22;

/** A message as it is sent, with the name of the thread that it begins in a forum. */
export type SentBody = PlainBody & { readonly thread_name?: string };

/**
 * The message that was sent, in hashes: by them it is recognised in a channel's history, whatever the feed's template
 * has become since. Each part is compared by itself, because Discord and moderators rewrite, add or hide single parts.
 *
 * An empty text stands for a part of which there is nothing to compare.
 */
export interface Fingerprint {
  readonly form: typeof FORM;
  /** All parts to the letter: tells two messages apart that are otherwise alike. */
  readonly exact: string;
  /** The name of the thread in a forum that the message began. */
  readonly threadName: string;
  readonly content: string;
  readonly embeds: readonly { readonly texts: string; readonly media: string }[];
  readonly components: string;
  /** True where there are components, with or without texts. */
  readonly hasComponents: boolean;
  readonly poll: string;
  readonly stickers: string;
  readonly forward: string;
}

/** Makes the fingerprint of a message, or of the body of one. */
export function fingerprintOf(message: JsonRecord): Fingerprint {
  const { threadName, content, embeds, components, poll, stickers, forward } = partsOf(message, loosely);
  return {
    form: FORM,
    exact: exactHash(message),
    threadName: hash(threadName),
    content: hash(content),
    embeds: embeds.map(({ texts, media }) => ({ texts: hash(texts), media: hash(media) })),
    components: hash(components),
    hasComponents: recordsIn(message['components']).length > 0,
    poll: hash(poll),
    stickers: hash(stickers),
    forward: hash(forward),
  };
}

/** Tells whether a thread of that name may be that of any of the messages. */
export function mayBeNamed(sent: readonly Fingerprint[], name: string): boolean {
  const { threadName } = fingerprintOf({ thread_name: name });
  return sent.some((one) => one.threadName === threadName);
}

/**
 * The text that the ledger keeps: the fingerprint beside those of earlier tries, since a template may have changed
 * between two of them.
 */
export function withFingerprint(kept: string | null, fingerprint: Fingerprint): string {
  const earlier = keptFingerprints(kept).filter(({ exact }) => exact !== fingerprint.exact);
  return JSON.stringify([...earlier.slice(-2), fingerprint]);
}

/** The fingerprints that the ledger has kept; none of an earlier version's intent. */
export function keptFingerprints(kept: string | null): Fingerprint[] {
  if (kept === null) return [];
  const list: unknown = JSON.parse(kept);
  return Array.isArray(list) ? list.filter(isFingerprint) : [];
}

function isFingerprint(value: unknown): value is Fingerprint {
  return isRecord(value) && value['form'] === FORM;
}

function exactHash(message: JsonRecord): string {
  const details = recordsIn(message['embeds']).filter(isOwnEmbed).map(detailsOf);
  return hash([JSON.stringify([partsOf(message, toTheLetter), details])]);
}

/** The hash of a part; empty for an empty one. */
function hash(texts: readonly string[]): string {
  if (texts.length === 0) return '';
  return createHash('sha256').update(JSON.stringify(texts)).digest('base64url').slice(0, HASH_LENGTH);
}
