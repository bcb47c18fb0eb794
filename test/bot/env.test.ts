import { readFileSync } from 'node:fs';
import { requireUserAgent } from 'sapphire-plugin-seen/edgar';
import { SeenConfigError } from 'sapphire-plugin-seen/store';
import { describe, expect, it } from 'vitest';
import { BotEnvError, envVariables, readEnv } from '../../src/bot/env.ts';
import { exampleVariables } from './env-example.ts';

const required = {
  DISCORD_TOKEN: 'MTA.token.value',
  DISCORD_CHANNEL_ID: '100000000000000001',
  EDGAR_USER_AGENT: 'Example Corp filings@example.com',
};

/** Returns what `readEnv` says about these variables beside the required ones. */
function problemsOf(env: Record<string, string>): Record<string, string> {
  try {
    readEnv({ ...required, ...env });
  } catch (error) {
    if (!(error instanceof BotEnvError)) throw error;
    return Object.fromEntries(error.problems.map(({ variable, problem }) => [variable, problem]));
  }
  return {};
}

describe('readEnv', () => {
  it('needs three variables and has a default for the rest', () => {
    expect(readEnv(required)).toEqual({
      discord: {
        token: 'MTA.token.value',
        channelId: '100000000000000001',
        publish: false,
        forum: false,
        apiUrl: undefined,
      },
      seen: {
        enabled: true,
        path: 'data/seen_ids.sqlite',
        ttlDays: 7,
        firstRun: 'mark',
        onStoreError: 'deliver',
        homeGuildId: undefined,
        adminUserIds: [],
        adminRoleIds: [],
      },
      edgar: {
        userAgent: 'Example Corp filings@example.com',
        baseUrl: 'https://www.sec.gov',
        forms: ['8-K', '8-K/A'],
        pollMs: 120_000,
        requestsPerSecond: 5,
      },
      llm: undefined,
      maxConcurrent: 3,
      log: { level: 'info', format: 'json' },
      secrets: ['MTA.token.value'],
    });
  });

  it('takes empty and blank values as not set', () => {
    const blank = Object.fromEntries(envVariables.map(({ name }, index) => [name, index % 2 === 0 ? '' : '  ']));
    expect(readEnv({ ...blank, ...required })).toEqual(readEnv(required));
  });

  it('trims the space around a value', () => {
    expect(readEnv({ ...required, DISCORD_TOKEN: ' a.b.c\n' }).discord.token).toBe('a.b.c');
  });

  it('reads values in the kinds of their variables', () => {
    const env = readEnv({
      ...required,
      DISCORD_API_URL: 'http://127.0.0.1:9/api/',
      SEEN_TTL_DAYS: '0.5',
      SEEN_FIRST_RUN: '25',
      SEEN_ON_STORE_ERROR: 'HOLD',
      SEEN_ENABLED: 'False',
      SEEN_HOME_GUILD_ID: '100000000000000002',
      SEEN_ADMIN_USER_IDS: '100000000000000003, 100000000000000004,',
      SEEN_ADMIN_ROLE_IDS: '100000000000000005',
      SEEN_ADMIN_CHANNEL_ID: '100000000000000006',
      SEEN_METRICS_PORT: '9464',
      EDGAR_FORMS: ' schedule  13d/a ,4',
      EDGAR_POLL_SECONDS: '0.25',
      LLM_MAX_CONCURRENT: '8',
      LOG_LEVEL: 'Silent',
    });
    expect(env.discord.apiUrl).toBe('http://127.0.0.1:9/api');
    expect(env.seen).toMatchObject({ ttlDays: 0.5, firstRun: 25, onStoreError: 'hold', enabled: false });
    expect(env.seen).toMatchObject({
      homeGuildId: '100000000000000002',
      adminUserIds: ['100000000000000003', '100000000000000004'],
      adminRoleIds: ['100000000000000005'],
      adminChannelId: '100000000000000006',
      metricsPort: 9464,
    });
    expect(env.edgar).toMatchObject({ forms: ['SCHEDULE 13D/A', '4'], pollMs: 250 });
    expect(env).toMatchObject({ maxConcurrent: 8, log: { level: 'silent' } });
  });

  it.each([
    ['forever', Infinity],
    ['FOREVER', Infinity],
    ['36500', 36_500],
  ])('takes a TTL of %s', (text, ttlDays) => {
    expect(readEnv({ ...required, SEEN_TTL_DAYS: text }).seen.ttlDays).toBe(ttlDays);
  });

  it.each(['0', '7 days', 'Infinity', '36501'])('refuses a TTL of %s, and says what is allowed', (text) => {
    expect(problemsOf({ SEEN_TTL_DAYS: text })['SEEN_TTL_DAYS']).toMatch(/must be a number of days .*, or forever/);
  });

  it('takes * for every form', () => {
    expect(readEnv({ ...required, EDGAR_FORMS: '*' }).edgar.forms).toEqual([]);
  });
});

