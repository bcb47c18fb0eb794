import { backoffMs } from '../backoff.ts';
import type { ResolvedContext } from '../context.ts';
import type { PostOutcome } from '../discord/post-outcome.ts';
import type { Poster } from '../discord/poster.ts';
import type { ItemProgress, Outcome } from '../progress/item-progress.ts';

interface ConcludeContext extends Pick<ResolvedContext<unknown>, 'clock' | 'options'> {
  readonly poster: Poster;
}

type Fault = PostOutcome & { readonly kind: 'retry' };

/**
 * Makes the outcome of an attempt from those in its channels. A fault of the item's in one of them neither delays the
 * post into another that waits, nor ends it; and only once none waits any more is the item a dead letter.
 */
export async function conclude(
  context: ConcludeContext,
  progress: ItemProgress,
  posts: readonly PostOutcome[],
): Promise<Outcome> {
  const faults = posts.filter((post) => post.kind === 'retry');
  const waiting = posts.find((post) => post.kind === 'trouble') ?? posts.find((post) => post.kind === 'paused');
  if (waiting !== undefined) return waitFor(context, progress, waiting, faults);
  if (faults[0] !== undefined) return retryFaults(context, progress, faults, faults[0]);
  const paused = posts.filter((post) => post.kind === 'item-paused');
  if (paused[0] !== undefined) {
    const leftMs = Math.min(...paused.map((post) => post.leftMs));
    return { kind: 'wait', reason: paused[0].reason, retryAt: new Date(Math.ceil(context.clock.now() + leftMs)) };
  }
  const failed = posts.find((post) => post.kind === 'failed');
  return failed === undefined ? { kind: 'posted', channels: posts.length } : { kind: 'failed', error: failed.error };
}

/** The outcome of an attempt that failed: another one after a pause, or none after the last. */
export function retryOrFail(
  { clock, options: { maxAttempts } }: Pick<ConcludeContext, 'clock' | 'options'>,
  { attempt }: ItemProgress,
  error: string,
): Outcome {
  if (attempt >= maxAttempts) return { kind: 'failed', error: `${error} (attempt ${attempt} of ${maxAttempts})` };
  return { kind: 'retry', error, retryAt: new Date(clock.now() + backoffMs(attempt)) };
}

/** The item is due at once, for the channel that it waits for, and its faults elsewhere are counted there. */
async function waitFor(
  { poster, options: { maxAttempts } }: ConcludeContext,
  progress: ItemProgress,
  { kind, reason }: PostOutcome & { readonly kind: 'trouble' | 'paused' },
  faults: readonly Fault[],
): Promise<Outcome> {
  for (const { channelId, faults: count, error } of faults) {
    if (count < maxAttempts) poster.pauseItem(progress, channelId);
    else await poster.giveUp(progress, channelId, `${error} (attempt ${count} of ${maxAttempts})`);
  }
  const wasTried = kind === 'trouble' || faults.length > 0;
  return { kind: wasTried ? 'trouble' : 'wait', reason: [...faults.map(({ error }) => error), reason].join('; ') };
}

function retryFaults(
  context: ConcludeContext,
  progress: ItemProgress,
  faults: readonly Fault[],
  { error }: Fault,
): Outcome {
  const outcome = retryOrFail(context, progress, error);
  if (outcome.kind !== 'failed') return outcome;
  for (const { channelId } of faults) context.poster.forgive(progress, channelId);
  return outcome;
}
