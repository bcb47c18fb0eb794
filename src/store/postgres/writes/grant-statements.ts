import { TURN_SIZE } from '../../turns.ts';
import type { Database } from '../database.ts';
import { isOneOf } from '../id-list.ts';
import { itemConditions } from '../item-conditions.ts';
import { lossExpressions } from '../losses.ts';

/** The statements of a grant. Parameters: `$1` to `$9` as `common` names them, the statement's own from `$10` on. */
export interface GrantStatements {
  /** `$10` ids, none of them twice; `$11` their payloads; `$12` the time of marks, in Unix seconds. */
  readonly claim: string;
  /** `$10` the limit, which is below {@link REACH}. */
  readonly claimWaiting: string;
  /** The posts of the items `$1`. */
  readonly posts: string;
}

/** Waiting items of a feed that a grant looks at, at most: several grants of the largest part of a batch. */
const REACH = 5 * TURN_SIZE;

/** The order in which waiting items are granted. */
const DUE_ORDER = ['due_since', 'due_turn', 'place_token', 'first_index', 'id'];

const common = {
  feed: '$1::text',
  owner: '$2::text',
  key: '$3::uuid',
  leaseMs: '$4::bigint',
  longestPauseMs: '$5::bigint',
  tokenAfter: '$6::bigint',
  dead: '$7::text[]',
  living: '$8::text[]',
  keepLossesMs: '$9::bigint',
} as const;

/**
 * Each grant is one conditional insert, which tests the latest version of a row once it has locked it. So nothing can
 * come between the look and the grant, although the statement began with an older view of the database.
 *
 * All grants take the counter's row before any item's, so they wait for each other there, and never in a circle.
 */
export function grantStatements(database: Database): GrantStatements {
  const { tables } = database;
  const { isClaimable, isOurs, isStrangers } = conditions(database);
  const losses = lossExpressions(database, common);

  const claim = `WITH ${losses.sign},
    wanted AS MATERIALIZED (
      SELECT request.id, request.payload, request.place, seen_item.state, seen_item.owner,
        seen_item.id IS NULL OR ${isClaimable} AS is_free, seen_item.id IS NOT NULL AND ${isStrangers} AS is_strangers
      FROM unnest($10::text[], $11::text[]) WITH ORDINALITY AS request (id, payload, place)
      LEFT JOIN LATERAL (SELECT * FROM ${tables.item} WHERE id = request.id OFFSET 0) AS seen_item ON true
      WHERE (SELECT true FROM ${tables.seen} WHERE seen.id = request.id) IS NULL
    ),
    stranger AS MATERIALIZED (SELECT DISTINCT owner FROM wanted WHERE is_strangers),
    ${tokenWhere(database, `${losses.isUnsigned} AND EXISTS (SELECT FROM wanted WHERE is_free)`)},
    chosen AS MATERIALIZED (SELECT id, payload, place FROM wanted WHERE is_free),
    ${grantChosen(database, isClaimable, isOurs)},
    again AS (${markPosted(database)})
    ${answer(losses.columns, 'chosen.place')}`;

  const claimWaiting = `WITH ${losses.sign}, ${findWaiting(database)},
    ${tokenWhere(database, `${losses.isUnsigned} AND EXISTS (SELECT FROM candidate)`)},
    chosen AS MATERIALIZED (${lockWaiting(database, isClaimable)}),
    ${grantChosen(database, isClaimable, isOurs)}
    ${answer(losses.columns, `chosen.is_ours DESC, ${DUE_ORDER.map((column) => `chosen.${column}`).join(', ')}`)}`;

  const posts = `SELECT * FROM ${tables.post} WHERE item_id ${isOneOf('$1')} ORDER BY item_id, channel_id`;
  return { claim, claimWaiting, posts };
}

interface GrantConditions {
  readonly isClaimable: string;
  /** An item that an earlier attempt of this very call was granted, whose answer was lost. */
  readonly isOurs: string;
  /** An item that is free if its owner, which is another one on this machine, is dead. */
  readonly isStrangers: string;
}

function conditions(database: Pick<Database, 'now' | 'tables'>): GrantConditions {
  const { isLeased, isRetryDue } = itemConditions(database);
  const isDue = isRetryDue(common.longestPauseMs);
  const isOurs = `coalesce(seen_item.owner = ${common.owner} AND seen_item.grant_key = ${common.key}, false)`;
  const isOfMachine = `split_part(seen_item.owner, '|', 1) = split_part(${common.owner}, '|', 1)`;
  return {
    isOurs,
    isClaimable: `seen_item.is_open
      AND (${isOurs} OR ${isDue} AND (NOT ${isLeased} OR seen_item.owner = ANY(${common.dead})))`,
    isStrangers: `seen_item.is_open AND ${isOfMachine} AND ${isDue} AND ${isLeased}
      AND seen_item.owner <> ALL(${common.dead}) AND seen_item.owner <> ALL(${common.living})`,
  };
}

/**
 * Takes the token of the grant, and the time once it is the grant's turn. Where nothing is granted, nothing is written.
 * The counter may be missing, because somebody emptied its table.
 */
