import type { Random } from '../random.ts';
import type { Fault } from './faults.ts';

/** Faults of requests, from 0 to 1 of them, each as likely as its weight says. */
export interface FaultShare {
  readonly share: number;
  readonly faults: readonly (readonly [Fault, number])[];
}

/** Makes a plan for a local EDGAR in which a share of the requests goes wrong, by chance. */
export function randomFaults(random: Random, { share, faults }: FaultShare): () => Fault | undefined {
  return () => (random.chance(share) ? random.weighted(faults) : undefined);
}
