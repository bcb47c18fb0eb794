import type { Change, ChangeKind } from '../../port/change.ts';
import type { ClaimWrites } from '../../port/writes.ts';
import type { ChangeMakers, WriteContext } from './context.ts';
import { Fence } from './fence.ts';
import { prepareProgress } from './progress.ts';
import { prepareSettling } from './settle.ts';

/** The changes that the owner of a claim may make, behind the fence. */
export function changeWrites({ db, now, transact }: WriteContext): Pick<ClaimWrites, 'change'> {
  const fence = new Fence(db);
  const makers: ChangeMakers<ChangeKind> = { ...prepareSettling(db), ...prepareProgress(db) };
  return {
    change: (claims, owner, change) =>
      transact(() => {
        const { owned, lost } = fence.check({ claims, owner }, change.kind === 'commit' ? 'posted' : undefined);
        if (owned.length > 0) make(makers, change, JSON.stringify(owned), now());
        return [...lost];
      }),
  };
}

function make<Kind extends ChangeKind>(
  makers: ChangeMakers<Kind>,
  change: Change<Kind>,
  ids: string,
  now: number,
): void {
  makers[change.kind](change, ids, now);
}