function tokenWhere({ tables, now }: Database, isAnythingFree: string): string {
  return `token AS MATERIALIZED (
    INSERT INTO ${tables.token} AS counter (value)
    SELECT greatest(${common.tokenAfter} + 1, CASE WHEN NOT EXISTS (SELECT FROM ${tables.token})
      THEN (SELECT max(token) + 1 FROM ${tables.item}) END, ${now})
    WHERE NOT EXISTS (SELECT FROM stranger) AND ${isAnythingFree}
    ON CONFLICT (id) DO UPDATE SET value = greatest(counter.value + 1, excluded.value, ${now})
    RETURNING value, ${now} AS at
  )`;
}

/**
 * Finds what a feed has waiting, those first that have been due for longest, and the strangers in the way, before the
 * grant's turn: other grants must not wait for a look at a long backlog. So it takes one moment for all of them.
 *
 * Of more than {@link REACH} items, those count that were first claimed before the others.
 */
function findWaiting(database: Database): string {
  const { tables, now } = database;
  const atPresent = { tables, now: '(SELECT now FROM present)' };
  const { isSeen } = itemConditions(atPresent);
  const { isClaimable, isOurs, isStrangers } = conditions(atPresent);
  const open = `FROM ${tables.item} WHERE seen_item.feed = ${common.feed} AND seen_item.is_open`;
  const nearest = `ORDER BY place_token, first_index LIMIT ${REACH}`;
  return `present AS MATERIALIZED (SELECT ${now} AS now),
    stranger AS MATERIALIZED (
      SELECT DISTINCT owner FROM (SELECT seen_item.* ${open} ${nearest}) AS seen_item
      WHERE owner IS NOT NULL AND ${isStrangers} AND NOT ${isSeen}
    ),
    candidate AS MATERIALIZED (
      SELECT * FROM (
        SELECT id, ${isOurs} AS is_ours, greatest(updated_at, coalesce(retry_at, 0)) AS due_since,
          CASE WHEN coalesce(retry_at, 0) > updated_at THEN 0 ELSE token END AS due_turn, place_token, first_index
        ${open} AND ${isClaimable} AND NOT ${isSeen} ${nearest}
      ) AS near ORDER BY is_ours DESC, ${DUE_ORDER.join(', ')}
    )`;
}

/**
 * Locks as many of the candidates as are wanted, and tests them once more. What another statement has locked at this
 * moment is being settled, renewed or claimed by its name: nobody waits for it, since that statement locks in another
 * order.
 */
function lockWaiting({ tables }: Database, isClaimable: string): string {
  return `SELECT candidate.*, NULL AS payload, 1 AS place FROM candidate
    CROSS JOIN LATERAL (
      SELECT FROM ${tables.item} WHERE seen_item.id = candidate.id AND ${isClaimable} FOR UPDATE SKIP LOCKED
    ) AS free
    WHERE EXISTS (SELECT FROM token) LIMIT $10`;
}

/**
 * Taken over from an owner that never began, the item keeps its number of attempts: an item that kills the process must
 * not use up the attempts of all that were claimed with it.
 */
function grantChosen({ tables }: Database, isClaimable: string, isOurs: string): string {
  const change = ([column, value]: readonly string[]): string =>
    `${column} = CASE WHEN ${isOurs} THEN seen_item.${column} ELSE ${value} END`;
  const changes = [
    ['token', 'excluded.token'],
    ['owner', 'excluded.owner'],
    ['grant_key', 'excluded.grant_key'],
    ['leased_at', 'excluded.leased_at'],
    ['lease_until', 'excluded.lease_until'],
    ['attempts', 'seen_item.attempts + (seen_item.begun OR seen_item.owner IS NULL)::int'],
    ['begun', 'false'],
    ['payload', 'coalesce(excluded.payload, seen_item.payload)'],
    ['retry_at', 'NULL'],
    ['updated_at', 'excluded.updated_at'],
  ];
  return `granted AS (
    INSERT INTO ${tables.item} (id, feed, state, token, owner, grant_key, leased_at, lease_until, attempts, payload,
      created_at, updated_at, place_token, first_index)
    SELECT chosen.id, ${common.feed}, 'claimed', token.value, ${common.owner}, ${common.key}, token.at,
      token.at + ${common.leaseMs}, 1, chosen.payload, token.at, token.at, token.value, chosen.place - 1
    FROM token, chosen ORDER BY chosen.id COLLATE "C"
    ON CONFLICT (id) DO UPDATE SET ${changes.map(change).join(', ')} WHERE ${isClaimable}
    RETURNING id, feed, token, attempts, last_error, payload, enrichment, created_at, place_token, first_index
  )`;
}

/** A posted item stays seen: its id had expired, or somebody deleted it. */
function markPosted({ tables }: Database): string {
  return `INSERT INTO ${tables.seen} (id, ts) SELECT id, $12::bigint FROM wanted WHERE state = 'posted'
    ORDER BY id COLLATE "C" ON CONFLICT (id) DO NOTHING`;
}

/** The answer: the claims that were granted, in order, or what stands in the way. It has at least one row. */
function answer(losses: string, order: string): string {
  return `SELECT ${losses}, (SELECT json_agg(owner) FROM stranger) AS strangers, granted.*
    FROM (SELECT) AS always LEFT JOIN (granted JOIN chosen ON chosen.id = granted.id) ON true ORDER BY ${order}`;
}
