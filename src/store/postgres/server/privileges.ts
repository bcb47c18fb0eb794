import type { Session } from '../session.ts';
import { quoted, tableNames } from '../tables.ts';
import { sqlStateOf } from './failures.ts';

/** Thrown when the role may not do what the store needs. Its message ends a sentence, with the SQL that grants it. */
class MissingPrivilegeError extends Error {
  constructor(problem: string, grants: readonly string[], options?: ErrorOptions) {
    super(`${problem}. As its owner, with the bot's user in place of the_bot: ${grants.join('; ')}`, options);
    this.name = new.target.name;
  }
}

/**
 * Makes sure that a role which did not make the tables may use them, and that they are there.
 *
 * @throws {MissingPrivilegeError} with what to grant.
 */
export async function requirePrivileges(session: Session, schema: string): Promise<void> {
  const rows = await session.rows<{ name: string; found: boolean; allowed: boolean | null }>(
    `SELECT name, relation IS NOT NULL AS found, bool_and(has_table_privilege(relation, privilege)) AS allowed
     FROM unnest($2::text[]) AS name
       CROSS JOIN to_regclass(format('%I.%I', $1::text, name)) AS relation
       CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS privilege
     WHERE name <> 'seen_migration' GROUP BY name, relation ORDER BY name`,
    [schema, tableNames],
  );
  const lost = rows.filter(({ found }) => !found).map(({ name }) => name);
  if (lost.length > 0)
    throw new Error(`its schema "${schema}" lacks ${lost.join(', ')}. Restore a backup, or choose another schema`);
  const forbidden = rows.filter(({ allowed }) => allowed !== true).map(({ name }) => name);
  if (forbidden.length > 0)
    throw new MissingPrivilegeError(`the user may not use ${forbidden.join(', ')}`, usage(schema));
}

/** Does work that needs to see the schema. */
export function usingSchema<Result>(schema: string, work: () => Promise<Result>): Promise<Result> {
  return whereAllowed(work, (cause) => {
    return new MissingPrivilegeError(`the user may not use the schema "${schema}"`, usage(schema), cause);
  });
}

/** Does work that makes tables. */
export function makingTables<Result>(schema: string, work: () => Promise<Result>): Promise<Result> {
  const name = quoted(schema);
  const grants = [`CREATE SCHEMA IF NOT EXISTS ${name}`, `ALTER SCHEMA ${name} OWNER TO the_bot`];
  return whereAllowed(work, (cause) => {
    const problem = `the user may not make or change the tables of the schema "${schema}"`;
    const remedy = 'Run seen migrate as a user who may, or let this one own the schema';
    return new MissingPrivilegeError(`${problem}. ${remedy}`, grants, cause);
  });
}

async function whereAllowed<Result>(
  work: () => Promise<Result>,
  denied: (cause: ErrorOptions) => MissingPrivilegeError,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw sqlStateOf(error) === '42501' ? denied({ cause: error }) : error;
  }
}

/** The least that a bot needs whose tables somebody else has made. */
function usage(schema: string): string[] {
  const name = quoted(schema);
  return [
    `GRANT USAGE ON SCHEMA ${name} TO the_bot`,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${name} TO the_bot`,
  ];
}
