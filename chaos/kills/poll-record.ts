import { quantile } from './quantile.ts';

/** Nobody may poll for this long while a client lives, in real milliseconds: ten leases of a leader. */
const LONGEST_VACANCY_MS = 50_000;

export interface PollReport {
  /** Polls by which two clients polled at the same time, described. */
  readonly polledTogether: readonly string[];
  /** Times in which nobody polled for too long, although clients were alive, described. */
  readonly unpolled: readonly string[];
  readonly polls: number;
  /** Number of terms in which somebody polled. */
  readonly terms: number;
  /** Time from the end of a client that led until another one polled, in real milliseconds. */
  readonly takeoverMs: { readonly p50: number | null; readonly p99: number | null; readonly longest: number | null };
}

/** Records who polls the source, and in which term. */
export class PollRecord {
  readonly #now: () => number;
  readonly #leaders = new Map<number, string>();
  readonly #polledTogether: string[] = [];
  readonly #unpolled: string[] = [];
  readonly #takeovers: number[] = [];
  readonly #alive = new Set<string>();
  #polls = 0;
  /** The newest term of which a poll has arrived, and the newest of which one was answered. */
  #newest = 0;
  #answered = 0;
  /** When the newest leader had ended and somebody else lived, in whose place nobody has polled yet. */
  #vacantSince: number | undefined;

  /** @param now Returns a time in real milliseconds that nobody sets. */
  constructor(now: () => number) {
    this.#now = now;
  }

  clientStarted(client: string): void {
    if (this.#alive.size === 0 && this.#vacantSince !== undefined) this.#vacantSince = this.#now();
    this.#alive.add(client);
  }

  clientEnded(client: string): void {
    this.#alive.delete(client);
    if (this.leader === client) this.#vacantSince ??= this.#now();
  }

  /** The client that polled in the newest term. */
  get leader(): string | undefined {
    return this.#leaders.get(this.#newest);
  }

  /** Records that a poll has arrived: NaN for the term of a client that knows none. */
  arrived(client: string, term: number): void {
    this.#polls += 1;
    const leader = this.#leaders.get(term) ?? client;
    if (Number.isNaN(term)) this.#polledTogether.push(`${client} polled without a term`);
    else if (leader !== client) this.#polledTogether.push(`${client} polled in term ${term}, which was ${leader}'s`);
    else if (term < this.#answered) this.#polledTogether.push(this.#describeLate(client, term));
    if (Number.isNaN(term)) return;
    this.#leaders.set(term, leader);
    if (term > this.#newest) this.#takeOver(term);
  }

  answered(term: number): void {
    if (term > this.#answered) this.#answered = term;
  }

  report(): PollReport {
    const vacantMs = this.#vacancy();
    const open = vacantMs > LONGEST_VACANCY_MS ? [describeVacancy(vacantMs)] : [];
    return {
      polledTogether: this.#polledTogether,
      unpolled: [...this.#unpolled, ...open],
      polls: this.#polls,
      terms: this.#leaders.size,
      takeoverMs: {
        p50: quantile(this.#takeovers, 0.5),
        p99: quantile(this.#takeovers, 0.99),
        longest: quantile(this.#takeovers, 1),
      },
    };
  }

  #takeOver(term: number): void {
    this.#newest = term;
    if (this.#vacantSince === undefined) return;
    const vacantMs = this.#vacancy();
    this.#takeovers.push(vacantMs);
    if (vacantMs > LONGEST_VACANCY_MS) this.#unpolled.push(describeVacancy(vacantMs));
    this.#vacantSince = undefined;
  }

  /** The time for which nobody has polled although a client lived; 0 while a client may be polling. */
  #vacancy(): number {
    return this.#vacantSince === undefined || this.#alive.size === 0 ? 0 : this.#now() - this.#vacantSince;
  }

  #describeLate(client: string, term: number): string {
    const newer = `term ${this.#answered}, which is ${this.#leaders.get(this.#answered)}'s`;
    return `${client} polled in term ${term} after a poll in ${newer}, was answered`;
  }
}

function describeVacancy(vacantMs: number): string {
  return `nobody polled for ${Math.round(vacantMs)} ms`;
}
