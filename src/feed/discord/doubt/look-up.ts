import type { APIMessage } from 'discord.js';

import type { OpenPost } from '../../../store/contract/ledger.ts';
import type { ItemProgress } from '../../progress/item-progress.ts';
import type { OwnMessages } from '../rest/own-messages.ts';
import { keptFingerprints } from './fingerprint.ts';
import { isWithin } from './history.ts';
import { arrivalOf, type Present } from './intent-time.ts';
import { isBetter, likenessToAny, type Likeness } from './likeness.ts';

/** The request whose message is looked for. */
export interface Wanted {
  readonly channelId: string;
  readonly nonce: string;
  /** The bot's own posts of the time in which it may have arrived. */
  readonly messages: readonly APIMessage[];
  /** False when there are more than these. */
  readonly isComplete: boolean;
  /** Compares a message with the one that was sent. */
  readonly likenessOf: (message: APIMessage) => Likeness;
  readonly now: Present;
  /** Called with the post of another item; tells whether its request may still be under way. */
  readonly isUnderWay: (other: OpenPost) => boolean;
  readonly own: OwnMessages;
}

/**
 * The result of a look into the history.
 *
 * - `found`: this message is the item's, and is recorded as such.
 * - `none`: the message does not exist.
 * - `contested`: a message looks like it, and may be that of another item whose request is still under way.
 * - `undecided`: nobody can tell, because of these messages; or because there are too many, where none is named.
 */
export type Look =
  | { readonly kind: 'found'; readonly messageId: string }
  | { readonly kind: 'none' | 'contested' }
  | { readonly kind: 'undecided'; readonly messageIds: readonly string[] };

interface Candidate {
  readonly message: APIMessage;
  readonly likeness: Likeness;
}

/**
 * Looks among the posts of a channel for the message that an earlier request may have made. Only those count that are
 * not known to be another item's, and each of them is used for one item.
 */
export async function lookUp(progress: ItemProgress, wanted: Wanted): Promise<Look> {
  const { channelId, nonce, messages, isComplete, likenessOf, own } = wanted;
  const candidates = messages
    .filter(({ id }) => !own.isOfAnother(nonce, id))
    .map((message) => ({ message, likeness: likenessOf(message) }))
    .filter(({ likeness }) => likeness !== 'other');
  const otherwise: Look = isComplete ? { kind: 'none' } : { kind: 'undecided', messageIds: [] };
  if (candidates.length === 0) return otherwise;
  // The ledger is read after the history: whoever made one of the messages had saved the intent before.
  const posts = await progress.channelPosts(channelId, idsOf(candidates));
  const unrecorded = candidates.filter(({ message }) => !posts.recorded.includes(message.id));
  const { ours, contested } = withoutRivals(unrecorded, posts.others, wanted);
  const messageId = await takeBest(progress, wanted, ours);
  if (messageId !== undefined) own.note(nonce, messageId);
  if (messageId !== undefined) return { kind: 'found', messageId };
  if (contested.length > 0) return { kind: 'contested' };
  const unclear = ours.filter(({ likeness }) => likeness === 'unclear');
  return unclear.length > 0 ? { kind: 'undecided', messageIds: idsOf(unclear) } : otherwise;
}

/**
 * Leaves out what another open post resembles more. What it resembles as much is either's, once its request cannot be
 * under way any more.
 */
function withoutRivals(
  candidates: readonly Candidate[],
  others: readonly OpenPost[],
  { now, isUnderWay }: Wanted,
): { readonly ours: Candidate[]; readonly contested: Candidate[] } {
  const rivals = others.map((post) => ({
    sent: keptFingerprints(post.fingerprint),
    arrival: arrivalOf(post, now),
    mayCome: isUnderWay(post),
  }));
  const parted: { readonly ours: Candidate[]; readonly contested: Candidate[] } = { ours: [], contested: [] };
  for (const candidate of candidates) {
    const { message, likeness } = candidate;
    const claims = rivals
      .filter(({ arrival }) => isWithin(arrival, message.id))
      .map(({ sent, mayCome }) => ({ mayCome, likeness: likenessToAny(sent, message) }));
    if (claims.some((claim) => isBetter(claim.likeness, likeness))) continue;
    const isContested = claims.some((claim) => claim.mayCome && claim.likeness === likeness);
    parted[isContested && likeness !== 'unclear' ? 'contested' : 'ours'].push(candidate);
  }
  return parted;
}

/** Another process may be taking a message at this moment: then the next one is tried. */
async function takeBest(
  progress: ItemProgress,
  { channelId }: Wanted,
  candidates: readonly Candidate[],
): Promise<string | undefined> {
  for (const wanted of ['exact', 'alike', 'kindred'] as const) {
    for (const { message, likeness } of candidates) {
      if (likeness === wanted && (await progress.saveFoundPost(channelId, message.id))) return message.id;
    }
  }
  return undefined;
}

function idsOf(candidates: readonly Candidate[]): string[] {
  return candidates.map(({ message }) => message.id);
}
