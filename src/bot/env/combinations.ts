import { isSecHost, SEC_REQUESTS_PER_SECOND } from 'sapphire-plugin-seen/edgar';

import type { EnvProblem } from './error.ts';

/** The settings that limit how long a summary may take. */
interface Times {
  readonly llm: { readonly timeoutMs: number } | undefined;
  readonly enrichment: { readonly withinMs: number; readonly editLate: boolean };
}

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Finds variables that cannot work together. The schema cannot check this, as every problem is to be named at once: zod
 * checks several fields together only after each of them has passed by itself.
 */
export function combinationProblems(variables: Variables): EnvProblem[] {
  return [...modelProblems(variables), ...rateProblems(variables)];
}

/** Finds settings that work together, but not as somebody may expect. */
export function combinationDoubts({ llm, enrichment: { withinMs, editLate } }: Times): EnvProblem[] {
  if (llm === undefined || editLate || llm.timeoutMs <= withinMs) return [];
  const limit = `no filing waits for its summary longer than LLM_DEADLINE_SECONDS, which is ${withinMs / 1000}`;
  const problem = `is ${llm.timeoutMs / 1000}, but ${limit}. Raise that, or lower this.`;
  return [{ variable: 'LLM_TIMEOUT_SECONDS', problem }];
}

function modelProblems({ LLM_BASE_URL, LLM_MODEL }: Variables): EnvProblem[] {
  if (LLM_BASE_URL === undefined || LLM_MODEL !== undefined) return [];
  const problem = 'is not set, but LLM_BASE_URL is. Set it to the name of a model that this endpoint serves.';
  return [{ variable: 'LLM_MODEL', problem }];
}

function rateProblems({ EDGAR_BASE_URL, EDGAR_REQUESTS_PER_SECOND: rate }: Variables): EnvProblem[] {
  if (!isAtSec(EDGAR_BASE_URL) || !(Number(rate) > SEC_REQUESTS_PER_SECOND)) return [];
  const limit = `at most ${SEC_REQUESTS_PER_SECOND} at sec.gov, which blocks who asks faster`;
  return [{ variable: 'EDGAR_REQUESTS_PER_SECOND', problem: `is ${rate}, but must be ${limit}.` }];
}

/** Tells whether the SEC's limit applies. An invalid address counts as the SEC's; another server may allow more. */
function isAtSec(address: string | undefined): boolean {
  return address === undefined || !URL.canParse(address) || isSecHost(new URL(address));
}
