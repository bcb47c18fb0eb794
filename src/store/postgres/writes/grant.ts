import { randomUUID } from 'node:crypto';

import { isDead } from '../../owner.ts';
import type { ClaimWrites, Grant, GrantTerms } from '../../port/writes.ts';
import type { GrantedRow, LossRow, PostRow, WithPosts } from '../../rows.ts';
import type { Database } from '../database.ts';
import { Losses, parseLosses, type LossColumns } from '../losses.ts';
import type { Session } from '../session.ts';
import { grantStatements } from './grant-statements.ts';

/** Grants items to an owner. */
export function grantWrites(database: Database): Pick<ClaimWrites, 'claim' | 'claimWaiting'> {
  const statements = grantStatements(database);
  const { clock } = database.options;
  const losses = new Losses(database);

  const withPosts = async (session: Session, granted: readonly GrantedRow[]): Promise<WithPosts<GrantedRow>[]> => {
    const ids = granted.filter(wasClaimedBefore).map(({ id }) => id);
    // A statement of its own: while the grant waited for a row, that item's owner may have saved another post.
    const found = ids.length === 0 ? [] : await session.rows<PostRow>(statements.posts, [ids]);
    const posts = Map.groupBy(found, (post) => post.item_id);
    return granted.map((row) => ({ row, posts: posts.get(row.id) ?? [] }));
  };

  const grant = (operation: 'claim' | 'claimWaiting', wanted: WantedGrant): Promise<Grant> =>
    database.run(operation, async (session) => {
      const { rows, ...answer } = await makeGrant(session, losses, wanted);
      return { ...answer, items: await withPosts(session, rows) };
    });

  return {
    claim(requests, terms) {
      const values = [
        requests.map(({ id }) => id),
        requests.map(({ payload }) => payload),
        Math.floor(clock.now() / 1000),
      ];
      return grant('claim', { statement: statements.claim, key: randomUUID(), terms, values });
    },

    claimWaiting: (limit, terms) =>
      grant('claimWaiting', { statement: statements.claimWaiting, key: randomUUID(), terms, values: [limit] }),
  };
}

/** An item that had no claim before this one has no posts. */
function wasClaimedBefore({ token, place_token: placeToken }: GrantedRow): boolean {
  return token !== placeToken;
}

/** Signs of a loss that are noted for one grant, at most: a failover may come while another one is noted. */
const MOST_NOTES = 3;

/** A grant of one call. Made again under the same key, it gives what it gave before. */
interface WantedGrant {
  readonly statement: string;
  readonly key: string;
  readonly terms: GrantTerms;
  readonly values: readonly unknown[];
}

/** Granted items, or what stands in the way. The columns of an item are null where nothing is granted. */
type AnswerRow = (GrantedRow | { readonly [Name in keyof GrantedRow]: null }) &
  LossColumns & { readonly strangers: readonly string[] | null };

interface Answer {
  readonly rows: readonly GrantedRow[];
  readonly losses: readonly LossRow[];
}

/**
 * Makes the grant, unless something stands in its way: a loss of commits, which is noted first; or leases of owners on
 * this machine that may be dead. Only this process can tell these from the living: it looks at them, and tries again by
 * what it has seen.
 */
async function makeGrant(
  session: Session,
  losses: Losses,
  { statement, key, terms, values }: WantedGrant,
): Promise<Answer> {
  const { feed, owner, leaseMs, longestPauseMs, tokenAfter, keepLossesMs } = terms;
  const living = [owner];
  const dead: string[] = [];
  let notes = 0;
  for (;;) {
    const common = [feed, owner, key, leaseMs, longestPauseMs, tokenAfter, dead, living, keepLossesMs];
    const rows = await session.rows<AnswerRow>(statement, [...common, ...values]);
    const [answer] = rows;
    losses.tellOfTimeline(answer?.tells_timeline !== false);
    const strangers = answer?.strangers ?? [];
    if (typeof answer?.sign === 'string') {
      if (notes === MOST_NOTES) throw losses.notKept();
      notes += 1;
      await losses.note(session, answer.sign, tokenAfter);
    } else if (strangers.length === 0) {
      return { rows: rows.filter((row) => row.id !== null), losses: parseLosses(answer?.losses) };
    }
    for (const stranger of strangers) (isDead(stranger) ? dead : living).push(stranger);
  }
}
