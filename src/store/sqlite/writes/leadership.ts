import type { Database } from 'better-sqlite3';

import type { LostTerm } from '../../errors.ts';
import { isDead } from '../../owner.ts';
import type { LeaderWrites, TermRef } from '../../port/leader-writes.ts';
import type { LeaderRow } from '../../rows.ts';
import { prepareFindLeader } from '../leader-row.ts';
import type { WriteContext } from './context.ts';

/** The terms, a row for each name. */
export function leaderWrites({ db, now, transact }: WriteContext): LeaderWrites {
  const { find, elect, renew, resign } = prepare(db);
  return {
    campaign: (name, { owner, leaseMs }) =>
      transact(() => {
        const at = Math.floor(now());
        const present = find.get({ name, now: at });
        const lease = { name, owner, now: at, leaseUntil: at + leaseMs };
        if (present?.leader === owner) renew.run({ ...lease, number: present.number });
        else if (present !== undefined && isLed(present)) return undefined;
        else elect.run({ ...lease, number: Math.max((present?.number ?? 0) + 1, at) });
        return required(find.get({ name, now: at }), owner);
      }),
    renewTerm: ({ name, number }, { owner, leaseMs }) =>
      transact(() => {
        const at = Math.floor(now());
        const { changes } = renew.run({ name, number, owner, now: at, leaseUntil: at + leaseMs });
        return changes > 0 ? undefined : evidence({ name, number }, find.get({ name, now: at }));
      }),
    resignTerm: ({ name, number }, owner) => transact(() => void resign.run({ name, number, owner })),
  };
}

function isLed({ leader, leased }: LeaderRow): boolean {
  return leader !== null && leased === 1 && !isDead(leader);
}

function required(row: LeaderRow | undefined, owner: string): LeaderRow & { readonly leader: string } {
  if (row?.leader !== owner) throw new Error('the term vanished within its own transaction');
  return { ...row, leader: owner };
}

function evidence({ name, number }: TermRef, row: LeaderRow | undefined): LostTerm {
  return { name, number, currentNumber: row?.number ?? null, currentLeader: row?.leader ?? null };
}

type Lease = TermRef & { readonly owner: string; readonly now: number; readonly leaseUntil: number };

function prepare(db: Database) {
  return {
    find: prepareFindLeader(db),
    elect: db.prepare<[Lease]>(
      `INSERT INTO seen_leader (name, leader, number, elected_at, leased_at, lease_until)
       VALUES (@name, @owner, @number, @now, @now, @leaseUntil)
       ON CONFLICT (name) DO UPDATE SET leader = excluded.leader, number = excluded.number,
         elected_at = excluded.elected_at, leased_at = excluded.leased_at, lease_until = excluded.lease_until`,
    ),
    /** Fenced by the number and the owner: two files may have given the same number. */
    renew: db.prepare<[Lease]>(
      `UPDATE seen_leader SET leased_at = @now, lease_until = @leaseUntil
       WHERE name = @name AND number = @number AND leader = @owner`,
    ),
    resign: db.prepare<[TermRef & { readonly owner: string }]>(
      'UPDATE seen_leader SET leader = NULL WHERE name = @name AND number = @number AND leader = @owner',
    ),
  };
}
