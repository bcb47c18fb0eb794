import type { TransferColumn, TransferTable } from '../port/transfer.ts';

/**
 * Describes a table in one line a column.
 *
 * @param keyLength The number of columns that are the key.
 * @param columns The types of the columns, by their names. A question mark stands for null.
 */
function table(
  name: string,
  keyLength: number,
  columns: Readonly<Record<string, ColumnType>>,
  alsoUnique: TransferTable['alsoUnique'] = [],
): TransferTable {
  return { name, keyLength, columns: Object.entries(columns).map(column), alsoUnique };
}

type ColumnType = TransferColumn['type'] | `${TransferColumn['type']}?`;

function column([name, type]: [string, ColumnType]): TransferColumn {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a type without its question mark
  return { name, type: type.replace('?', '') as TransferColumn['type'], isNullable: type.endsWith('?') };
}

/**
 * The tables that a transfer moves, in the order in which it does. The token travels apart, because it never counts
 * backwards. A test compares them with those that the migrations make.
 */
export const transferTables: readonly TransferTable[] = [
  table('seen_recovery', 1, { set_aside: 'text', at: 'integer' }),
  table(
    'seen_scope',
    1,
    {
      feed: 'text',
      plain: 'integer',
      evidence: 'real?',
      inherits: 'integer',
      assigned_at: 'integer',
      first_cycle: 'integer?',
      last_cycle: 'integer?',
    },
    [{ column: 'plain', among: { column: 'plain', value: 1 } }],
  ),
  table('seen', 1, { id: 'text', ts: 'integer' }),
  table('seen_item', 1, {
    id: 'text',
    feed: 'text',
    state: 'text',
    token: 'integer',
    owner: 'text?',
    leased_at: 'integer?',
    lease_until: 'integer?',
    attempts: 'integer',
    begun: 'flag',
    retry_at: 'integer?',
    last_error: 'text?',
    payload: 'text?',
    enrichment: 'text?',
    created_at: 'integer',
    updated_at: 'integer',
    place_token: 'integer',
    first_index: 'integer',
  }),
  table('seen_post', 2, {
    item_id: 'text',
    channel_id: 'text',
    state: 'text',
    intent_at: 'integer',
    discord_at: 'integer?',
    fingerprint: 'text?',
    may_repeat: 'integer',
    message_id: 'text?',
    error: 'text?',
  }),
  table(
    'seen_hold',
    1,
    {
      id: 'integer',
      name: 'text',
      feed: 'text',
      created_at: 'integer',
      ids: 'text',
      decision: 'text?',
      decided_by: 'text?',
      finished: 'flag',
    },
    [{ column: 'name' }, { column: 'feed', among: { column: 'finished', value: 0 } }],
  ),
  table('seen_hold_question', 2, {
    hold_id: 'integer',
    channel_id: 'text',
    asked_at: 'integer',
    message_id: 'text?',
  }),
  table(
    'seen_incident',
    1,
    {
      id: 'text',
      subject: 'text',
      reason: 'text',
      since: 'integer',
      relapse: 'integer',
      intent_at: 'integer?',
      told_at: 'integer?',
      over_at: 'integer?',
      over_told_at: 'integer?',
    },
    [{ column: 'subject' }],
  ),
  table('seen_cycle', 1, {
    id: 'integer',
    feed: 'text',
    started_at: 'integer',
    finished_at: 'integer',
    total: 'integer',
    skipped: 'integer',
    enriched: 'integer',
    posted: 'integer',
    marked: 'integer',
    failed: 'integer',
    held: 'integer',
  }),
  table('seen_feed', 1, { feed: 'text', last_cycle: 'integer' }),
  table('seen_watch', 2, { feed: 'text', since: 'integer', until: 'integer' }),
  table('seen_leader', 1, {
    name: 'text',
    leader: 'text?',
    number: 'integer',
    elected_at: 'integer',
    leased_at: 'integer',
    lease_until: 'integer',
  }),
  table('seen_loss', 1, { since: 'integer', noticed_at: 'integer?' }),
  table('seen_coverage', 1, { feed: 'text', categories: 'text' }),
  table('seen_spending', 2, {
    day: 'integer',
    feed: 'text',
    requests: 'integer',
    tokens: 'integer',
    enrichments: 'integer',
    budget_requests: 'integer?',
    budget_tokens: 'integer?',
  }),
];
