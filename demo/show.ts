import { styleText } from 'node:util';

import { isExactlyOnce, type CycleReport } from './report.ts';
import type { DemoResult } from './run.ts';

/** Describes a cycle in one line. */
export function describeCycle({ total, skipped, enriched, posted, marked }: CycleReport): string {
  const parts = [`${count(total)} listed`, `${count(skipped)} skipped`, `${count(enriched)} enriched`];
  return [...parts, `${count(posted)} posted`, ...(marked > 0 ? [`${count(marked)} marked`] : [])].join(' · ');
}

/** Describes the result for a person. */
export function describeResult(result: DemoResult): string {
  const listed = sum(result.cycles.map(({ total }) => total));
  const saved = listed - result.llmCalls;
  const verdict = isExactlyOnce(result)
    ? styleText('green', '✔ Every filing was posted exactly once.')
    : styleText(
        'red',
        `✘ ${result.postedTwice} posted twice, ${result.lost} lost, ${result.unasked} posted although they were to be marked.`,
      );
  return [
    '',
    styleText('bold', 'The last posts in #announcements'),
    ...result.messages.slice(-5).map(describePost),
    '',
    `${count(result.messages.length)} posted of ${count(listed)} listings in ${result.cycles.length} cycles.`,
    `${count(result.llmCalls)} LLM calls; ${count(saved)} saved (${percent(saved, listed)} of what a bot without a memory pays).`,
    verdict,
    '',
  ].join('\n');
}

/** Returns the line that `--json` ends with. */
export function toJsonLine({ cycles, postedTwice, lost, unasked, llmCalls }: DemoResult): string {
  return JSON.stringify({ cycles, postedTwice, lost, unasked, llmCalls });
}

function describePost({ embeds: [embed] }: DemoResult['messages'][number]): string {
  const { title, footer } = (embed ?? {}) as { title?: string; footer?: { text?: string } };
  return `  ${plain(title ?? '')}  ${styleText('dim', footer?.text ?? '')}`;
}

/** Removes the escapes that Discord does not show either. */
function plain(markdown: string): string {
  return markdown.replaceAll(/\\([^\w\s])/g, '$1');
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function count(value: number): string {
  return value.toLocaleString('en');
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '0 %' : `${Math.floor((part / whole) * 1000) / 10} %`;
}
