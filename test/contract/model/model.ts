import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { ContractBackend } from '../backend.ts';
import { ModelRun } from './model-run.ts';
import { operations } from './operations.ts';

/** Interleavings of two owners, against a model. On a failure, fast-check prints the seed, the path and the shortest sequence. */
export function describeModel(backend: ContractBackend): void {
  describe(`claims against a model, on ${backend.name}`, () => {
    test('any sequence of steps of two owners does what the model does', { timeout: 60_000 }, async () => {
      const property = fc.asyncProperty(operations, (sequence) => ModelRun.check(backend, sequence));
      await expect(fc.assert(property, { seed: 20_261_124, numRuns: 15 })).resolves.toBeUndefined();
    });
  });
}
