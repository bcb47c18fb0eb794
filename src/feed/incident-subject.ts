/**
 * Something that may fail: a feed's source, the enrichment of its items, the daily budget for that, a channel, the
 * database, or a feed's backlog.
 */
export type IncidentSubject =
  | { readonly kind: 'source'; readonly feed: string }
  | { readonly kind: 'model'; readonly feed: string }
  | { readonly kind: 'budget'; readonly feed: string }
  | { readonly kind: 'channel'; readonly channelId: string }
  | { readonly kind: 'store' }
  | { readonly kind: 'backlog'; readonly feed: string };

/** The subject whose incidents the store cannot keep. */
export const STORE = 'store';

/** True for a subject that may concern several feeds of the store. */
export function isShared(name: string): boolean {
  return name === STORE || name.startsWith('channel:');
}

/** The name under which incidents of the subject are kept. */
export function nameOf(subject: IncidentSubject): string {
  if (subject.kind === 'store') return STORE;
  return `${subject.kind}:${subject.kind === 'channel' ? subject.channelId : subject.feed}`;
}

/** True for a subject that changes what is posted: admins are told as soon as it fails. */
export function isUrgent(name: string): boolean {
  return name.startsWith('model:') || name.startsWith('budget:');
}
