import type { BenchResults } from './results.ts';

export function drawChart(_results: BenchResults, _file: string): void {}
