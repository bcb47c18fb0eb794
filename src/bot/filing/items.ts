/** The events that an 8-K reports, in fewer words than their official titles. */
const EVENTS: Readonly<Record<string, string>> = {
  '1.01': 'a new material agreement',
  '1.02': 'the end of a material agreement',
  '1.03': 'a bankruptcy or receivership',
  '1.04': 'mine safety',
  '1.05': 'a cybersecurity incident',
  '2.01': 'a completed acquisition or sale',
  '2.02': 'financial results',
  '2.03': 'a new debt or obligation',
  '2.04': 'a trigger that accelerates a debt',
  '2.05': 'the cost of an exit or layoff',
  '2.06': 'a material impairment',
  '3.01': 'a delisting notice or transfer',
  '3.02': 'an unregistered sale of shares',
  '3.03': 'changed rights of shareholders',
  '4.01': 'a change of auditor',
  '4.02': 'earlier financial statements that can no longer be relied on',
  '5.01': 'a change in control',
  '5.02': 'a change of directors or officers',
  '5.03': 'amended articles or bylaws',
  '5.04': 'a trading halt in employee plans',
  '5.05': 'a change of the code of ethics',
  '5.06': 'the end of shell company status',
  '5.07': 'the result of a shareholder vote',
  '5.08': 'director nominations by shareholders',
  '7.01': 'a disclosure under Regulation FD',
  '8.01': 'other events',
};

/** The item that lists exhibits: nearly every 8-K has it, and it says nothing about what happened. */
const EXHIBITS = '9.01';

/** One `Item` line of a filing. */
export interface Item {
  readonly code: string;
  readonly title: string;
}

/** Tells what an 8-K reports. An unlisted event keeps its title. */
export function eventsInWords(items: readonly Item[]): string[] {
  const telling = items.filter(({ code }) => code !== EXHIBITS);
  const words = telling.map(({ code, title }) => (Object.hasOwn(EVENTS, code) ? EVENTS[code] : undefined) ?? title);
  if (words.length === 0 && items.length > 0) return ['financial statements and exhibits'];
  return [...new Set(words.filter((text) => text.trim() !== ''))];
}
