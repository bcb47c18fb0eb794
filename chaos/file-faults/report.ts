import type { Design } from '../designs.ts';
import { findViolations, isExcused, type Evidence, type Violations } from './checker.ts';
import { acknowledged, type Delivery } from './operations.ts';
import type { FaultKind } from './plan.ts';

export interface FileFaultsReport {
  readonly seed: number;
  readonly design: Design;
  /** Number of faults by kind. */
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
  readonly operations: number;
  /** Number of operations that the store refused, by the code of the error. */
  readonly refused: Readonly<Record<string, number>>;
  /** Number of ids whose mark was acknowledged. */
  readonly marked: number;
  /** Number of items whose commit was acknowledged. */
  readonly committed: number;
  /** Number of marks and commits that were acknowledged while a copy was made and put in place of the file. */
  readonly excused: number;
  readonly delivered: number;
  /** Number of deliveries by a later owner of the item: the limit of every lease. */
  readonly deliveredAgain: number;
  /** Number of log events of the stores, by name. */
  readonly events: Readonly<Record<string, number>>;
  readonly violations: Violations;
  /** Events that no plan explains: a process that crashed by itself, or one that does not recover. */
  readonly problems: readonly string[];
}

export interface Outcome {
  readonly seed: number;
  readonly design: Design;
  readonly counts: FileFaultsReport['faults'];
  readonly evidence: Evidence;
  readonly deliveries: readonly Delivery[];
  readonly events: readonly string[];
  readonly problems: readonly string[];
}

export function report({ seed, design, counts, evidence, deliveries, events, problems }: Outcome): FileFaultsReport {
  const { operations, replacements } = evidence;
  const marks = acknowledged(operations, 'mark');
  const commits = acknowledged(operations, 'commit');
  const refusals = operations.flatMap(({ answer }) => (answer === undefined || answer.accepted ? [] : [answer.code]));
  return {
    seed,
    design,
    faults: counts,
    operations: operations.length,
    refused: tally(refusals),
    marked: marks.flatMap(({ ids }) => ids).length,
    committed: new Set(commits.flatMap(({ ids }) => ids)).size,
    excused: [...marks, ...commits].filter((operation) => isExcused(operation, replacements)).length,
    delivered: deliveries.length,
    deliveredAgain: deliveries.length - new Set(deliveries.map(({ id }) => id)).size,
    events: tally(events),
    violations: findViolations(evidence),
    problems,
  };
}

export function isValid({ violations, problems }: FileFaultsReport): boolean {
  return problems.length === 0 && Object.values(violations).every((found: readonly string[]) => found.length === 0);
}

function tally(names: readonly string[]): Record<string, number> {
  return Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]));
}
