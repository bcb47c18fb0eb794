import type { Clock } from '../../clock.ts';
import { Intent, type Publish } from '../gateway/events.ts';
import { compareSnowflakes } from '../snowflake.ts';
import { guildChannelPayload } from '../world/channel-payload.ts';
import { ChannelType } from '../world/channel-type.ts';
import type { Channel, ThreadState } from '../world/channel.ts';
import type { Directory } from '../world/directory.ts';

/** A thread that is about to exist. */
export interface ThreadDraft {
  readonly id: string;
  readonly name: string;
  readonly type: number;
  readonly parent: Channel;
  readonly appliedTags?: readonly string[];
}

export type ThreadChange = Partial<Pick<ThreadState, 'archived' | 'locked' | 'appliedTags'>>;

interface Dependencies {
  readonly clock: Clock;
  readonly directory: Directory;
  readonly publish: Publish;
}

/** Opens, changes and lists threads, and tells clients of them. */
export class Threads {
  readonly #services: Dependencies;

  constructor(services: Dependencies) {
    this.#services = services;
  }

  /** Opens a thread of the bot. */
  open({ id, name, type, parent, appliedTags = [] }: ThreadDraft): Channel {
    const { directory, clock } = this.#services;
    const now = clock.now();
    const state = { archived: false, locked: false, changedAt: now, createdAt: now, appliedTags };
    const thread = directory.put({
      id,
      name,
      type,
      ...(parent.guildId !== undefined && { guildId: parent.guildId }),
      parentId: parent.id,
      overwrites: [],
      tags: [],
      requiresTag: false,
      thread: { ownerId: directory.world.bot.id, ...state },
    });
    this.#announce('THREAD_CREATE', thread, { newly_created: true });
    return thread;
  }

  /** @throws When the channel is no thread. */
  change(channel: Channel, change: ThreadChange, name = channel.name): Channel {
    const { directory, clock } = this.#services;
    if (!channel.thread) throw new Error(`Channel ${channel.id} is not a thread.`);
    const isMoved = change.archived !== undefined && change.archived !== channel.thread.archived;
    const state = { ...channel.thread, ...change, ...(isMoved && { changedAt: clock.now() }) };
    const changed = directory.put({ ...channel, name, thread: state });
    this.#announce('THREAD_UPDATE', changed);
    return changed;
  }

  /** Reopens an archived thread, as every message in it does. */
  wake(channel: Channel): Channel {
    return channel.thread?.archived === true ? this.change(channel, { archived: false }) : channel;
  }

  /** Lists the threads of a guild that are not archived and that the bot can see, newest first. */
  active(guildId: string): readonly Channel[] {
    const { directory } = this.#services;
    return directory
      .threadsOf(guildId)
      .filter((channel) => channel.thread?.archived === false && directory.botMay('viewChannel', channel))
      .toSorted((a, b) => compareSnowflakes(b.id, a.id));
  }

  /** Lists the archived threads of a channel, but for private ones; the one that was archived last comes first. */
  archived({ id, guildId = '' }: Channel): readonly (Channel & { readonly thread: ThreadState })[] {
    return this.#services.directory
      .threadsOf(guildId)
      .filter(isArchived)
      .filter(({ type, parentId }) => parentId === id && type !== ChannelType.privateThread)
      .toSorted((a, b) => b.thread.changedAt - a.thread.changedAt);
  }

  #announce(type: string, thread: Channel, more: object = {}): void {
    const data = { ...guildChannelPayload(thread), ...more };
    this.#services.publish({ type, data, guildId: thread.guildId, intent: Intent.guilds });
  }
}

function isArchived(channel: Channel): channel is Channel & { readonly thread: ThreadState } {
  return channel.thread?.archived === true;
}
