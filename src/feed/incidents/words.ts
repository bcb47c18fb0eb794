import { time, TimestampStyles } from 'discord.js';

import { commandText } from '../../commands/command-option.ts';
import { escapeMarkup } from '../../commands/escape-markup.ts';
import { countOf } from '../../commands/text/count-of.ts';
import { inlineCode } from '../../commands/text/inline-code.ts';
import type { Incident } from '../../store/contract/incidents.ts';
import { STORE } from '../incident-subject.ts';
import { cleanReason } from './clean-reason.ts';

/** Numbers of a cycle for the messages. */
export interface CycleSummary {
  readonly posted: number;
  /** Items that wait; undefined when they could not be counted. */
  readonly waiting?: number | undefined;
}

/** The words about a subject. They are Markdown. */
interface Words {
  /** The failure, in a few words. */
  readonly failing: string;
  /** Advice to an operator. */
  readonly hint: string;
  /** The end of it, in a few words. */
  readonly over: string;
}

/** The texts that stand in the message and in the log. */
export function wordsOf(subject: string): Words {
  const [kind, name = ''] = partsOf(subject);
  if (kind === 'source') return sourceWords(inlineCode(name));
  if (kind === 'model') return modelWords(inlineCode(name));
  if (kind === 'budget') return budgetWords(inlineCode(name));
  if (kind === 'channel') return channelWords(channelMention(name));
  if (kind === 'backlog') return backlogWords(inlineCode(name));
  if (subject === STORE) return storeWords;
  return otherWords(inlineCode(subject));
}

function sourceWords(feed: string): Words {
  return {
    failing: `The source of ${feed} cannot be read`,
    hint:
      "Nothing is lost: once it answers, what it still lists is posted. Check the source's status page, the address and " +
      'access in the configuration, and the network of this machine.',
    over: `The source of ${feed} answers again`,
  };
}

function modelWords(feed: string): Words {
  return {
    failing: `Items of ${feed} are posted without enrichment`,
    hint:
      'No post waits for it, and it is tried again every few minutes. Check the status of the model or service, its ' +
      'address, key and quota.',
    over: `Items of ${feed} are enriched again`,
  };
}

function budgetWords(feed: string): Words {
  return {
    failing: `The daily budget of ${feed} is used up`,
    hint:
      'Posts go out without enrichment until 00:00 UTC. Nothing has to be done; raise the budget if that comes too early ' +
      'in the day.',
    over: `A new daily budget of ${feed} has begun`,
  };
}

function channelWords(channel: string): Words {
  return {
    failing: `Nothing can be posted in ${channel}`,
    hint:
      'Items wait, and go out in order once it works. Give the bot the permissions View Channel, Send Messages, Embed ' +
      `Links and Read Message History in ${channel} (in a thread also Send Messages in Threads). An archived or locked ` +
      'thread has to be opened again; a channel that is gone needs another one in the configuration.',
    over: `Posts get through in ${channel} again`,
  };
}

function backlogWords(feed: string): Words {
  return {
    failing: `Items of ${feed} pile up`,
    hint:
      `Look at ${commandText('stats')}, at ${commandText('why')} for one of them, and in the log for \`feed_item_retry\`: its error ` +
      'says what holds them up.',
    over: `The backlog of ${feed} is gone`,
  };
}

const storeWords: Words = {
  failing: 'The database cannot be used',
  hint:
    'Check the free space of its disk, the permissions of its file and folder, and whether its volume is mounted. While ' +
    'it fails, no item is posted twice; those that cannot be looked up wait.',
  over: 'The database works again',
};

/** The words about a subject that a program of its own has opened. */
function otherWords(subject: string): Words {
  return {
    failing: `${subject} fails`,
    hint: 'This is an incident that the program itself has opened: its code and its log say what to do.',
    over: `${subject} works again`,
  };
}

/** The message that something fails. */
export function failingMessage({ id, subject, reason, since }: Incident): string {
  const { failing, hint } = wordsOf(subject);
  const from = `${time(since, TimestampStyles.ShortDateTime)} (${time(since, TimestampStyles.RelativeTime)})`;
  return [
    `🔴 **${failing}**`,
    `Since ${from}: ${escapeMarkup(cleanReason(reason))}`,
    hint,
    `-# ${failingMark(id)}`,
  ].join('\n');
}

/** The message that it works again. */
export function overMessage({ id, subject, since, overAt }: Incident, summary: CycleSummary | undefined): string {
  const lasted = lengthOf((overAt ?? since).getTime() - since.getTime());
  const lines = [`🟢 **${wordsOf(subject).over}**, after ${lasted}.`, countsOf(summary), `-# ${overMark(id)}`];
  return lines.filter((line) => line !== '').join('\n');
}

/** The text by which the message of `incident`, in its present state, is told from all others. */
export function markOf({ id, overAt }: Incident): string {
  return overAt === null ? failingMark(id) : overMark(id);
}

function failingMark(id: string): string {
  return `Incident ${id.slice(0, 8)}`;
}

function overMark(id: string): string {
  return `End of incident ${id.slice(0, 8)}`;
}

function countsOf(summary: CycleSummary | undefined): string {
  if (summary === undefined) return '';
  const { posted, waiting } = summary;
  const parts = [
    ...(posted > 0 ? [`${countOf(posted, 'item')} posted in this cycle`] : []),
    ...(waiting === undefined ? [] : [waiting === 0 ? 'nothing waits' : `${countOf(waiting, 'item')} still waiting`]),
  ];
  const text = parts.join(', ');
  return text === '' ? '' : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** A length of time in its two largest units: `3 h 12 min`. */
export function lengthOf(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
  if (days > 0) return hours > 0 ? `${days} d ${hours} h` : `${days} d`;
  if (hours > 0) return rest > 0 ? `${hours} h ${rest} min` : `${hours} h`;
  return `${rest} min`;
}

/** The kind, and what follows its colon: a feed's name may contain further ones. */
function partsOf(subject: string): readonly [kind: string, name?: string] {
  const at = subject.indexOf(':');
  return at === -1 ? [subject] : [subject.slice(0, at), subject.slice(at + 1)];
}

function channelMention(channelId: string): string {
  return /^\d{1,20}$/.test(channelId) ? `<#${channelId}>` : inlineCode(channelId);
}
