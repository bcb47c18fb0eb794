import { Random } from '../local/random.ts';
import { steps, type Step } from './protocol.ts';

/** The thread alone, the process with its threads, or every process at once. */
export type Victim = 'thread' | 'process' | 'everything';

/** One kill, as the seed plans it. */
export interface Death {
  readonly moment: Step | 'random';
  readonly victim: Victim;
  /** Which thread of the process comes to the moment. */
  readonly thread: number;
  /** For a step: the how-manieth time it comes to it. */
  readonly occurrence: number;
  /** For a random moment: how long the process lives on, in real milliseconds. */
  readonly afterMs: number;
  /** How long the victim stays away, in milliseconds of the fast clock. */
  readonly awayMs: number;
  /** For `sent`: the request is lost with its sender, instead of being applied. */
  readonly requestLost: boolean;
}

const moments = [...steps, 'random'] as const;

/** The kills of a run. Every moment comes up before any comes up again, so that a short run visits each. */
export function planDeaths(seed: number, kills: number, threads: number): Death[] {
  const random = new Random(seed);
  const deaths: Death[] = [];
  while (deaths.length < kills) {
    const round = random.sample(moments, moments.length);
    deaths.push(...round.map((moment) => planDeath(random, moment, threads)));
  }
  return deaths.slice(0, kills);
}

function planDeath(random: Random, moment: Death['moment'], threads: number): Death {
  const victim = random.weighted<Victim>([
    ['process', 60],
    ['thread', 32],
    ['everything', 8],
  ]);
  return {
    moment,
    victim,
    thread: random.between(0, threads - 1),
    occurrence: random.between(1, 3),
    afterMs: random.between(20, 900),
    awayMs: planAbsence(random, victim),
    requestLost: random.chance(0.35),
  };
}

/**
 * Discord remembers a nonce for "the past few minutes". The bot trusts in two of them, the local Discord knows four: what
 * is sent again in between must come out right as well.
 */
export const NONCE_WINDOW_MS = 240_000;

/** Back at once, or before or after the nonce's window ends. Only when nobody is left do the others not take over. */
function planAbsence(random: Random, victim: Victim): number {
  if (victim === 'thread') return 0;
  return random.weighted([
    [0, victim === 'process' ? 60 : 15],
    [random.between(10_000, 100_000), 25],
    [random.between(125_000, NONCE_WINDOW_MS), victim === 'process' ? 5 : 25],
    [random.between(NONCE_WINDOW_MS, 360_000), victim === 'process' ? 5 : 35],
  ]);
}
