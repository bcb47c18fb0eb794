import type { FilingItem } from './filing.ts';

/** The facts in the `<summary>` of a row. Every one of them may be missing. */
export interface RowSummary {
  readonly filedOn: string | null;
  readonly size: string | null;
  readonly items: readonly FilingItem[];
}

/** Reads `<b>Filed:</b> 2025-12-12 <b>AccNo:</b> … <b>Size:</b> 13 KB` and the `<br>Item 2.02: …` lines after it. */
export function readSummary(html: string): RowSummary {
  const [facts = '', ...lines] = html.split(/<br\s*\/?>/i);
  return {
    filedOn: /<b>Filed:<\/b>\s*(\d{4}-\d{2}-\d{2})\b/.exec(facts)?.[1] ?? null,
    size: /<b>Size:<\/b>\s*(\d+(?: [KMG]B)?)/.exec(facts)?.[1] ?? null,
    items: lines.flatMap(readItem),
  };
}

function readItem(line: string): readonly FilingItem[] {
  const [, code, title] = /^\s*Item ([\w.]{1,12}): (.*)$/s.exec(line) ?? [];
  return code === undefined || title === undefined ? [] : [{ code, title: title.trim() }];
}
