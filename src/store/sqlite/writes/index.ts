import type { Writes } from '../../port/writes.ts';
import { changeWrites } from './change.ts';
import type { WriteContext } from './context.ts';
import { coverageWrites } from './coverage.ts';
import { cycleWrites } from './cycles.ts';
import { grantWrites } from './grant.ts';
import { holdWrites } from './holds.ts';
import { incidentWrites } from './incidents.ts';
import { leaderWrites } from './leadership.ts';
import { lossWrites } from './losses.ts';
import { moveWrites } from './moves.ts';
import { retentionWrites } from './retention.ts';
import { retryWrites } from './retry.ts';
import { scopeWrites } from './scopes.ts';
import { seenWrites } from './seen.ts';
import { spendingWrites } from './spending.ts';

/** Prepares the group of writes to which a write belongs. */
const groups: { readonly [Name in keyof Writes]: (context: WriteContext) => Pick<Writes, Name> } = {
  markSeen: seenWrites,
  touch: seenWrites,
  expire: seenWrites,
  forget: seenWrites,
  claim: grantWrites,
  claimWaiting: grantWrites,
  change: changeWrites,
  retry: retryWrites,
  dropItems: retentionWrites,
  dropLosses: lossWrites,
  recordCycle: cycleWrites,
  noteOpen: cycleWrites,
  saveCoverage: coverageWrites,
  openHold: holdWrites,
  extendHold: holdWrites,
  startQuestion: holdWrites,
  saveQuestion: holdWrites,
  dropQuestion: holdWrites,
  decideHold: holdWrites,
  finishHold: holdWrites,
  openIncident: incidentWrites,
  closeIncident: incidentWrites,
  saveIncidentIntent: incidentWrites,
  dropIncidentIntent: incidentWrites,
  markIncidentTold: incidentWrites,
  addSpending: spendingWrites,
  assignScope: scopeWrites,
  campaign: leaderWrites,
  renewTerm: leaderWrites,
  resignTerm: leaderWrites,
  noteUse: moveWrites,
};

/**
 * Finds the port's writes by their names. All of them run in the writer thread.
 *
 * Each group is prepared when one of its writes is made for the first time: the first write of a store does not wait
 * for the statements of a flood or an incident, which most stores never see.
 */
export function prepareWrites(context: WriteContext): <Name extends keyof Writes>(name: Name) => Writes[Name] {
  const prepared: Partial<Writes> = {};
  const prepare = <Name extends keyof Writes>(name: Name): Writes[Name] => {
    const group = groups[name](context);
    Object.assign(prepared, group);
    return group[name];
  };
  return (name) => prepared[name] ?? prepare(name);
}
