import type { z } from 'zod';

import { combinationProblems } from './env/combinations.ts';
import { BotEnvError, type EnvProblem } from './env/error.ts';
import { envVariables, OPENAI, settings, type Settings } from './env/variables.ts';

export { BotEnvError } from './env/error.ts';
export { envVariables } from './env/variables.ts';

/** The bot's settings. A setting that is `undefined` was not set and has no default. */
export type BotEnv = Readonly<ReturnType<typeof toBotEnv>>;

/** The language model that writes the summaries. Without a key, its endpoint is asked without one. */
export type LlmEnv = NonNullable<BotEnv['llm']>;

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Validates the environment. An empty or blank value counts as not set.
 *
 * @throws {BotEnvError} naming every variable that is missing or wrong.
 */
export function readEnv(env: Variables): BotEnv {
  const set = withoutBlanks(env);
  const result = settings.safeParse(bySection(set));
  const problems = [...(result.error?.issues.map(toProblem) ?? []), ...combinationProblems(set)];
  if (!result.success || problems.length > 0) throw new BotEnvError(problems);
  return toBotEnv(result.data, secretsIn(set));
}

function withoutBlanks(env: Variables): Variables {
  const entries = Object.entries(env).map(([name, value]) => [name, value?.trim() ?? ''] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== ''));
}

/** Puts the text of every variable where its setting lies. */
function bySection(set: Variables): object {
  const sections = Object.entries(Object.groupBy(envVariables, ({ section }) => section));
  return Object.fromEntries(
    sections.map(([section, variables = []]) => [
      section,
      Object.fromEntries(variables.map(({ key, name }) => [key, set[name]])),
    ]),
  );
}

function toProblem({ path, message }: z.core.$ZodIssue): EnvProblem {
  const variable = envVariables.find(({ section, key }) => section === path[0] && key === path[1]);
  return { variable: variable?.name ?? path.join('.'), problem: message };
}

function secretsIn(set: Variables): string[] {
  const secrets = envVariables.flatMap(({ name, secret }) => (secret ? (set[name] ?? []) : []));
  return [...secrets, ...secrets.flatMap(passwordsIn)];
}

/** The password of a secret that is a URL, as it stands there and as it is. */
function passwordsIn(secret: string): string[] {
  const password = URL.canParse(secret) ? new URL(secret).password : '';
  return password === '' ? [] : [...new Set([password, decodeURIComponent(password)])];
}

/** @param secrets Texts that no log line may contain. */
function toBotEnv({ llm, ...rest }: Settings, secrets: readonly string[]) {
  const { maxConcurrent, deadlineMs, editLate, dailyBudget, ...model } = llm;
  const enrichment = { withinMs: Math.ceil(deadlineMs), editLate, dailyBudget };
  return { ...rest, llm: withOpenAi(model), maxConcurrent, enrichment, secrets };
}

/** Adds OpenAI's address and model. Returns `undefined` where no model is configured: filings summarise themselves. */
function withOpenAi(llm: Pick<Settings['llm'], 'apiKey' | 'baseUrl' | 'model' | 'timeoutMs' | 'maxRetries'>) {
  if (llm.apiKey === undefined && llm.baseUrl === undefined) return undefined;
  return { ...llm, baseUrl: llm.baseUrl ?? OPENAI.baseUrl, model: llm.model ?? OPENAI.model };
}
