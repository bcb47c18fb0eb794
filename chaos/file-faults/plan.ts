import { Random } from '../../local/random.ts';
import { LEASE_MS } from './protocol.ts';

/** The kinds of fault, with their descriptions for the report. */
export const meanings = {
  stop: 'a process stopped, mostly for longer than its leases',
  kill: 'one process or several killed at once, and started again',
  'delete-file': 'the file deleted',
  'delete-log': 'the log deleted',
  'delete-index': "the log's index (-shm) deleted",
  'delete-log-and-index': 'the log and its index deleted',
  'delete-all': 'the file, the log and its index deleted',
  'empty-folder': 'everything in the folder deleted, but for the lock',
  'move-away': 'the file renamed',
  'delete-twice': 'all of them deleted, and again while they are being restored',
  'delete-and-kill': 'the file or all files deleted, and a process killed while the others restore them',
  replace: 'a copy put in place of the file, while every process is stopped',
  'replace-running': 'a copy put in place of the file, while they go on writing',
  'replace-killed': 'a copy put in place of the file, beside the log of processes that were all killed before',
  'copy-inside': 'the file copied inside the processes, which drops their locks, then opened by another program',
} as const;

export type FaultKind = keyof typeof meanings;

export const faultKinds = Object.keys(meanings) as readonly FaultKind[];

/** One planned fault. */
export interface Fault {
  readonly kind: FaultKind;
  /** The processes that are stopped, killed or copy the file: the first ones of this order of all of them. */
  readonly order: readonly number[];
  /** The number of them. */
  readonly affected: number;
  /** Time before the fault, in milliseconds: half of them come before the processes have recovered from the last. */
  readonly afterMs: number;
  /** Length of a stop, or time until a killed process is started again, in milliseconds. */
  readonly forMs: number;
  /** For a replacement: the log and its index are deleted before. For `delete-and-kill`: they are deleted as well. */
  readonly logToo: boolean;
  /** For a deleted log or index, and a kill: another program opens and closes the database before a store does. */
  readonly isVisited: boolean;
}

export interface PlanOptions {
  readonly seed: number;
  readonly faults: number;
  readonly processes: number;
}

/** A stop does not hold up the faults after it: two in each round overlap with whatever comes next. */
const STOPS_IN_ROUND = 3;

/** Plans the faults of a run. Every kind comes up before any comes up again, but for stops, which are more frequent. */
export function planFaults({ seed, faults, processes }: PlanOptions): Fault[] {
  const random = new Random(seed);
  const kinds = [...faultKinds, ...Array.from({ length: STOPS_IN_ROUND - 1 }, () => 'stop' as const)];
  const plan: Fault[] = [];
  while (plan.length < faults) {
    plan.push(...random.sample(kinds, kinds.length).map((kind) => planFault(random, kind, processes)));
  }
  return plan.slice(0, faults);
}

function planFault(random: Random, kind: FaultKind, processes: number): Fault {
  const numbers = Array.from({ length: processes }, (_, number) => number);
  return {
    kind,
    order: random.sample(numbers, processes),
    affected: planAffected(random, kind, processes),
    afterMs: random.chance(0.5) ? random.between(0, 20) : random.between(20, 250),
    forMs: kind === 'stop' ? random.between(LEASE_MS / 2, 4 * LEASE_MS) : random.between(0, 2 * LEASE_MS),
    logToo: random.chance(0.5),
    isVisited: random.chance(0.3),
  };
}

/** Of those that drop their locks none may be left, or the other program does no harm. */
function planAffected(random: Random, kind: FaultKind, processes: number): number {
  if (kind === 'copy-inside') return random.chance(0.7) ? processes : 1;
  if (kind === 'kill') return random.chance(0.3) ? processes : 1;
  return 1;
}
