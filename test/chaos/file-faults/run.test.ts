import { describe, expect, test, vi } from 'vitest';

import { faultKinds, type Fault, type FaultKind } from '../../../chaos/file-faults/plan.ts';
import { isValid, type FileFaultsReport } from '../../../chaos/file-faults/report.ts';
import { clientPrograms, runFileFaults, type FileFaultsOptions } from '../../../chaos/file-faults/run.ts';
import { History } from '../../../chaos/history.ts';
import { bundledClients } from '../../support/bundled-clients.ts';

// Each test starts whole programs, beside those of other tests.
vi.setConfig({ testTimeout: 120_000 });

const clients = bundledClients(clientPrograms);

const fault = (kind: FaultKind, rest: Partial<Fault> = {}): Fault => {
  return { kind, order: [0, 1, 2], affected: 1, afterMs: 20, forMs: 0, logToo: false, isVisited: false, ...rest };
};

async function run(plan: readonly Fault[], options: Partial<FileFaultsOptions> = {}): Promise<FileFaultsReport> {
  using history = new History();
  return await runFileFaults({ seed: 1, processes: 3, design: 'ours', ...options }, plan, {
    history,
    programs: clients.folder,
  });
}

/** The kind of which a single fault starts all processes anew: it is left to longer runs. */
const slowest: FaultKind = 'replace-killed';

describe('a run that faults the files of a store', () => {
  test('with every kind of fault but the slowest, loses nothing acknowledged, and grants nothing twice', async () => {
    const kinds = faultKinds.filter((kind) => kind !== slowest);
    // The stop comes first, so that it overlaps with others. The copy only does harm if every process makes one.
    const plan = kinds.map((kind) =>
      fault(kind, { forMs: kind === 'stop' ? 400 : 0, affected: kind === 'copy-inside' ? 3 : 1 }),
    );
    const report = await run(plan);
    expect(report.problems).toEqual([]);
    for (const [kind, lines] of Object.entries(report.violations)) expect({ kind, lines }).toEqual({ kind, lines: [] });
    expect(isValid(report)).toBe(true);
    expect(Object.keys(report.faults).toSorted()).toEqual(kinds.toSorted());
    expect(report.marked).toBeGreaterThan(50);
    expect(report.committed).toBeGreaterThan(20);
    expect(report.delivered).toBeGreaterThan(20);
  });
});

describe('the checker notices a design that is broken on purpose', () => {
  test('write-behind loses marks that it had acknowledged when its process is killed', async () => {
    const report = await run([fault('kill', { order: [0] })], { design: 'write-behind', processes: 1 });
    expect(report.violations.lostMarks.length).toBeGreaterThan(0);
    expect(isValid(report)).toBe(false);
  });

  test('mark-after lets two processes deliver and mark the same item', async () => {
    let report: FileFaultsReport;
    let seed = 0;
    do {
      // Whether they meet in a run is a matter of chance.
      seed += 1;
      report = await run([fault('stop', { forMs: 300 })], { design: 'mark-after', seed });
    } while (report.violations.committedTwice.length === 0 && seed < 10);
    expect(report.violations.committedTwice.length).toBeGreaterThan(0);
    expect(isValid(report)).toBe(false);
  });
});
