import type { Replacement } from './database-files.ts';
import { findLeaseViolations, type LeaseViolations } from './lease-checker.ts';
import type { Kill } from './fault-actions.ts';
import { acknowledged, describe, isAcknowledged, type Acknowledged, type Operation } from './operations.ts';
import type { OperationKind } from './protocol.ts';

/** The history of a run, and the state at its end. */
export interface Evidence {
  readonly operations: readonly Operation[];
  readonly replacements: readonly Replacement[];
  readonly kills: readonly Kill[];
  /** Ids that a fresh process did not find at the end. */
  readonly unseen: ReadonlySet<string>;
  /** SQLite's verdict about the file at the end: `ok`, or what is wrong. */
  readonly integrity: string;
}

/** Broken promises of the store. Each is a line that names the id, the clients and the times. */
export interface Violations extends LeaseViolations {
  /** Ids whose mark was acknowledged, and which are not seen at the end. */
  readonly lostMarks: readonly string[];
  /** Items whose commit was acknowledged, and which are not seen at the end. */
  readonly lostCommits: readonly string[];
  /** Ids that a client had marked itself, and did not find later. */
  readonly forgotten: readonly string[];
  /** Errors other than those by which the store refuses. */
  readonly unexpectedErrors: readonly string[];
  readonly damage: readonly string[];
}

/** The errors by which the store refuses: it may always say that it cannot, as long as what it acknowledges holds. */
const refusals = ['SEEN_STORE', 'SEEN_STORE_BUSY'];
const fencedRefusals = [...refusals, 'SEEN_CLAIM_LOST'];
const fenced: readonly OperationKind[] = ['renew', 'commit', 'release'];

export function findViolations(evidence: Evidence): Violations {
  const { operations, replacements, unseen, integrity } = evidence;
  const kept = operations.filter((operation) => !isExcused(operation, replacements));
  return {
    lostMarks: lost(acknowledged(kept, 'mark'), unseen),
    lostCommits: lost(acknowledged(kept, 'commit'), unseen),
    forgotten: findForgotten(kept),
    unexpectedErrors: operations.flatMap(describeUnexpected),
    damage: integrity === 'ok' ? [] : [integrity],
    ...findLeaseViolations({ ...evidence, kept }),
  };
}

/**
 * Tells whether a replacement may have undone an operation. A file that is put in place of the database counts, with
 * what it lacks. What was acknowledged before the copy began is in it, and what was asked for after it was put in place
 * was written to it; only what lies in between may be in the file that is gone, and nowhere else.
 */
export function isExcused({ invokedAt, answer }: Operation, replacements: readonly Replacement[]): boolean {
  const endedAt = answer?.at ?? Infinity;
  return replacements.some(({ copyStartedAt, replacedAt }) => endedAt >= copyStartedAt && invokedAt <= replacedAt);
}

function lost(promised: readonly Acknowledged[], unseen: ReadonlySet<string>): string[] {
  return promised.flatMap((operation) => {
    const ids = operation.ids.filter((id) => unseen.has(id));
    return ids.map((id) => `${id}: ${describe(operation)}, and is not seen at the end`);
  });
}

/** A client only asks for ids whose mark it knows to be acknowledged. */
function findForgotten(kept: readonly Operation[]): string[] {
  const marks = new Map(acknowledged(kept, 'mark').flatMap((mark) => mark.ids.map((id) => [id, mark] as const)));
  const found = acknowledged(kept, 'read').flatMap((read) =>
    read.answer.unseen.flatMap((id) => {
      const mark = marks.get(id);
      return mark === undefined ? [] : [[id, `${id}: ${describe(mark)}, and not found by ${describe(read)}`] as const];
    }),
  );
  return [...new Map(found).values()];
}

function describeUnexpected(operation: Operation): string[] {
  const { kind, answer } = operation;
  if (answer === undefined || isAcknowledged(operation) || answer.accepted) return [];
  const expected = fenced.includes(kind) ? fencedRefusals : refusals;
  return expected.includes(answer.code) ? [] : [`${describe(operation)}: ${answer.code}, ${answer.message}`];
}
