import { EmbedBuilder, type APIEmbed } from 'discord.js';
import type { Filing } from 'sapphire-plugin-seen/edgar';
import { describe, expect, it } from 'vitest';
import { summariseFiling } from '../../src/bot/enrich/from-filing.ts';
import type { Summary } from '../../src/bot/enrich/summary.ts';
import { filingPost } from '../../src/bot/post/filing-post.ts';
import { schemaProblems } from '../../local/discord/index.ts';
import { filing, insider, issuer } from '../support/filings.ts';
import { hostileText, seededRandom } from '../support/hostile-text.ts';

function embedOf(item: Filing, summary: Summary = summariseFiling(item)): APIEmbed {
  const [embed] = filingPost(item, summary).embeds ?? [];
  if (embed === undefined) throw new Error('no embed');
  check(embed);
  return embed;
}

/** discord.js's builder refuses what Discord refuses, but only through its setters. */
function check({ title, url, description, color, fields, footer, timestamp }: APIEmbed): void {
  const builder = new EmbedBuilder()
    .setTitle(title ?? null)
    .setURL(url ?? null)
    .setDescription(description ?? null)
    .setColor(color ?? null)
    .setFooter(footer ?? null)
    .setTimestamp(timestamp === undefined ? null : new Date(timestamp));
  builder.addFields(fields ?? []);
}

function lengthOf({ title = '', description = '', fields = [], footer }: APIEmbed): number {
  const parts = [title, description, footer?.text ?? '', ...fields.flatMap(({ name, value }) => [name, value])];
  return parts.reduce((sum, part) => sum + part.length, 0);
}

