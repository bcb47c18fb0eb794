import { ids } from '../../local/discord/index.ts';
import { Random } from '../../local/random.ts';
import type { KillOptions } from '../options.ts';

/** The channels of the feed: two text channels, and a thread of the second. */
export const channels = [ids.announcements, ids.general, ids.thread] as const;

/** The clock of one process, or of all of them, is set wrong, and set right after a while. */
export interface ClockStep {
  /** The number of the process; undefined for all of them. */
  readonly process: number | undefined;
  /** The error of the clock from then on, in milliseconds of the fast clock. */
  readonly byMs: number;
  readonly pause: Pause;
}

export const troubles = {
  archived: 'archived and locked (50083)',
  locked: 'locked (160005)',
  forbidden: 'closed to the bot (50013)',
  invisible: 'invisible to the bot (50001)',
  unknown: 'unknown to Discord (10003)',
  'wrong-kind': 'turned into a category (50008)',
  'history-refused': 'with a history that is refused (50001)',
  'history-empty': 'with a history that looks empty, without the permission to read it',
} as const;

export type TroubleKind = keyof typeof troubles;

/** A channel refuses posts, or its history, for a while. */
export interface Trouble {
  readonly kind: TroubleKind;
  readonly channel: string;
  readonly pause: Pause;
}

export interface Pause {
  /** The number of kills after which it begins. */
  readonly afterKills: number;
  /** Its length, in real milliseconds. */
  readonly lengthMs: number;
}

export interface Disturbances {
  readonly clockSteps: readonly ClockStep[];
  readonly troubles: readonly Trouble[];
}

const MINUTE_MS = 60_000;

/** Kinds that can befall a thread, and those that can befall a text channel. */
const kindsOf = (channel: string): readonly TroubleKind[] =>
  channel === ids.thread
    ? ['archived', 'locked', 'forbidden', 'unknown', 'history-refused']
    : ['forbidden', 'invisible', 'unknown', 'wrong-kind', 'history-refused', 'history-empty'];

const allTroubles = channels.flatMap((channel) => kindsOf(channel).map((kind) => ({ kind, channel })));

/** Plans the disturbances beside the kills: for three kills, a step of a clock and two troubles of channels. */
export function planDisturbances({ seed, kills, processes }: Pick<KillOptions, 'seed' | 'kills' | 'processes'>) {
  const random = new Random(seed ^ 0xd157);
  const steps = Math.ceil(kills / 3);
  const clockSteps = Array.from({ length: steps }, (_, index) => planStep(random, processes, 3 * index));
  const kinds: (typeof allTroubles)[number][] = [];
  while (kinds.length < 2 * steps) kinds.push(...random.sample(allTroubles, allTroubles.length));
  const planned = kinds.slice(0, 2 * steps).map(({ kind, channel }, index): Trouble => {
    return { kind, channel, pause: planPause(random, Math.floor(1.5 * index)) };
  });
  return { clockSteps, troubles: planned } satisfies Disturbances;
}

/**
 * Plans a step. All clocks stay wrong for longer than Discord remembers a nonce, at times, so that an item is begun by
 * one time and looked for by another. While the clocks disagree, hardly anything can be said of the order: that is
 * short.
 */
function planStep(random: Random, processes: number, afterKills: number): ClockStep {
  const minutes = random.weighted([
    [random.between(1, 5), 30],
    [random.between(5, 60), 70],
  ]);
  const process = random.chance(0.5) ? undefined : random.between(0, processes - 1);
  return {
    process,
    byMs: (random.chance(0.5) ? 1 : -1) * minutes * MINUTE_MS,
    pause: { afterKills, lengthMs: process === undefined ? random.between(1_000, 6_000) : random.between(300, 2_000) },
  };
}

function planPause(random: Random, afterKills: number): Pause {
  return { afterKills, lengthMs: random.between(300, 2_000) };
}
