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
  const sections = inSections(variables).flatMap(({ title, members }) =>
    [heading(title)].concat(members.map(assignment)),
  );
  return [introduction, ...sections].join('\n');
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

/** Breaks lines between sentences where it can, and else between words. */
function comment(text: string): string {
  const lines: string[] = [];
  for (const piece of text.split(/(?<=\.) /).flatMap(fitting)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + piece.length < MAX_COMMENT) lines[lines.length - 1] = `${last} ${piece}`;
    else lines.push(piece);
  }
  return lines.map((line) => `# ${line}`).join('\n');
}

function fitting(sentence: string): string[] {
  return sentence.match(new RegExp(`.{1,${MAX_COMMENT}}(?= |$)`, 'g'))?.map((line) => line.trim()) ?? [];
}

function row({ name, meaning, required, default: preset }: Variable): string {
  const shown = preset === undefined ? '' : ` \`${preset}\``;
  return `| \`${name}\` |${required ? ' **required**' : shown} | ${meaning} |`;
}
