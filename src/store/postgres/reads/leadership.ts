import type { LeaderReads } from '../../port/reads.ts';
import type { LeaderRow } from '../../rows.ts';
import type { Database } from '../database.ts';
import { selectLeaders } from '../leader-row.ts';

/** The reads of who leads. */
export function leaderReads(database: Database): LeaderReads {
  const terms = selectLeaders(database);
  return {
    findLeader: (name, operation) =>
      database.run(operation, (session) => session.row<LeaderRow>(`${terms} WHERE name = $1`, [name])),
    leaders: async () => [
      ...(await database.run('leadership.all', (session) => session.rows<LeaderRow>(`${terms} ORDER BY name`))),
    ],
  };
}
