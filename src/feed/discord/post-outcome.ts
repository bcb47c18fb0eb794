import type { PostRecord } from '../../store/contract/claims.ts';
import type { ChannelBreaker } from './channels/breaker.ts';

/** The outcome of one item in one channel. */
export type PostOutcome =
  /** The message is there; its id is null where it was deleted before that was known. */
  | { readonly kind: 'posted'; readonly messageId: string | null }
  /**
   * Nothing was tried: the channel is paused, or the item cannot be sent yet. It is due at once, so that it keeps its
   * place in the order. With `holdsUpOthers`, those behind it wait although the channel takes posts.
   */
  | { readonly kind: 'paused'; readonly reason: string; readonly holdsUpOthers?: boolean }
  /** It failed through no fault of the item's. It is due at once, too. */
  | { readonly kind: 'trouble'; readonly reason: string }
  /** It failed, and the item is to blame, although the error may not say so. `faults` counts how often it was. */
  | { readonly kind: 'retry'; readonly channelId: string; readonly faults: number; readonly error: string }
  /** Nothing was tried: after such a failure, the item pauses in this channel for `leftMs` milliseconds more. */
  | { readonly kind: 'item-paused'; readonly leftMs: number; readonly reason: string }
  | { readonly kind: 'failed'; readonly error: string };

/** The outcome that an earlier attempt settled for good; undefined for a channel that still has to get the post. */
export function settledOutcome(earlier: PostRecord | undefined): PostOutcome | undefined {
  if (earlier?.state === 'posted') return { kind: 'posted', messageId: earlier.messageId };
  if (earlier?.state === 'failed') return { kind: 'failed', error: earlier.error ?? 'failed earlier' };
  return undefined;
}

/** The outcome of a post that failed through a fault of its item's, as the breaker counts it. */
export function retryOf(breaker: ChannelBreaker, channelId: string, id: string, error: string): PostOutcome {
  return { kind: 'retry', channelId, faults: breaker.faultsOf(channelId, id), error };
}
