import { readFileSync } from 'node:fs';
import { requireUserAgent } from 'sapphire-plugin-seen/edgar';
import { SeenConfigError } from 'sapphire-plugin-seen/store';
import { describe, expect, it } from 'vitest';
import { BotEnvError, envVariables, readEnv } from '../../src/bot/env.ts';
import { combinationDoubts } from '../../src/bot/env/combinations.ts';
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
        schema: 'seen',
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
      enrichment: { withinMs: 60_000, editLate: false, dailyBudget: undefined },
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

  it.each(['*', 'ALL', 'all', '8-K,*'])('takes %s for every form', (text) => {
    expect(readEnv({ ...required, EDGAR_FORMS: text }).edgar.forms).toEqual([]);
  });

  it('understands what people call the forms', () => {
    const forms = (text: string) => readEnv({ ...required, EDGAR_FORMS: text }).edgar.forms;
    expect(forms('10k, Form 4, 13f,13D/A,SC 13G')).toEqual(['10-K', '4', '13F-HR', 'SCHEDULE 13D/A', 'SCHEDULE 13G']);
    expect(forms('=10-ZZ')).toEqual(['10-ZZ']);
  });

  it.each([
    [',', /^must be forms separated by commas.*every form\.$/],
    ['8-K,8-L', /^must be forms separated by commas.*"8-L" is no form of EDGAR\. The nearest are 8-K \(/],
    ['8-K;10-K', /"8-K;10-K" is no form of EDGAR\. The nearest are .*10-K/],
  ])('refuses the forms %s', (text, problem) => {
    expect(problemsOf({ EDGAR_FORMS: text })).toEqual({ EDGAR_FORMS: expect.stringMatching(problem) });
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

  it('is given the time and the budget that are set, whether or not there is one', () => {
    const set = { LLM_DEADLINE_SECONDS: '0.0005', LLM_EDIT_LATE: 'TRUE', LLM_DAILY_BUDGET: '1 request' };
    expect(readEnv({ ...required, ...set }).enrichment).toEqual({
      withinMs: 1,
      editLate: true,
      dailyBudget: { requests: 1 },
    });
  });

  it.each([
    ['200 requests', { requests: 200 }],
    ['500000 TOKENS', { tokens: 500_000 }],
    ['500,000 tokens', { tokens: 500_000 }],
    ['1.000.000 tokens, 1_000 requests', { tokens: 1_000_000, requests: 1000 }],
    ["2'000 requests,500 tokens", { requests: 2000, tokens: 500 }],
    ['1 request and 5 000 tokens', { requests: 1, tokens: 5000 }],
  ])('has a daily budget of %s', (text, dailyBudget) => {
    expect(readEnv({ ...required, LLM_DAILY_BUDGET: text }).enrichment.dailyBudget).toEqual(dailyBudget);
  });

  it.each([
    '200',
    '0 tokens',
    '-1 tokens',
    '1.5 tokens',
    '1,00 tokens',
    '5k tokens',
    '5 dollars',
    '1 request, 2 requests',
  ])('is refused the daily budget %s, and told what is allowed', (text) => {
    expect(problemsOf({ LLM_DAILY_BUDGET: text })['LLM_DAILY_BUDGET']).toMatch(
      /must be a number of requests, of tokens, or both, such as 200 requests/,
    );
  });

  it.each([
    [{ LLM_TIMEOUT_SECONDS: '90' }, ['LLM_TIMEOUT_SECONDS']],
    [{ LLM_TIMEOUT_SECONDS: '90', LLM_EDIT_LATE: 'true' }, []],
    [{ LLM_TIMEOUT_SECONDS: '60' }, []],
    [{ LLM_DEADLINE_SECONDS: '10' }, ['LLM_TIMEOUT_SECONDS']],
  ])('has doubtful times with %j: %j', (set, variables) => {
    const doubts = combinationDoubts(readEnv({ ...required, LLM_API_KEY: 'sk-1234', ...set }));
    expect(doubts.map(({ variable }) => variable)).toEqual(variables);
    for (const { problem } of doubts) expect(problem).toMatch(/longer than LLM_DEADLINE_SECONDS, which is \d+\./);
    expect(combinationDoubts(readEnv({ ...required, ...set }))).toEqual([]);
  });

  it('is a local one with an address and no key', () => {
    const env = readEnv({ ...required, LLM_BASE_URL: 'http://127.0.0.1:1/v1', LLM_MODEL: 'small' });
    expect(env.llm).toMatchObject({ apiKey: undefined, baseUrl: 'http://127.0.0.1:1/v1', model: 'small' });
  });

  it('must be named for an endpoint other than OpenAI', () => {
    expect(Object.keys(problemsOf({ LLM_BASE_URL: 'http://127.0.0.1:1/v1' }))).toEqual(['LLM_MODEL']);
  });
});

describe('the URL of the database', () => {
  const url = 'postgres://seen:pass%21word1@db.example.org:5432/seen';

  it('and its password are secrets, and the file stays what it was', () => {
    const { seen, secrets } = readEnv({ ...required, SEEN_DB_URL: url });
    expect(seen).toMatchObject({ url, schema: 'seen', path: 'data/seen_ids.sqlite' });
    expect(secrets).toEqual(expect.arrayContaining([url, 'pass%21word1', 'pass!word1']));
  });

  it.each([
    ['data/seen.sqlite', /is a file, but must be a URL/],
    ['mysql://me:hunter22@db/seen', /must begin with postgres:\/\//],
    ['postgres://me:hunter22@db', /names no database/],
  ])('is refused by the name of its variable, without the password: %s', (text, problem) => {
    const problems = problemsOf({ SEEN_DB_URL: text });
    expect(problems).toEqual({ SEEN_DB_URL: expect.stringMatching(problem) });
    expect(JSON.stringify(problems)).not.toContain('hunter22');
  });

  it('needs a schema that PostgreSQL takes', () => {
    expect(problemsOf({ SEEN_DB_SCHEMA: 'pg_seen' })).toEqual({ SEEN_DB_SCHEMA: expect.stringMatching(/for itself/) });
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
      LLM_DEADLINE_SECONDS: '0',
      LLM_EDIT_LATE: 'maybe',
      LLM_DAILY_BUDGET: '200',
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
