import { Random } from '../../local/random.ts';
import type { KillOptions } from '../options.ts';
import { planDisturbances, type Disturbances } from './plan-disturbances.ts';
import { steps, type Step } from './protocol.ts';

/** The thread alone, the process with its threads, or every process at once. */
export type Target = 'thread' | 'process' | 'everything';

/** One planned kill. */
export interface Kill {
  readonly moment: Step | 'random';
  readonly target: Target;
  /** For a random moment: the thread that is killed, if the target is a thread. At a step it is whichever reaches it. */
  readonly thread: number;
  /** For a step: 1 to kill the first time that a thread of the process reaches it, 2 for the second time, and so on. */
  readonly occurrence: number;
  /** For a random moment: the time until the kill, in real milliseconds. */
  readonly afterMs: number;
  /** The time until the target is started again, in milliseconds of the fast clock. */
  readonly downMs: number;
  /** For the step `sent`: the request is lost with its sender, instead of taking effect. */
  readonly requestLost: boolean;
}

/**
 * Discord remembers a nonce for "the past few minutes". The bot relies on two of them, and the local Discord remembers
 * four: a request that is repeated in between must come out right as well.
 */
export const NONCE_WINDOW_MS = 240_000;

/** The moments at which a kill may be planned. */
export const moments = [...steps, 'random'] as const;

/** Everything that is to be done to the clients and to Discord in a run. */
export interface Plan extends Disturbances {
  readonly kills: readonly Kill[];
}

export function planRun(options: Pick<KillOptions, 'seed' | 'kills' | 'threads' | 'processes'>): Plan {
  return { kills: planKills(options), ...planDisturbances(options) };
}

/** Plans the kills of a run. Every moment comes up before any comes up again, so that even a short run has each. */
export function planKills({ seed, kills, threads }: Pick<KillOptions, 'seed' | 'kills' | 'threads'>): Kill[] {
  const random = new Random(seed);
  const plan: Kill[] = [];
  while (plan.length < kills) {
    const round = random.sample(moments, moments.length);
    plan.push(...round.map((moment) => planKill(random, moment, threads)));
  }
  return plan.slice(0, kills);
}

function planKill(random: Random, moment: Kill['moment'], threads: number): Kill {
  const target = random.weighted<Target>([
    ['process', 60],
    ['thread', 35],
    ['everything', 5],
  ]);
  return {
    moment,
    target,
    thread: random.between(0, threads - 1),
    occurrence: random.between(1, 3),
    afterMs: random.between(20, 900),
    downMs: planDowntime(random, target),
    requestLost: random.chance(0.35),
  };
}

/**
 * Plans a restart at once, or after a time within, near or beyond the nonce's window. Long downtimes are more frequent
 * where everything is down: otherwise the other processes take over long before.
 */
function planDowntime(random: Random, target: Target): number {
  if (target === 'thread') return 0;
  return random.weighted([
    [0, target === 'process' ? 60 : 15],
    [random.between(10_000, 100_000), 25],
    [random.between(125_000, NONCE_WINDOW_MS), target === 'process' ? 5 : 25],
    [random.between(NONCE_WINDOW_MS, 360_000), target === 'process' ? 5 : 35],
  ]);
}
