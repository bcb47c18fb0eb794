import { randomUUID } from 'node:crypto';

import type { IncidentState } from '../port/writes.ts';
import { DAY_MS } from '../clock.ts';
import { RELAPSE_MS, type Incident, type Incidents } from '../contract/incidents.ts';
import { SeenInputError } from '../errors.ts';
import type { IncidentRow } from '../rows.ts';
import { readArgument, requireDate, requireObject, requireText, type Given } from './arguments.ts';
import type { StoreContext } from './context.ts';

/** The failures that go on, and what people were told of them. */
export function incidents(context: StoreContext): Incidents {
  const { reads, writes } = context.backend;
  const toIncident = (row: IncidentRow): Incident => incidentOf(row, context.now());
  const toIncidentOrNull = (row: IncidentRow | undefined): Incident | null =>
    row === undefined ? null : toIncident(row);

  return {
    async open(subject, reason) {
      requireSubject(subject);
      requireText('reason', reason);
      context.requireOpen('incidents.open');
      const terms = { id: randomUUID(), relapseMs: RELAPSE_MS, keepMs: DAY_MS };
      return toIncident(await writes.openIncident(subject, reason, terms));
    },

    async current() {
      context.requireOpen('incidents.current');
      return (await reads.currentIncidents()).map(toIncident);
    },

    async ended() {
      context.requireOpen('incidents.ended');
      return (await reads.endedIncidents()).map(toIncident);
    },

    async close(subject) {
      requireSubject(subject);
      context.requireOpen('incidents.close');
      return toIncidentOrNull(await writes.closeIncident(subject));
    },

    async saveIntent(incident) {
      const state = readState(incident);
      context.requireOpen('incidents.saveIntent');
      return toIncidentOrNull(await writes.saveIncidentIntent(state));
    },

    async dropIntent(incident) {
      const state = readState(incident);
      context.requireOpen('incidents.dropIntent');
      await writes.dropIncidentIntent(state);
    },

    async markTold(incident) {
      const state = readState(incident);
      context.requireOpen('incidents.markTold');
      return writes.markIncidentTold(state);
    },
  };
}

function requireSubject(subject: unknown): void {
  if (requireText('subject', subject) === '') throw new SeenInputError('subject is empty. Name what fails.');
}

function readState(incident: Incident): IncidentState {
  return readArgument('incident', () => {
    const { id, overAt }: Given<Incident> = requireObject('incident', incident);
    if (overAt !== null) requireDate('overAt', overAt);
    return { id: requireText('id', id), is: overAt === null ? 'failing' : 'over' };
  });
}

/** Nothing that was noted happened after the present: the clock was ahead then. */
export function incidentOf(row: IncidentRow, now: number): Incident {
  const { id, subject, reason, since, relapse, intent_at: intentAt, told_at: toldAt, over_at: overAt } = row;
  const date = (ms: number | null): Date | null => (ms === null ? null : new Date(Math.min(ms, now)));
  return {
    id,
    subject,
    reason,
    since: new Date(Math.min(since, now)),
    isRelapse: relapse === 1,
    // Left as it is: that it lies ahead tells that its age is unknown.
    intentAt: intentAt === null ? null : new Date(intentAt),
    toldAt: date(toldAt),
    overAt: date(overAt),
  };
}
