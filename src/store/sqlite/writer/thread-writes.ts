import type { Change } from '../../port/change.ts';
import type { Writes } from '../../port/writes.ts';
import type { PurgeControl } from '../../contract/seen-store.ts';
import { operations } from '../../operations.ts';
import type { Result, ThreadCalls } from './thread-calls.ts';

type LongWrite = 'expire' | 'forget' | 'dropItems';
type ShortWrite = Exclude<keyof Writes, LongWrite | 'change'>;

/** The port's writes, each of which runs in the writer thread under the same name: see `writes/`. */
export function threadWrites(calls: ThreadCalls): Writes {
  return {
    markSeen: short(calls, 'markSeen'),
    touch: short(calls, 'touch'),
    expire: long(calls, 'expire'),
    forget: long(calls, 'forget'),
    claim: short(calls, 'claim'),
    claimWaiting: short(calls, 'claimWaiting'),
    change: (claims, owner, change: Change) =>
      calls.call<'change'>({ name: 'change', operation: change.kind, args: [claims, owner, change] }).result,
    retry: short(calls, 'retry'),
    dropItems: long(calls, 'dropItems'),
    dropLosses: short(calls, 'dropLosses'),
    recordCycle: short(calls, 'recordCycle'),
    noteOpen: short(calls, 'noteOpen'),
    saveCoverage: short(calls, 'saveCoverage'),
    openHold: short(calls, 'openHold'),
    extendHold: short(calls, 'extendHold'),
    startQuestion: short(calls, 'startQuestion'),
    saveQuestion: short(calls, 'saveQuestion'),
    dropQuestion: short(calls, 'dropQuestion'),
    decideHold: short(calls, 'decideHold'),
    finishHold: short(calls, 'finishHold'),
    openIncident: short(calls, 'openIncident'),
    closeIncident: short(calls, 'closeIncident'),
    saveIncidentIntent: short(calls, 'saveIncidentIntent'),
    dropIncidentIntent: short(calls, 'dropIncidentIntent'),
    markIncidentTold: short(calls, 'markIncidentTold'),
    addSpending: short(calls, 'addSpending'),
    assignScope: short(calls, 'assignScope'),
    campaign: short(calls, 'campaign'),
    renewTerm: short(calls, 'renewTerm'),
    resignTerm: short(calls, 'resignTerm'),
    noteUse: short(calls, 'noteUse'),
  };
}

function short<Name extends ShortWrite>(calls: ThreadCalls, name: Name) {
  return (...args: Parameters<Writes[Name]>): Promise<Result<Name>> =>
    calls.call<Name>({ name, operation: operations[name], args }).result;
}

/** A write that can be aborted, and tells how far it is. */
function long<Name extends LongWrite>(calls: ThreadCalls, name: Name) {
  return async (before: number, { signal, onProgress }: PurgeControl): Promise<Result<Name>> => {
    const { id, result } = calls.call<Name>({ name, operation: operations[name], args: [before] }, onProgress);
    const abort = (): void => calls.abort(id);
    signal?.addEventListener('abort', abort, { once: true });
    // A signal that has aborted already calls nobody.
    if (signal?.aborted === true) abort();
    try {
      return await result;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  };
}
