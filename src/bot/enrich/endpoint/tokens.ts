import { isObject, type JsonObject } from '../json.ts';

/** The names that endpoints give to the tokens of a request: in all, or in and out. */
const TOTALS = ['total_tokens', 'totalTokens', 'totalTokenCount'] as const;
const PARTS = [
  ['prompt_tokens', 'completion_tokens'],
  ['input_tokens', 'output_tokens'],
  ['promptTokens', 'completionTokens'],
  ['promptTokenCount', 'candidatesTokenCount'],
  ['prompt_eval_count', 'eval_count'],
] as const;

/** Beyond this, a number of tokens is a mistake of the endpoint's. */
const MOST = 10_000_000;

/** Reads the tokens that a completion says it cost; undefined where it does not say. */
export function tokensIn(value: unknown): number | undefined {
  if (!isObject(value)) return undefined;
  const usage = [value['usage'], value['usageMetadata'], value].find(isObject) ?? value;
  return TOTALS.map((name) => countOf(usage, name)).find((tokens) => tokens !== undefined) ?? sumIn(usage);
}

function sumIn(usage: JsonObject): number | undefined {
  for (const [input, output] of PARTS) {
    const counts = [countOf(usage, input), countOf(usage, output)].filter((count) => count !== undefined);
    if (counts.length > 0) return counts.reduce((sum, count) => sum + count);
  }
  return undefined;
}

/** A count of at least 1: a 0 means that nobody counted. */
function countOf(usage: JsonObject, name: string): number | undefined {
  const count = usage[name];
  return typeof count === 'number' && count >= 1 && count <= MOST ? Math.ceil(count) : undefined;
}
