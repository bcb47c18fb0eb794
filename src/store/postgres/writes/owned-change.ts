import type { Change, ChangeKind } from '../../port/change.ts';
import { isOneOf } from '../id-list.ts';
import type { Tables } from '../tables.ts';

// Changes of what claims own. The fence puts their statements behind it, as parts of one: they find the ids of the
// items in `owned`.

/** A change of what claims own. */
export interface OwnedChange {
  readonly statements: readonly string[];
  /** The parameters of the statements, from `$4` on. */
  readonly values: readonly unknown[];
}

/** Describes each change. */
export type OwnedChanges<Kind extends ChangeKind> = {
  readonly [K in Kind]: (change: Change<K>) => OwnedChange;
};

/** The condition that the id of a row is that of an owned item. */
export const isOwned = isOneOf('SELECT id FROM owned');

/** The expression of the time of the change: one for all of its items, from when the last of them was locked. */
export const MOMENT = '(SELECT now FROM moment)';

/** A statement that changes the owned items. */
export function setOwned({ item }: Tables, assignments: string): string {
  return `UPDATE ${item} SET ${assignments} WHERE id ${isOwned}`;
}
