import type { LeaderReads } from '../../port/reads.ts';
import { prepareFindLeader, prepareLeaders } from '../leader-row.ts';
import type { ReadConnection } from './connection.ts';

/** The reads of who leads. */
export function leaderReads(connection: ReadConnection): LeaderReads {
  const find = connection.statements(prepareFindLeader);
  const all = connection.statements(prepareLeaders);
  return {
    async findLeader(name, operation) {
      return connection.read(operation, () => find().get({ name, now: connection.now() }));
    },

    async leaders() {
      return connection.read('leadership.all', () => all().all({ now: connection.now() }));
    },
  };
}
