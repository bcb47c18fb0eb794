import type { z } from 'zod';
import { combinationProblems } from './env/combinations.ts';
import { BotEnvError, type EnvProblem } from './env/error.ts';
import { envSchema, type EnvValues } from './env/schema.ts';

export { BotEnvError } from './env/error.ts';
export { envVariables } from './env/variables.ts';

/** Where summaries come from. */
export interface LlmEnv {
  /** `undefined`: the endpoint is asked without a key, as local models allow. */
  readonly apiKey: string | undefined;
  readonly baseUrl: string;
  readonly model: string;
  readonly timeoutMs: number;
  readonly maxRetries: number;
}

/** The bot's settings. Values that are `undefined` were not set and have no default. */
export interface BotEnv {
  readonly discord: {
    readonly token: string;
    readonly channelId: string;
    readonly apiUrl: string | undefined;
  };
  readonly seen: {
    readonly enabled: boolean;
    readonly path: string;
    readonly ttlDays: number;
    readonly firstRun: 'mark' | 'post' | number;
    readonly onStoreError: 'deliver' | 'hold';
    readonly adminChannelId: string | undefined;
    readonly metricsPort: number | undefined;
    readonly homeGuildId: string | undefined;
    readonly adminUserIds: readonly string[];
    readonly adminRoleIds: readonly string[];
  };
  readonly edgar: {
    readonly userAgent: string;
    readonly baseUrl: string;
    /** Exact forms; empty: every form. */
    readonly forms: readonly string[];
    readonly pollMs: number;
    readonly requestsPerSecond: number;
  };
  /** `undefined`: summaries are made from the filing itself. */
  readonly llm: LlmEnv | undefined;
  /** Filings that are enriched at once. */
  readonly maxConcurrent: number;
  readonly log: { readonly level: EnvValues['LOG_LEVEL']; readonly format: EnvValues['LOG_FORMAT'] };
  /** What no log line may hold. */
  readonly secrets: readonly string[];
}

const OPENAI_BASE_URL = 'https://api.openai.com/v1';
const OPENAI_MODEL = 'gpt-5-mini';

/**
 * Validates the environment. An empty or blank value counts as not set.
 *
 * @throws {BotEnvError} naming every variable that is missing or wrong.
 */
export function readEnv(env: Readonly<Record<string, string | undefined>>): BotEnv {
  const set = withoutBlanks(env);
  const result = envSchema.safeParse(set);
  const problems = [...(result.error?.issues.map(toProblem) ?? []), ...combinationProblems(set)];
  if (!result.success || problems.length > 0) throw new BotEnvError(problems);
  return toBotEnv(result.data);
}

function withoutBlanks(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const entries = Object.entries(env).map(([name, value]) => [name, value?.trim() ?? ''] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== ''));
}

function toProblem(issue: z.core.$ZodIssue): EnvProblem {
  return { variable: issue.path.join('.'), problem: issue.message };
}

function toBotEnv(values: EnvValues): BotEnv {
  return {
    discord: {
      token: values.DISCORD_TOKEN,
      channelId: values.DISCORD_CHANNEL_ID,
      apiUrl: values.DISCORD_API_URL,
    },
    seen: {
      enabled: values.SEEN_ENABLED,
      path: values.SEEN_DB_PATH,
      ttlDays: values.SEEN_TTL_DAYS,
      firstRun: values.SEEN_FIRST_RUN,
      onStoreError: values.SEEN_ON_STORE_ERROR,
      adminChannelId: values.SEEN_ADMIN_CHANNEL_ID,
      metricsPort: values.SEEN_METRICS_PORT,
      homeGuildId: values.SEEN_HOME_GUILD_ID,
      adminUserIds: values.SEEN_ADMIN_USER_IDS,
      adminRoleIds: values.SEEN_ADMIN_ROLE_IDS,
    },
    edgar: {
      userAgent: values.EDGAR_USER_AGENT,
      baseUrl: values.EDGAR_BASE_URL,
      forms: values.EDGAR_FORMS,
      pollMs: values.EDGAR_POLL_SECONDS * 1000,
      requestsPerSecond: values.EDGAR_REQUESTS_PER_SECOND,
    },
    llm: toLlmEnv(values),
    maxConcurrent: values.LLM_MAX_CONCURRENT,
    log: { level: values.LOG_LEVEL, format: values.LOG_FORMAT },
    secrets: [values.DISCORD_TOKEN, values.LLM_API_KEY].filter((secret) => secret !== undefined),
  };
}

function toLlmEnv(values: EnvValues): LlmEnv | undefined {
  if (values.LLM_API_KEY === undefined && values.LLM_BASE_URL === undefined) return undefined;
  return {
    apiKey: values.LLM_API_KEY,
    baseUrl: values.LLM_BASE_URL ?? OPENAI_BASE_URL,
    model: values.LLM_MODEL ?? OPENAI_MODEL,
    timeoutMs: values.LLM_TIMEOUT_SECONDS * 1000,
    maxRetries: values.LLM_MAX_RETRIES,
  };
}
