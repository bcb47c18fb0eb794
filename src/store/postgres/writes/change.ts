import type { ItemState } from '../../contract/claims.ts';
import type { Change, ChangeKind, ClaimRef } from '../../port/change.ts';
import type { ClaimWrites } from '../../port/writes.ts';
import type { LostClaim } from '../../errors.ts';
import type { Database } from '../database.ts';
import type { Session } from '../session.ts';
import { Fence } from './fence.ts';
import type { OwnedChange, OwnedChanges } from './owned-change.ts';
import { progressChanges } from './progress.ts';
import { settlingChanges } from './settle.ts';

/**
 * The changes that the owner of a claim may make, behind the fence: one statement, and one more where some are lost.
 */
export function changeWrites(database: Database): Pick<ClaimWrites, 'change'> {
  const fence = new Fence(database);
  const changes: OwnedChanges<ChangeKind> = { ...settlingChanges(database), ...progressChanges(database) };

  const make = async (
    session: Session,
    isRepeat: boolean,
    { claims, owner, change }: { claims: readonly ClaimRef[]; owner: string; change: Change },
  ): Promise<LostClaim[]> => {
    const others = await fence.changeOwned(session, { claims, owner }, describe(changes, change));
    return fence.findLost(session, others, endedBy(change.kind, isRepeat));
  };

  return {
    change(claims, owner, change) {
      const wanted = { claims, owner, change };
      if (change.kind !== 'saveFoundPost') {
        return database.run(change.kind, (session, isRepeat) => make(session, isRepeat, wanted));
      }
      // Two processes that have found the same message take turns, so that the second one finds it taken.
      return database.transact(change.kind, `message ${change.messageId}`, (session) => make(session, false, wanted));
    },
  };
}

function describe<Kind extends ChangeKind>(changes: OwnedChanges<Kind>, change: Change<Kind>): OwnedChange {
  return changes[change.kind](change);
}

/**
 * The states in which a claim has ended by this change, and not by another one. A commit may be repeated by anybody,
 * also after a restart, under another name. The other ends may only repeat themselves, where their answer was lost.
 */
function endedBy(kind: ChangeKind, isRepeat: boolean): readonly ItemState[] {
  if (kind === 'commit') return ['posted'];
  if (!isRepeat) return [];
  if (kind === 'release') return ['claimed', 'enriched', 'posting'];
  return kind === 'fail' ? ['failed'] : [];
}