describe('filingPost', () => {
  it('makes an embed that says what happened', () => {
    expect(filingPost(filing(), summariseFiling(filing()))).toEqual({
      embeds: [
        {
          title: '8-K · ACME CORP',
          url: filing().link,
          description: `**8-K: current report**\nACME CORP reports financial results.\n[Open the filing](${filing().link})`,
          color: 0x3b_82_f6,
          fields: [
            {
              name: 'Items',
              value:
                '**2.02** Results of Operations and Financial Condition\n**9.01** Financial Statements and Exhibits',
            },
            { name: 'Party', value: 'ACME CORP · filer' },
          ],
          footer: { text: '0001234567-24-000123 · filed 2024-11-05 · 4 MB' },
          timestamp: '2024-11-05T21:05:00.000Z',
        },
      ],
      allowed_mentions: { parse: [] },
    });
  });

  it('titles a post by the company, not by the insider, and colours it by the form', () => {
    const embed = embedOf(filing({ form: '4', parties: [insider, issuer], items: [] }));
    expect(embed).toMatchObject({ title: 'Form 4 · ACME CORP', color: 0x8b_5c_f6 });
    expect(embed.fields).toEqual([{ name: 'Parties', value: 'Doe Jane M · reporting person\nACME CORP · issuer' }]);
  });

  it('lists the points of a model', () => {
    const embed = embedOf(filing(), { headline: 'H', body: 'B\n\nC', points: ['p', '# q'], source: 'llm' });
    expect(embed.description).toBe(`**H**\nB\n\nC\n- p\n- \\# q\n[Open the filing](${filing().link})`);
  });

  it('counts what it leaves out', () => {
    const parties = Array.from({ length: 20 }, (_, i) => ({ name: `P${i}`, cik: `${i}`, role: 'Filer' }));
    expect(embedOf(filing({ parties })).fields?.[1]?.value).toMatch(/P7 · filer\n\+12 more$/);
  });

  it('leaves out what the feed does not say', () => {
    const bare = filing({
      parties: [],
      items: [],
      filedOn: null,
      size: null,
      acceptedAt: new Date(Number.NaN),
      form: '',
    });
    const embed = embedOf(bare);
    expect(embed).toMatchObject({ title: 'Filing', footer: { text: bare.accession } });
    expect(embed).not.toHaveProperty('timestamp');
    expect(embed).not.toHaveProperty('fields');
  });

  it('shows of a party what the feed tells', () => {
    const parties = [
      { name: '', cik: '', role: '' },
      { name: '', cik: '', role: 'Reporting' },
      { name: '', cik: '0007654321', role: 'Reporting' },
      { name: 'ACME CORP', cik: '', role: '' },
    ];
    const item = filing({
      form: '4',
      parties,
      items: [
        { code: '', title: 'Title' },
        { code: '9.99', title: '' },
      ],
    });
    const embed = embedOf(item);
    expect(embed.title).toBe('Form 4 · CIK 0007654321');
    expect(embed.fields).toEqual([
      { name: 'Items', value: 'Title\n**9.99**' },
      { name: 'Parties', value: 'Unnamed · reporting person\nCIK 0007654321 · reporting person\nACME CORP' },
    ]);
    expect(JSON.stringify(embed)).not.toMatch(/undefined|null| - \(| · "|\(\)/);
  });

  it('does without parties and times that the feed does not tell', () => {
    const embed = embedOf(filing({ parties: [{ name: '', cik: '', role: '' }], items: [], acceptedAt: null }));
    expect(embed).not.toHaveProperty('fields');
    expect(embed).not.toHaveProperty('timestamp');
    expect(embed).toMatchObject({ title: '8-K' });
  });

  it('fills in for a summary of nothing', () => {
    const embed = embedOf(filing({ link: '' }), { headline: ' ', body: '\u200b', points: [], source: 'llm' });
    expect(embed.description).toBe('A new filing.');
  });

  it.each([
    '',
    'not a url',
    'javascript:alert(1)',
    '/Archives/1',
    'http://',
    'https://user:pw@example.com/',
    'https://user@example.com/',
    'https://:pw@example.com/',
    `https://x.example/${'a'.repeat(3000)}`,
  ])('does without a link such as %.30j', (link) => {
    const embed = embedOf(filing({ link }));
    expect(embed).not.toHaveProperty('url');
    expect(embed.description).not.toContain('](');
  });

  it('keeps an address inside its link', () => {
    const embed = embedOf(filing({ link: 'https://www.sec.gov/a)[x](<https://evil.example' }));
    expect(embed.description?.match(/\]\(/g)).toHaveLength(1);
    expect(embed.description).toMatch(/\(https:\/\/www\.sec\.gov\/a%29[^()]*\)$/);
  });
});

describe('a post of hostile text', () => {
  const random = seededRandom(7);

  function hostileFiling(): Filing {
    const many = Math.floor(random() * 40);
    return filing({
      form: random() < 0.3 ? hostileText(random) : '8-K',
      accession: random() < 0.3 ? hostileText(random) : '0001234567-24-000123',
      parties: Array.from({ length: many }, () => ({ name: hostileText(random), cik: '1', role: hostileText(random) })),
      items: Array.from({ length: many }, () => ({ code: hostileText(random), title: hostileText(random) })),
      link: hostileText(random),
      size: hostileText(random),
      filedOn: hostileText(random),
    });
  }

  it('is never a message that Discord refuses', () => {
    for (let round = 0; round < 100; round++) {
      const item = hostileFiling();
      const points = Array.from({ length: 9 }, () => hostileText(random));
      const summary = { headline: hostileText(random), body: hostileText(random), points, source: 'llm' } as const;
      const embed = embedOf(item, round % 2 === 0 ? summary : summariseFiling(item));
      expect(lengthOf(embed)).toBeLessThanOrEqual(6000);
      expect(JSON.stringify(embed)).toBe(JSON.stringify(embed).toWellFormed());
      expect(JSON.stringify(embed)).not.toMatch(/[\u202A-\u202E\u2066-\u2069\u200B]|\\u00|\\ud[89ab]/);
    }
  });

  it('is valid by the schema that Discord publishes', () => {
    for (let round = 0; round < 50; round++) {
      const body = filingPost(hostileFiling(), summariseFiling(hostileFiling()));
      expect(schemaProblems('POST', '/channels/100000000000000001/messages', body)).toEqual([]);
    }
  });

  it('keeps to Discord’s lengths even when everything is as long as can be', () => {
    const long = '_'.repeat(5_000);
    const party = { name: long, cik: '1', role: long };
    const item = filing({
      form: long,
      accession: long,
      size: long,
      link: `https://example.com/${'a'.repeat(470)}`,
      parties: Array.from({ length: 100 }, () => party),
      items: Array.from({ length: 100 }, () => ({ code: long, title: long })),
    });
    const embed = embedOf(item, {
      headline: long,
      body: long,
      points: Array.from({ length: 99 }, () => long),
      source: 'llm',
    });
    expect(embed).toHaveProperty('url');
    expect(lengthOf(embed)).toBeGreaterThan(3000);
    expect(lengthOf(embed)).toBeLessThanOrEqual(6000);
  });
});
