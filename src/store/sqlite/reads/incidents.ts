import type { IncidentReads } from '../../port/reads.ts';
import type { IncidentRow } from '../../rows.ts';
import type { ReadConnection } from './connection.ts';

/** The reads of what fails. */
export function incidentReads(connection: ReadConnection): IncidentReads {
  const statements = connection.statements((db) => ({
    current: db.prepare<[], IncidentRow>('SELECT * FROM seen_incident WHERE over_at IS NULL ORDER BY since, subject'),
    ended: db.prepare<[], IncidentRow>(
      'SELECT * FROM seen_incident WHERE over_at IS NOT NULL AND over_told_at IS NULL ORDER BY since, subject',
    ),
  }));
  return {
    async currentIncidents() {
      return connection.read('incidents.current', () => statements().current.all());
    },
    async endedIncidents() {
      return connection.read('incidents.ended', () => statements().ended.all());
    },
  };
}
