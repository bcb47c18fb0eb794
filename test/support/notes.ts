import type { Feed, MessageBody } from '../../src/feed/feed.ts';
import { ids } from '../../local/discord/index.ts';

export interface Note {
  readonly id: string;
  readonly channels?: readonly string[];
  readonly aliases?: readonly string[];
}

export interface Summary {
  readonly summary: string;
}

/** A feed of notes that counts what it is asked for. Each part can be replaced by a test. */
export class NoteFeed implements Feed<Note, Summary> {
  readonly name: string;
  /** The ids that were enriched, in the order in which that began. */
  readonly enriched: string[] = [];

  constructor(name = 'notes') {
    this.name = name;
  }

  key({ id }: Note): string {
    return id;
  }

  aliases({ aliases = [] }: Note): readonly string[] {
    return aliases;
  }

  channels({ channels = [ids.announcements] }: Note): readonly string[] {
    return channels;
  }

  async enrich(note: Note, signal: AbortSignal): Promise<Summary> {
    this.enriched.push(note.id);
    return this.summarize(note, signal);
  }

  async summarize({ id }: Note, _signal: AbortSignal): Promise<Summary> {
    return { summary: `about ${id}` };
  }

  message({ id }: Note, enrichment?: Summary): MessageBody {
    return { content: enrichment === undefined ? `${id}: plain` : `${id}: ${enrichment.summary}` };
  }

  revive(payload: unknown): Note {
    if (typeof payload === 'object' && payload !== null && 'id' in payload)
      return { ...payload, id: String(payload.id) };
    throw new Error('no note');
  }
}

/** Notes with the ids `PREFIX1` … `PREFIXcount`. */
export function notes(count: number, prefix = 'n', note: Omit<Note, 'id'> = {}): Note[] {
  return Array.from({ length: count }, (_, index) => ({ id: `${prefix}${index + 1}`, ...note }));
}
