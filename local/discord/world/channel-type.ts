/** The types of channels that the local Discord knows. */
export const ChannelType = {
  text: 0,
  dm: 1,
  voice: 2,
  category: 4,
  announcement: 5,
  announcementThread: 10,
  publicThread: 11,
  privateThread: 12,
  stage: 13,
  directory: 14,
  forum: 15,
  media: 16,
} as const;

interface Typed {
  readonly type: number;
}

const WITHOUT_MESSAGES: readonly number[] = [
  ChannelType.category,
  ChannelType.directory,
  ChannelType.forum,
  ChannelType.media,
];

/** Tells whether the channel has messages of its own: a forum has threads only, and a category other channels. */
export function hasMessages({ type }: Typed): boolean {
  return !WITHOUT_MESSAGES.includes(type);
}

export function isThread({ type }: Typed): boolean {
  return type >= ChannelType.announcementThread && type <= ChannelType.privateThread;
}

/** Tells whether every thread of the channel begins with a message, in forums as in media channels. */
export function isForum({ type }: Typed): boolean {
  return type === ChannelType.forum || type === ChannelType.media;
}

/** Lists the types of threads that can be opened in the channel. */
export function threadTypesOf({ type }: Typed): readonly number[] {
  if (type === ChannelType.text) return [ChannelType.publicThread, ChannelType.privateThread];
  return type === ChannelType.announcement ? [ChannelType.announcementThread] : [];
}
