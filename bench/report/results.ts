import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { isMet, type Measurement, type StoreKind, type Unmeasured } from '../case.ts';
import type { Machine } from './machine.ts';

export interface CaseResult {
  readonly name: string;
  readonly title: string;
  readonly measurements: readonly Measurement[];
  readonly unmeasured: readonly Unmeasured[];
}

export function caseResult(name: string, title: string, lines: readonly (Measurement | Unmeasured)[]): CaseResult {
  const measurements = lines.filter((line) => 'value' in line);
  const unmeasured = lines.filter((line) => 'missing' in line);
  return { name, title, measurements, unmeasured };
}

export interface BenchResults {
  readonly date: string;
  /** Left out in the results of older versions, which measured SQLite. */
  readonly store?: StoreKind;
  readonly kind: 'quick' | 'full';
  readonly machine: Machine;
  readonly cases: readonly CaseResult[];
}

/** Writes the results file, and returns its path relative to the project. */
export function writeResults(results: BenchResults): string {
  const name = `bench/results/${results.date.slice(0, 10)}-${results.store === 'postgres' ? 'postgres-' : ''}${results.kind}.json`;
  mkdirSync(fileURLToPath(new URL('../results/', import.meta.url)), { recursive: true });
  writeFileSync(new URL(`../../${name}`, import.meta.url), `${JSON.stringify(results, null, 2)}\n`);
  return name;
}

export function readResults(file: string): BenchResults {
  return JSON.parse(readFileSync(file, 'utf8')) as BenchResults;
}

export function isEveryGoalMet(results: readonly CaseResult[]): boolean {
  return results.every(({ measurements }) => measurements.every((one) => isMet(one) !== false));
}
