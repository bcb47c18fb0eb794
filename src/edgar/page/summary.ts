import type { FilingItem } from '../filing.ts';
import { decodeFully } from './entities.ts';

/** The facts in the `<summary>` of a row. Every one of them may be missing. */
export interface RowSummary {
  readonly filedOn: string | null;
  readonly size: string | null;
  readonly items: readonly FilingItem[];
}

/** Reads `<b>Filed:</b> 2025-12-12 <b>AccNo:</b> … <b>Size:</b> 13 KB` and the `<br>Item 2.02: …` lines after it. */
export function readSummary(html: string): RowSummary {
  const [first = '', ...lines] = html.split(/<br\s*\/?>/i);
  const facts = first.replaceAll(/<[^<>]{0,100}>/g, ' ');
  return {
    filedOn: /\bFiled\s{0,9}:\s*(\d{4}-\d{2}-\d{2})\b/i.exec(facts)?.[1] ?? null,
    size: readSize(facts),
    items: lines.flatMap(readItem),
  };
}

/** Reads `146 KB`, `1.5 MB`, `1,024 KB`, or a number of bytes without a unit. */
function readSize(facts: string): string | null {
  const [, number, unit] = /\bSize\s{0,9}:\s*(\d[\d.,]{0,20})(?:\s{0,9}(bytes?|[KMG]i?B)\b)?/i.exec(facts) ?? [];
  if (number === undefined) return null;
  const digits = number.replace(/[.,]+$/, '');
  return unit === undefined ? digits.replaceAll(',', '') : `${digits} ${unit}`;
}

function readItem(line: string): readonly FilingItem[] {
  const [, code, title] = /^\s*Item ([\w.]{1,12}): (.*)$/s.exec(line) ?? [];
  return code === undefined || title === undefined ? [] : [{ code, title: decodeFully(title).trim() }];
}
