/** The store's tables, by the name of their idea, as a statement writes them. */
export type Tables = Readonly<Record<keyof typeof names, string>>;

const names = {
  seen: 'seen',
  item: 'seen_item',
  post: 'seen_post',
  token: 'seen_token',
  cycle: 'seen_cycle',
  feed: 'seen_feed',
  watch: 'seen_watch',
  hold: 'seen_hold',
  question: 'seen_hold_question',
  incident: 'seen_incident',
  scope: 'seen_scope',
  coverage: 'seen_coverage',
  spending: 'seen_spending',
  leader: 'seen_leader',
  loss: 'seen_loss',
  server: 'seen_server',
  done: 'seen_done',
  database: 'seen_database',
  move: 'seen_move',
  presence: 'seen_presence',
  recovery: 'seen_recovery',
  migration: 'seen_migration',
} as const;

/** The tables' names, without their schema. */
export const tableNames: readonly string[] = Object.values(names);

/**
 * Names the tables with their schema: a search path would be lost between two statements of a pooler.
 *
 * A statement may go on using the bare name of a table for its columns, `seen_item.id` for example.
 */
export function tablesOf(schema: string): Tables {
  const entries = Object.entries(names).map(([idea, name]) => [idea, `${quoted(schema)}.${name}`]);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- made of the same keys
  return Object.fromEntries(entries) as Tables;
}

/** The expression of the present time on the database's clock, in Unix milliseconds: the clock that decides leases. */
export function nowOf(schema: string): string {
  return `${quoted(schema)}.seen_now()`;
}

/** The expressions of what tells one server's history from another's: null where the server does not say. */
export interface ServerFunctions {
  /** Another one after each promotion of a standby, and after a recovery to an earlier moment. */
  readonly timeline: string;
  /** Another one in each cluster that was made by itself. */
  readonly serverName: string;
}

export function serverFunctionsOf(schema: string): ServerFunctions {
  return { timeline: `${quoted(schema)}.seen_timeline()`, serverName: `${quoted(schema)}.seen_server_name()` };
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
