import type { envVariables } from '../src/bot/env.ts';
import type { Settings } from '../src/bot/env/variables.ts';

type Variables = typeof envVariables;
type Variable = Variables[number];

/** The sections of the documentation after the required variables, in their order. */
const titles: Readonly<Record<keyof Settings, string>> = {
  seen: 'The store of what was posted',
  edgar: 'Which filings, how often',
  llm: 'Summaries by a language model',
  log: 'Logs',
  discord: 'Discord',
};

const WIDTH = 120;
const MAX_COMMENT = WIDTH - '# '.length;

/** `.env.example`, in full. */
export function envExample(variables: Variables): string {
  const introduction = [
    '# Copy this file to .env and fill in what has no default. An empty value counts as not set.',
    '# The lines without a # are required; every other line shows its default, or an example where there is none.',
    '',
  ].join('\n');
  const sections = inSections(variables).map(({ title, members }) => [heading(title), ...members.map(assignment)]);
  return [introduction, ...sections.flat()].join('\n');
}

/** The README with its table of variables replaced: the table that begins with `| variable |`. */
export function withVariableTable(readme: string, variables: Variables): string {
  const rows = inSections(variables).flatMap(({ members }) => members.map(row));
  const table = ['| variable | default | meaning |', '|---|---|---|', ...rows, ''].join('\n');
  return readme.replace(/^\| variable \|.*\n(?:\|.*\n)*/m, () => table);
}

interface DocumentedSection {
  readonly title: string;
  readonly members: readonly Variable[];
}

function inSections(variables: Variables): readonly DocumentedSection[] {
  const optional = Object.entries(titles).map(([section, title]) => ({
    title,
    members: variables.filter((variable) => variable.section === section && !variable.required),
  }));
  return [{ title: 'Required', members: variables.filter(({ required }) => required) }, ...optional];
}

function heading(title: string): string {
  return `# ── ${title} `.padEnd(WIDTH - 1, '─') + '\n';
}

function assignment({ name, meaning, required, default: preset, example = '' }: Variable): string {
  const text = preset === undefined ? meaning : `${meaning} Default: ${preset}.`;
  return `${comment(text)}\n${required ? '' : '# '}${name}=${preset ?? example}\n`;
}

/** Breaks between sentences where it can: a line takes the next sentence only if that fits as a whole. */
function comment(text: string): string {
  const lines: string[] = [];
  for (const sentence of text.split(/(?<=\.) /)) {
    const last = lines.pop();
    const joined = last === undefined ? sentence : `${last} ${sentence}`;
    if (joined.length <= MAX_COMMENT) lines.push(joined);
    else lines.push(...(last === undefined ? [] : [last]), ...brokenUp(sentence));
  }
  return lines.map((line) => `# ${line}`).join('\n');
}

/** Breaks a sentence between words. */
function brokenUp(sentence: string): string[] {
  return sentence.match(new RegExp(`.{1,${MAX_COMMENT}}(?= |$)`, 'g'))?.map((line) => line.trim()) ?? [];
}

function row({ name, meaning, required, default: preset }: Variable): string {
  const shown = preset === undefined ? '' : ` \`${preset}\``;
  return `| \`${name}\` |${required ? ' **required**' : shown} | ${meaning} |`;
}
