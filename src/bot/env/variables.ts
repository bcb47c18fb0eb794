import { z } from 'zod';

import {
  dailyBudget,
  databasePath,
  databaseUrl,
  days,
  firstRun,
  flag,
  forms,
  httpUrl,
  oneOf,
  schemaName,
  seconds,
  secret,
  snowflake,
  snowflakes,
  userAgent,
  whole,
} from './kinds.ts';
import { documentationOf, optional, required, withDefault } from './variable.ts';

/** The endpoint and the model of an `LLM_API_KEY` without an `LLM_BASE_URL`. */
export const OPENAI = { baseUrl: 'https://api.openai.com/v1', model: 'gpt-5-mini' } as const;

/**
 * Every environment variable that the bot reads, where its value lies in the settings. `npm run docs` writes
 * `.env.example` and the README's table from it.
 */
export const settings = z.object({
  discord: z.object({
    token: required(
      'DISCORD_TOKEN',
      secret,
      "Set it to the bot's token: https://discord.com/developers/applications → your application → Bot → Reset Token.",
    ),
    channelId: required(
      'DISCORD_CHANNEL_ID',
      snowflake,
      'Set it to the id of the channel to post in: turn on Developer Mode, right-click the channel, Copy Channel ID.',
    ),
    pingRoleId: optional('DISCORD_PING_ROLE_ID', snowflake(), {
      example: '123456789012345678',
      meaning: 'The role that each post pings. It must be one that the bot may mention. Unset: a post pings nobody.',
    }),
    publish: withDefault('DISCORD_PUBLISH', flag(), {
      default: 'false',
      meaning:
        '`true` publishes the posts of an announcement channel to the channels that follow it: 10 an hour at once, the ' +
        'others later.',
    }),
    forum: withDefault('DISCORD_FORUM', flag(), {
      default: 'false',
      meaning:
        '`true` where the channel is a forum or a media channel: each filing begins a thread there, with the company and ' +
        'the form as its title.',
    }),
    apiUrl: optional('DISCORD_API_URL', httpUrl(), {
      example: 'http://127.0.0.1:8080/api',
      meaning: "The address of another server's Discord REST API, for tests and the demo. Unset: Discord itself.",
    }),
  }),
  seen: z.object({
    path: withDefault('SEEN_DB_PATH', databasePath(), {
      default: 'data/seen_ids.sqlite',
      meaning:
        'The database file; its folder is created. A relative path counts from the working directory at the start, ' +
        'and links are followed.',
    }),
    url: optional('SEEN_DB_URL', databaseUrl(), {
      example: 'postgres://seen:password@db.example.org:5432/seen',
      meaning:
        'The URL of a PostgreSQL database in place of the file, for bots on several machines: see docs/scaling.md. It needs ' +
        'the package `pg`, and `SEEN_DB_PATH` no longer counts. Unset: the file.',
    }),
    schema: withDefault('SEEN_DB_SCHEMA', schemaName(), {
      default: 'seen',
      meaning: 'The schema of the tables in PostgreSQL, which is made. Two bots may share a database by two schemas.',
    }),
    ttlDays: withDefault('SEEN_TTL_DAYS', days({ max: 36_500 }), {
      default: '7',
      meaning:
        'Days after which a filing that the feed no longer lists may be forgotten, or `forever`. Days in which nobody ' +
        'looked at the whole feed do not count. Fractions are allowed.',
    }),
    firstRun: withDefault('SEEN_FIRST_RUN', firstRun(), {
      default: 'mark',
      meaning:
        'First run on an empty store, and of forms that are added to EDGAR_FORMS later: `mark` marks all filings that ' +
        'the feed lists as seen and posts none, `post` posts all of them (thousands), a whole number N posts the ' +
        'newest N and marks the rest.',
    }),
    onStoreError: withDefault('SEEN_ON_STORE_ERROR', oneOf('deliver', 'hold'), {
      default: 'deliver',
      meaning:
        'While the store fails, `deliver` posts each filing at most once per process, and `hold` waits until the ' +
        'store is back.',
    }),
    enabled: withDefault('SEEN_ENABLED', flag(), {
      default: 'true',
      meaning: '`false` starts the bot without the store and the feed.',
    }),
    adminChannelId: optional('SEEN_ADMIN_CHANNEL_ID', snowflake(), {
      example: '123456789012345678',
      meaning:
        'The channel where the flood breaker asks what to do, and where admins are told when something has failed for ten ' +
        'minutes and when it works again. Unset: it asks in the channel of the posts, and failures are only logged.',
    }),
    homeGuildId: optional('SEEN_HOME_GUILD_ID', snowflake(), {
      example: '123456789012345678',
      meaning:
        'The server whose administrators are admins of the bot: they may purge, retry and answer the flood breaker. ' +
        'Unset: the server of the channel of the posts.',
    }),
    adminUserIds: withDefault('SEEN_ADMIN_USER_IDS', snowflakes(), {
      default: '',
      example: '123456789012345678,234567890123456789',
      meaning: 'Ids of further users who are admins of the bot, separated by commas.',
    }),
    adminRoleIds: withDefault('SEEN_ADMIN_ROLE_IDS', snowflakes(), {
      default: '',
      example: '345678901234567890',
      meaning: 'Ids of roles whose members are admins of the bot, separated by commas.',
    }),
    metricsPort: optional('SEEN_METRICS_PORT', whole({ min: 1, max: 65_535 }), {
      example: '9464',
      meaning: 'The port of 127.0.0.1 at which Prometheus metrics are served, under `/metrics`. Unset: none are.',
    }),
  }),
  edgar: z.object({
    userAgent: required(
      'EDGAR_USER_AGENT',
      userAgent,
      'The SEC blocks programs that do not name a contact. Set it to a name and an e-mail address, such as: ' +
        'Example Corp filings@example.com',
    ),
    forms: withDefault('EDGAR_FORMS', forms(), {
      default: '8-K,8-K/A',
      meaning:
        'The forms to post, separated by commas. Usual spellings are understood, such as `10k`, `Form 4` and `13D`. An ' +
        'amendment is a form of its own: `8-K/A`. A name with `=` before it is taken as it is, as for a form newer than ' +
        'the bot. `*` posts every form: thousands of filings a day.',
    }),
    pollMs: withDefault('EDGAR_POLL_SECONDS', seconds({ max: 86_400 }), {
      default: '120',
      meaning: 'Seconds between two polls of the feed.',
    }),
    requestsPerSecond: withDefault('EDGAR_REQUESTS_PER_SECOND', whole({ min: 1, max: 1000 }), {
      default: '5',
      meaning:
        "Requests per second to EDGAR. The SEC allows 10 over all of a user's machines; more are refused for sec.gov.",
    }),
    baseUrl: withDefault('EDGAR_BASE_URL', httpUrl(), {
      default: 'https://www.sec.gov',
      meaning: 'The address of EDGAR.',
    }),
  }),
  llm: z.object({
    apiKey: optional('LLM_API_KEY', secret(), {
      example: '',
      meaning:
        'The key of an OpenAI-compatible endpoint. Without a key and without `LLM_BASE_URL`, a summary is made from ' +
        'the filing itself, and nothing is sent anywhere.',
    }),
    baseUrl: optional('LLM_BASE_URL', httpUrl(), {
      example: 'http://127.0.0.1:11434/v1',
      meaning: `The endpoint's address up to \`/v1\`. A local model needs no key. Unset, with a key: ${OPENAI.baseUrl}.`,
    }),
    model: optional('LLM_MODEL', z.string(), {
      example: OPENAI.model,
      meaning: `The model. Required with \`LLM_BASE_URL\`. Unset, at OpenAI itself: ${OPENAI.model}.`,
    }),
    maxConcurrent: withDefault('LLM_MAX_CONCURRENT', whole({ min: 1, max: 100 }), {
      default: '3',
      meaning: 'Filings that are summarised and posted at the same time.',
    }),
    timeoutMs: withDefault('LLM_TIMEOUT_SECONDS', seconds({ max: 600 }), {
      default: '30',
      meaning: 'Seconds that one attempt may take.',
    }),
    maxRetries: withDefault('LLM_MAX_RETRIES', whole({ min: 0, max: 10 }), {
      default: '2',
      meaning: 'Further attempts after a timeout, a rate limit or a server error.',
    }),
    deadlineMs: withDefault('LLM_DEADLINE_SECONDS', seconds({ max: 86_400 }), {
      default: '60',
      meaning:
        'Seconds after which a filing that waits for its summary is posted without, counted from when the feed listed it ' +
        'and over all attempts.',
    }),
    editLate: withDefault('LLM_EDIT_LATE', flag(), {
      default: 'false',
      meaning: '`true` edits a post, once, when its summary comes after that.',
    }),
    dailyBudget: optional('LLM_DAILY_BUDGET', dailyBudget(), {
      example: '200 requests, 500000 tokens',
      meaning:
        'The most that summaries may cost in a day (UTC): requests, tokens, or both. From then on filings are posted ' +
        'without, and an admin is told. Unset: there is no limit.',
    }),
  }),
  log: z.object({
    level: withDefault('LOG_LEVEL', oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'), {
      default: 'info',
      meaning: 'The lowest level that is logged: trace, debug, info, warn, error, fatal, or silent for none.',
    }),
    format: withDefault('LOG_FORMAT', oneOf('json', 'pretty'), {
      default: 'json',
      meaning: '`json` writes one line per event, `pretty` writes for people, through the package pino-pretty.',
    }),
  }),
});

type Parsed = z.output<typeof settings>;

/** The value of every variable, by section. */
export type Settings = { readonly [Section in keyof Parsed]: Readonly<Parsed[Section]> };

/** All variables, in the order of the settings. */
export const envVariables = Object.entries(settings.shape).flatMap(([section, { shape }]) =>
  Object.entries(shape).map(([key, schema]) => placed(section, key, schema)),
);

function placed(section: string, key: string, schema: z.ZodType) {
  return { section, key, ...documentationOf(schema) };
}
