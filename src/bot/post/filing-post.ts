import type { APIEmbed } from 'discord.js';
import type { MessageBody } from 'sapphire-plugin-seen';
import type { Filing, Party } from 'sapphire-plugin-seen/edgar';
import type { Summary } from '../enrich/summary.ts';
import { describeForm, nameOfForm } from '../filing/forms.ts';
import { mainParty, nameOfParty } from '../filing/parties.ts';
import { cleanLine } from '../text/clean.ts';
import { clip } from '../text/clip.ts';
import { colours } from './colours.ts';
import { filingFields } from './fields.ts';
import { webUrl } from './link.ts';
import { plainLine, plainText } from './markdown.ts';

/**
 * Lengths in code units. Discord allows 256 for a title, 4096 for a description, 1024 for a field and 6000 in all; the
 * longest post that these allow stays below.
 */
const MAX = { title: 240, form: 40, headline: 300, body: 1200, point: 160, points: 5, footer: 200 } as const;

/**
 * Makes the message for one filing. The words of the feed and of the model are shown as plain text, and mention nobody.
 * The same filing and summary give the same message.
 */
export function filingPost(filing: Filing, summary: Summary): MessageBody & { readonly embeds: readonly APIEmbed[] } {
  return { embeds: [filingEmbed(filing, summary)], allowed_mentions: { parse: [] } };
}

function filingEmbed(filing: Filing, summary: Summary): APIEmbed {
  const url = webUrl(filing.link);
  const fields = filingFields(filing);
  return {
    title: titleOf(filing),
    ...(url === undefined ? {} : { url }),
    description: descriptionOf(summary, url),
    color: colours[describeForm(filing.form).family],
    ...(fields.length === 0 ? {} : { fields }),
    footer: { text: footerOf(filing) },
    ...timestampOf(filing),
  };
}

/** Gives no timestamp where the feed gives no time. */
function timestampOf({ acceptedAt }: Filing): Pick<APIEmbed, 'timestamp'> {
  if (acceptedAt === null || Number.isNaN(acceptedAt.getTime())) return {};
  return { timestamp: acceptedAt.toISOString() };
}

/** The title of a filing where no Markdown is shown: its company, then its form, which a cut may hide. */
export function filingTitle({ form, parties }: Filing): string {
  const parts = [companyOf(parties), clip(nameOfForm(cleanLine(form)), MAX.form)];
  return parts.filter((part) => part !== '').join(' · ') || 'Filing';
}

function companyOf(parties: readonly Party[]): string {
  const party = mainParty(parties);
  return party === undefined ? '' : nameOfParty(party);
}

function titleOf({ form, parties }: Filing): string {
  const parts = [clip(nameOfForm(cleanLine(form)), MAX.form), companyOf(parties)];
  return plainLine(parts.filter((part) => part !== '').join(' · '), MAX.title) || 'Filing';
}

function descriptionOf(summary: Summary, url: string | undefined): string {
  const headline = plainLine(summary.headline, MAX.headline);
  const points = summary.points.slice(0, MAX.points).map((point) => `- ${plainLine(point, MAX.point)}`);
  const blocks = [
    headline === '' ? '' : `**${headline}**`,
    plainText(summary.body, MAX.body),
    points.join('\n'),
    url === undefined ? '' : `[Open the filing](${url})`,
  ];
  return blocks.filter((block) => block !== '').join('\n') || 'A new filing.';
}

/** Gives the accession number, the date and the size. A footer shows no Markdown, so nothing in it is escaped. */
function footerOf({ accession, filedOn, size }: Filing): string {
  const parts = [accession, filedOn === null ? '' : `filed ${filedOn}`, size === null ? '' : sizeInWords(size)];
  return clip(
    parts
      .map(cleanLine)
      .filter((part) => part !== '')
      .join(' · '),
    MAX.footer,
  );
}

/** Adds the unit where the feed leaves it out: it writes `13 KB`, `2 MB`, and sometimes a bare number of bytes. */
function sizeInWords(size: string): string {
  return /^\d+$/.test(size) ? `${size} bytes` : size;
}
