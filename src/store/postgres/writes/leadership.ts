import type { LostTerm } from '../../errors.ts';
import { isDead } from '../../owner.ts';
import type { LeaderWrites } from '../../port/leader-writes.ts';
import type { LeaderRow } from '../../rows.ts';
import type { Database } from '../database.ts';
import { isLeased, leaderColumns, selectLeaders } from '../leader-row.ts';
import { Losses, signExpression, type Finding } from '../losses.ts';

type LedRow = LeaderRow & { readonly leader: string };

/** The outcome of an election. The columns of a leader are null where nobody was elected. */
type ElectionRow = (LedRow | { readonly [Name in keyof LedRow]: null }) & { readonly sign: Finding | null };

/** The terms, a row for each name. Each write is one statement, and does no harm when it is repeated. */
export function leaderWrites(database: Database): LeaderWrites {
  const { find, elect, renew, resign } = statementsOf(database);
  const losses = new Losses(database);
  return {
    campaign: (name, { owner, leaseMs }) =>
      database.run('leadership.campaign', async (session) => {
        const present = await session.row<LeaderRow>(find, [name]);
        const leader = present?.leader ?? null;
        // The name of a store is never given to another one: once dead, it stays dead.
        const deadLeader = leader !== null && leader !== owner && isDead(leader) ? leader : null;
        const row = await session.row<ElectionRow>(elect, [name, owner, leaseMs, deadLeader]);
        if (row === undefined) return undefined;
        const { sign, ...elected } = row;
        if (sign !== null && sign !== 'first') await losses.note(session, sign, 0);
        return elected.leader === null ? undefined : elected;
      }),

    renewTerm: ({ name, number }, { owner, leaseMs }) =>
      database.run('leadership.renew', async (session) => {
        if ((await session.run(renew, [name, owner, leaseMs, number])) > 0) return undefined;
        const present = await session.row<LeaderRow>(find, [name]);
        const currentNumber = present?.number ?? null;
        return { name, number, currentNumber, currentLeader: present?.leader ?? null } satisfies LostTerm;
      }),

    resignTerm: ({ name, number }, owner) =>
      database.run('leadership.resign', async (session) => {
        await session.run(resign, [name, owner, number]);
      }),
  };
}

function statementsOf(database: Database) {
  const { tables, now } = database;
  const table = tables.leader;
  const isOwners = 'seen_leader.leader = excluded.leader';
  // Terms of other lengths that the database has lost are known to nobody.
  const longestMs = `greatest($3::bigint, (SELECT max(lease_until - leased_at) FROM ${table} WHERE name = $1))`;
  return {
    find: `${selectLeaders(database)} WHERE name = $1`,
    /**
     * The condition is looked at once the row is locked: nothing can come between the look and the election.
     *
     * After a loss of commits nobody is elected for a lease. The database may lack the row of a leader who trusts its
     * term for as long, or a resignation of the one that it names. Whoever leads can go on renewing.
     */
    elect: `WITH ${signExpression(database, '0')},
       calm AS MATERIALIZED (
         SELECT FROM sign WHERE (sign IS NULL OR sign = 'first') AND NOT EXISTS (
           SELECT FROM ${tables.loss} WHERE abs(${now} - noticed_at) < ${longestMs}
         )
       ),
       elected AS (
         INSERT INTO ${table} (name, leader, number, elected_at, leased_at, lease_until)
         SELECT $1, $2, ${now}, ${now}, ${now}, ${now} + $3::bigint FROM calm
         ON CONFLICT (name) DO UPDATE SET
           leader = excluded.leader,
           number = CASE WHEN ${isOwners} THEN seen_leader.number ELSE greatest(seen_leader.number + 1, ${now}) END,
           elected_at = CASE WHEN ${isOwners} THEN seen_leader.elected_at ELSE ${now} END,
           leased_at = ${now},
           lease_until = ${now} + $3::bigint
         WHERE ${isOwners} OR seen_leader.leader IS NULL OR seen_leader.leader = $4::text OR NOT ${isLeased(now)}
         RETURNING ${leaderColumns(now)}
       )
       SELECT sign.sign, elected.* FROM sign LEFT JOIN elected ON true`,
    renew: `UPDATE ${table} SET leased_at = ${now}, lease_until = ${now} + $3::bigint
       WHERE name = $1 AND leader = $2 AND number = $4`,
    resign: `UPDATE ${table} SET leader = NULL WHERE name = $1 AND leader = $2 AND number = $3`,
  };
}
