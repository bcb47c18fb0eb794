import type { EnvProblem } from './error.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** What the SEC allows. Another server, such as the demo's, may allow more. */
const SEC_REQUESTS_PER_SECOND = 10;

/**
 * Variables that cannot work together. Checked beside the schema: zod leaves out what concerns several fields as long
 * as a single one is wrong, and every problem is to be named at once.
 */
export function combinationProblems(variables: Variables): EnvProblem[] {
  return [...modelProblems(variables), ...rateProblems(variables)];
}

function modelProblems({ LLM_BASE_URL, LLM_MODEL }: Variables): EnvProblem[] {
  if (LLM_BASE_URL === undefined || LLM_MODEL !== undefined) return [];
  const problem = 'is not set, but LLM_BASE_URL is. Set it to the name of a model that this endpoint serves.';
  return [{ variable: 'LLM_MODEL', problem }];
}

function rateProblems({ EDGAR_BASE_URL, EDGAR_REQUESTS_PER_SECOND: rate }: Variables): EnvProblem[] {
  const atSec = EDGAR_BASE_URL === undefined || /(^|[/.])sec\.gov\.?(?=[:/]|$)/i.test(EDGAR_BASE_URL);
  if (!atSec || !(Number(rate) > SEC_REQUESTS_PER_SECOND)) return [];
  const problem = `is ${rate}, but must be at most ${SEC_REQUESTS_PER_SECOND} at sec.gov, which blocks who asks faster.`;
  return [{ variable: 'EDGAR_REQUESTS_PER_SECOND', problem }];
}
