import type { IncidentReads } from '../../port/reads.ts';
import type { IncidentRow } from '../../rows.ts';
import type { Database } from '../database.ts';

/** The reads of what fails. */
export function incidentReads(database: Database): IncidentReads {
  const { incident } = database.tables;
  return {
    currentIncidents: () =>
      database.run('incidents.current', async (session) => {
        const text = `SELECT * FROM ${incident} WHERE over_at IS NULL ORDER BY since, subject`;
        return [...(await session.rows<IncidentRow>(text))];
      }),

    endedIncidents: () =>
      database.run('incidents.ended', async (session) => {
        const text = `SELECT * FROM ${incident}
          WHERE over_at IS NOT NULL AND over_told_at IS NULL ORDER BY since, subject`;
        return [...(await session.rows<IncidentRow>(text))];
      }),
  };
}
