import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { ContractBackend } from '../backend.ts';
import { ModelRun } from './model-run.ts';
import { operations } from './operations.ts';

/** Sequences that are tried, where somebody wants more of them than a test run has time for. */
const WANTED_RUNS = process.env['SEEN_TEST_MODEL_RUNS'];

/**
 * Interleavings of two owners, against a model. On a failure, fast-check prints the seed, the path and the shortest
 * sequence.
 *
 * @param runs Sequences that a test run tries.
 */
export function describeModel(backend: ContractBackend, runs = 15): void {
  describe(`claims against a model, on ${backend.name}`, () => {
    test(
      'any sequence of steps of two owners does what the model does',
      { timeout: 60_000 + 2_000 * Number(WANTED_RUNS ?? 0) },
      async () => {
        const property = fc.asyncProperty(operations, (sequence) => ModelRun.check(backend, sequence));
        await expect(
          fc.assert(property, { seed: 20_261_124, numRuns: Number(WANTED_RUNS ?? runs) }),
        ).resolves.toBeUndefined();
      },
    );
  });
}
