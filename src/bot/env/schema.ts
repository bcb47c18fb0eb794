import { z } from 'zod';
import {
  decimal,
  firstRun,
  flag,
  forms,
  httpUrl,
  oneOf,
  optionalSnowflake,
  secret,
  snowflake,
  snowflakes,
  userAgent,
  whole,
} from './fields.ts';

/**
 * Every environment variable that the bot reads: its kind, and what it means. A default is written as it would stand in
 * `.env`, so that the documentation of a default is the default.
 */
export const envSchema = z.object({
  DISCORD_TOKEN: secret(
    "Set it to the bot's token: https://discord.com/developers/applications → your application → Bot → Reset Token.",
  ).describe("The bot's token."),
  DISCORD_CHANNEL_ID: snowflake(
    'Set it to the id of the channel to post in: turn on Developer Mode, right-click the channel, Copy Channel ID.',
  ).describe('The channel that filings are posted in.'),
  DISCORD_API_URL: httpUrl
    .optional()
    .describe("Another server's Discord REST API, for tests and the demo. Unset: Discord itself."),

  SEEN_DB_PATH: z.string().prefault('data/seen_ids.sqlite').describe('The database file; its folder is created.'),
  SEEN_TTL_DAYS: decimal({ min: 0, max: 36_500 })
    .prefault('7')
    .describe('Days after which a filing may be forgotten. Fractions are allowed.'),
  SEEN_FIRST_RUN: firstRun
    .prefault('mark')
    .describe(
      'What an empty store does with the filings that the feed lists: `mark` all as seen and post none, `post` all, or a whole number N: post the newest N and mark the rest.',
    ),
  SEEN_ON_STORE_ERROR: oneOf('deliver', 'hold')
    .prefault('deliver')
    .describe(
      'When the store cannot be read: `deliver` posts each filing at most once per process, `hold` waits until the store is back.',
    ),
  SEEN_ADMIN_CHANNEL_ID: optionalSnowflake
    .optional()
    .describe('Where the flood breaker asks what to do. Unset: the channel of the posts.'),
  SEEN_HOME_GUILD_ID: optionalSnowflake
    .optional()
    .describe('The server whose administrators may purge. Unset: the server of the channel.'),
  SEEN_ADMIN_USER_IDS: snowflakes.prefault('').describe('Users who may also purge, separated by commas.'),
  SEEN_ADMIN_ROLE_IDS: snowflakes.prefault('').describe('Roles whose members may also purge, separated by commas.'),
  SEEN_ENABLED: flag.prefault('true').describe('`false` starts the bot without the store and the feed.'),

  SEEN_METRICS_PORT: whole({ min: 1, max: 65_535 })
    .optional()
    .describe('Serves Prometheus metrics on this port of 127.0.0.1, at /metrics. Unset: off.'),

  EDGAR_USER_AGENT: userAgent(
    'The SEC blocks programs that do not name a contact. Set it to a name and an e-mail address, such as: Example Corp filings@example.com',
  ).describe('Who asks: a name and a contact e-mail address. The SEC requires it and blocks programs without it.'),
  EDGAR_BASE_URL: httpUrl.prefault('https://www.sec.gov').describe('Where EDGAR is.'),
  EDGAR_FORMS: forms
    .prefault('8-K,8-K/A')
    .describe('The exact forms to post, separated by commas. `*` posts every form: thousands of filings a day.'),
  EDGAR_POLL_SECONDS: decimal({ min: 0, max: 86_400 })
    .prefault('120')
    .describe('Seconds between two polls of the feed.'),
  EDGAR_REQUESTS_PER_SECOND: whole({ min: 1, max: 1000 })
    .prefault('5')
    .describe(
      "Requests a second to EDGAR. The SEC allows 10 over all of a user's machines; more is refused for sec.gov.",
    ),

  LLM_API_KEY: secret('')
    .optional()
    .describe(
      'The key of an OpenAI-compatible endpoint. Without a key and without LLM_BASE_URL a summary is made from the filing itself.',
    ),
  LLM_BASE_URL: httpUrl
    .optional()
    .describe(
      "The endpoint's address up to `/v1`. A local model needs no key. Unset, with a key: https://api.openai.com/v1.",
    ),
  LLM_MODEL: z
    .string()
    .optional()
    .describe('The model. Required with LLM_BASE_URL; at OpenAI itself it is gpt-5-mini when unset.'),
  LLM_MAX_CONCURRENT: whole({ min: 1, max: 100 }).prefault('3').describe('Filings that are summarised at once.'),
  LLM_TIMEOUT_SECONDS: decimal({ min: 0, max: 600 }).prefault('30').describe('Seconds that one attempt may take.'),
  LLM_MAX_RETRIES: whole({ min: 0, max: 10 })
    .prefault('2')
    .describe('Further attempts after a timeout, a rate limit or a server error.'),

  LOG_LEVEL: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent')
    .prefault('info')
    .describe('trace, debug, info, warn, error, fatal or silent.'),
  LOG_FORMAT: oneOf('json', 'pretty').prefault('json').describe('`json`: one line per event. `pretty`: for people.'),
});

export type EnvValues = z.output<typeof envSchema>;
