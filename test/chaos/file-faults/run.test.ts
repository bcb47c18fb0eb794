import { describe, expect, test, vi } from 'vitest';

import { faultKinds, type Fault, type FaultKind } from '../../../chaos/file-faults/plan.ts';
import { isValid, type FileFaultsReport } from '../../../chaos/file-faults/report.ts';
import { runFileFaults, type FileFaultsOptions } from '../../../chaos/file-faults/run.ts';
import { History } from '../../../chaos/history.ts';

// Each test starts whole programs, beside those of other tests.
vi.setConfig({ testTimeout: 120_000 });

const fault = (kind: FaultKind, rest: Partial<Fault> = {}): Fault => {
  return { kind, order: [0, 1, 2], affected: 1, afterMs: 20, forMs: 0, logToo: false, isVisited: false, ...rest };
};

async function run(plan: readonly Fault[], options: Partial<FileFaultsOptions> = {}): Promise<FileFaultsReport> {
  using history = new History();
  return await runFileFaults({ seed: 1, processes: 3, design: 'ours', ...options }, plan, { history });
}

describe('a run that faults the files of a store', () => {
  test('with every kind of fault, loses nothing acknowledged, and grants nothing twice', async () => {
    const plan = [
      fault('stop', { forMs: 400 }),
      fault('copy-inside', { affected: 3 }),
      ...faultKinds.filter((kind) => !['stop', 'copy-inside'].includes(kind)).map((kind) => fault(kind)),
    ];
    const report = await run(plan);
    expect(report.problems).toEqual([]);
    for (const [kind, lines] of Object.entries(report.violations)) expect({ kind, lines }).toEqual({ kind, lines: [] });
    expect(isValid(report)).toBe(true);
    expect(Object.keys(report.faults).toSorted()).toEqual([...faultKinds].toSorted());
    expect(report.marked).toBeGreaterThan(50);
    expect(report.committed).toBeGreaterThan(20);
    expect(report.delivered).toBeGreaterThan(20);
  });
});

describe('the checker notices a design that is broken on purpose', () => {
  test('write-behind loses marks that it had acknowledged when its process is killed', async () => {
    const report = await run([fault('kill', { order: [0, 1], affected: 2 })], { design: 'write-behind', processes: 2 });
    expect(report.violations.lostMarks.length).toBeGreaterThan(0);
    expect(isValid(report)).toBe(false);
  });

  test('mark-after lets two processes deliver and mark the same item', async () => {
    const report = await run([fault('stop', { forMs: 300 })], { design: 'mark-after', processes: 2 });
    expect(report.violations.committedTwice.length).toBeGreaterThan(0);
    expect(isValid(report)).toBe(false);
  });
});