describe('the language model', () => {
  it('is OpenAI with a key alone', () => {
    const env = readEnv({ ...required, LLM_API_KEY: 'sk-1234', LLM_TIMEOUT_SECONDS: '2.5' });
    expect(env.llm).toEqual({
      apiKey: 'sk-1234',
      baseUrl: 'https://api.openai.com/v1',
      model: 'gpt-5-mini',
      timeoutMs: 2500,
      maxRetries: 2,
    });
    expect(env.secrets).toContain('sk-1234');
  });

  it('is a local one with an address and no key', () => {
    const env = readEnv({ ...required, LLM_BASE_URL: 'http://127.0.0.1:1/v1', LLM_MODEL: 'small' });
    expect(env.llm).toMatchObject({ apiKey: undefined, baseUrl: 'http://127.0.0.1:1/v1', model: 'small' });
  });

  it('must be named for an endpoint other than OpenAI', () => {
    expect(Object.keys(problemsOf({ LLM_BASE_URL: 'http://127.0.0.1:1/v1' }))).toEqual(['LLM_MODEL']);
  });
});

describe('the path of the database', () => {
  it.each([
    ['postgres://db/seen', /is a URL \(postgres:…\), but must be a path/],
    ['"data/seen.sqlite"', /quotation marks/],
    ['$DATA/seen.sqlite', /only a shell replaces \$DATA/],
    ['/var/lib/bot/', /a folder\. Add a file's name: \/var\/lib\/bot/],
  ])('is refused by the name of its variable: %s', (path, problem) => {
    expect(problemsOf({ SEEN_DB_PATH: path })).toEqual({ SEEN_DB_PATH: expect.stringMatching(problem) });
  });

  it('may have the end of a line of Windows behind it', () => {
    expect(readEnv({ ...required, SEEN_DB_PATH: '/var/lib/bot/seen.sqlite\r' }).seen.path).toBe(
      '/var/lib/bot/seen.sqlite',
    );
  });
});

describe('BotEnvError', () => {
  it('names every wrong variable at once, and what to set', () => {
    const wrong = {
      DISCORD_TOKEN: '',
      DISCORD_CHANNEL_ID: 'general',
      DISCORD_API_URL: 'ftp://example.com',
      SEEN_TTL_DAYS: '-1',
      SEEN_FIRST_RUN: 'none',
      SEEN_ON_STORE_ERROR: 'panic',
      SEEN_HOME_GUILD_ID: '12',
      SEEN_ADMIN_USER_IDS: 'me',
      SEEN_ADMIN_ROLE_IDS: '100000000000000003;100000000000000004',
      SEEN_ENABLED: 'constructor',
      EDGAR_USER_AGENT: 'curl/8',
      EDGAR_BASE_URL: 'sec.gov',
      EDGAR_FORMS: '8-K;10-K',
      EDGAR_POLL_SECONDS: '0',
      EDGAR_REQUESTS_PER_SECOND: '11',
      LLM_API_KEY: 'two words',
      LLM_BASE_URL: 'https://user:pass@example.com/v1',
      LLM_MAX_CONCURRENT: '0',
      LLM_TIMEOUT_SECONDS: 'soon',
      LLM_MAX_RETRIES: '1.5',
      LOG_LEVEL: 'verbose',
      LOG_FORMAT: 'xml',
    };
    const problems = problemsOf(wrong);
    expect(new Set(Object.keys(problems))).toEqual(new Set([...Object.keys(wrong), 'LLM_MODEL']));
    for (const problem of Object.values(problems)) expect(problem).toMatch(/Set it|must be|Copy it/);
  });

  it('is a SeenConfigError of one line per variable', () => {
    const error = new BotEnvError([
      { variable: 'A', problem: 'is not set.' },
      { variable: 'B', problem: 'is "x".' },
    ]);
    expect(error).toBeInstanceOf(SeenConfigError);
    expect(error.code).toBe('SEEN_CONFIG');
    expect(error.message.split('\n').slice(0, 3)).toEqual([
      '2 environment variables are missing or wrong:',
      '  A: is not set.',
      '  B: is "x".',
    ]);
  });

  it.each([
    'https://user@example.com',
    'https://:pass@example.com',
    'https://',
    'javascript:alert(1)',
    'https://example.com/v1?key=1',
    'https://example.com/v1#key',
  ])('refuses the address %s', (url) => {
    expect(problemsOf({ EDGAR_BASE_URL: url })).toHaveProperty('EDGAR_BASE_URL');
  });

  it.each(['https://user:hunter2@example.com/v1', 'https://example.com/v1?key=hunter2', 'https://example.com#hunter2'])(
    'repeats nothing secret of the address %s',
    (url) => {
      const problem = problemsOf({ LLM_BASE_URL: url })['LLM_BASE_URL'];
      expect(problem).toMatch(/^is "https:.*example\.com(?!.*hunter2)/);
    },
  );

  it('limits the rate to what the SEC allows, at the SEC only', () => {
    const fast = { EDGAR_REQUESTS_PER_SECOND: '11' };
    expect(problemsOf(fast)['EDGAR_REQUESTS_PER_SECOND']).toMatch(/at most 10/);
    for (const url of ['https://www.sec.gov', 'https://sec.gov:443/x', 'https://WWW.SEC.GOV./']) {
      expect(problemsOf({ ...fast, EDGAR_BASE_URL: url })).toHaveProperty('EDGAR_REQUESTS_PER_SECOND');
    }
    for (const url of ['https://mirror.example.com/sec.gov', 'https://notsec.gov', 'https://sec.gov.example.com']) {
      expect(problemsOf({ ...fast, EDGAR_BASE_URL: url })).toEqual({});
    }
    expect(problemsOf({ EDGAR_REQUESTS_PER_SECOND: '10' })).toEqual({});
  });

  it('says why the SEC wants a contact', () => {
    expect(() => readEnv({ ...required, EDGAR_USER_AGENT: undefined })).toThrow(/EDGAR_USER_AGENT: is not set.*SEC.*@/);
  });

  it('refuses a contact that no HTTP header can carry', () => {
    expect(problemsOf({ EDGAR_USER_AGENT: 'Müller müller@example.com' })).toHaveProperty('EDGAR_USER_AGENT');
    expect(problemsOf({ EDGAR_USER_AGENT: 'a\r\nX: b@example.com' })).toHaveProperty('EDGAR_USER_AGENT');
  });

  it.each(['a', 'a@b', 'A a@b.c', 'A a@b.de', 'A (a@b.de)', 'A <a@b.de>', 'A a(b)@c.de', 'A a@b.12', 'é a@b.de'])(
    'accepts or refuses the contact %j as the EDGAR source does',
    (contact) => {
      let accepted = true;
      try {
        requireUserAgent(contact);
      } catch {
        accepted = false;
      }
      expect(problemsOf({ EDGAR_USER_AGENT: contact })['EDGAR_USER_AGENT'] === undefined).toBe(accepted);
    },
  );

  it.each(['DISCORD_TOKEN', 'LLM_API_KEY'])('never repeats the value of %s', (name) => {
    expect(problemsOf({ [name]: 'hunter2 hunter2' })[name]).toMatch(/^(?!.*hunter2)/);
  });

  it.each(['1e3', '0x10', 'Infinity', 'NaN', '1,5', '+3', '٣'])('refuses the number %j', (text) => {
    expect(problemsOf({ EDGAR_POLL_SECONDS: text })).toHaveProperty('EDGAR_POLL_SECONDS');
  });
});

describe('.env.example', () => {
  const text = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
  const example = exampleVariables(text);

  it('lists exactly the variables that the bot reads', () => {
    expect(example.map(({ name }) => name).toSorted()).toEqual(envVariables.map(({ name }) => name).toSorted());
  });

  it('comments out all but the required variables', () => {
    const open = example.filter(({ commented }) => !commented).map(({ name }) => name);
    expect(open).toEqual(envVariables.filter((variable) => variable.required).map(({ name }) => name));
  });

  it('shows every default', () => {
    const defaults = envVariables.filter((variable) => variable.default !== undefined);
    const shown = example.filter(({ name }) => defaults.some((variable) => variable.name === name));
    expect(Object.fromEntries(shown.map(({ name, value }) => [name, value]))).toEqual(
      Object.fromEntries(defaults.map((variable) => [variable.name, variable.default])),
    );
  });

  it('shows values that work', () => {
    const optional = example.filter(({ commented }) => commented).map(({ name, value }) => [name, value]);
    expect(problemsOf(Object.fromEntries(optional))).toEqual({});
  });

  it('explains every variable in a comment above it', () => {
    for (const { explained, name } of example) expect([name, explained]).toEqual([name, true]);
  });
});
