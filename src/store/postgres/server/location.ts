import type { PostgresOptions } from '../../options.ts';
import { ServerUrl } from '../../server-url.ts';

/** Names the database for people, without its user and password. */
export function locationOf({ server, schema }: Pick<PostgresOptions, 'server' | 'schema'>): string {
  const database = server instanceof ServerUrl ? server.location : "the bot's own PostgreSQL pool";
  return `${database}, schema ${schema}`;
}
