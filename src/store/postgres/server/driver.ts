import type * as Pg from 'pg';

import { codeOf } from '../../errors.ts';

/** As much of the package `pg` as is used. Only bots on PostgreSQL install it. */
export type Driver = Pick<typeof Pg, 'Pool'>;

/** @throws An error that names the command which installs `pg`, where it is missing. */
export async function loadDriver(): Promise<Driver> {
  try {
    return (await import('pg')).default;
  } catch (cause) {
    if (!/^(?:ERR_)?MODULE_NOT_FOUND$/.test(codeOf(cause))) throw cause;
    throw new Error('it needs the package pg, which is not installed. Install it: npm install pg@8', { cause });
  }
}
