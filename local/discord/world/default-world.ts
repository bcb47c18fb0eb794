import { ChannelType } from './channel-type.ts';
import { ALL_PERMISSIONS, ORDINARY_PERMISSIONS, Permission } from './permissions.ts';
import type { GuildSeed, World } from './world.ts';

/** The ids of everything in `defaultWorld`, by name. */
export const ids = {
  application: '1100000000000000001',
  bot: '1100000000000000002',
  /** Owns the application; an ordinary member of the home guild. */
  owner: '1100000000000000010',
  /** Owns the home guild, and nothing else. */
  homeOwner: '1100000000000000011',
  /** Has the home guild's administrator role. */
  homeAdmin: '1100000000000000012',
  /** An ordinary member of both guilds. */
  member: '1100000000000000013',
  /** An administrator of the other guild, an ordinary member of the home guild. */
  otherAdmin: '1100000000000000014',
  /** An ordinary member of the home guild who has the operator role. */
  operator: '1100000000000000015',
  home: '1100000000000000100',
  announcements: '1100000000000000101',
  general: '1100000000000000102',
  /** A category, which `news` and `forum` belong to. */
  category: '1100000000000000103',
  /** A channel of Discord's announcement type, whose messages can be published. `announcements` is a text channel. */
  news: '1100000000000000104',
  forum: '1100000000000000105',
  voice: '1100000000000000106',
  /** An open thread of `general`. */
  thread: '1100000000000000107',
  /** A tag of `forum`, and one that only people who may manage threads can apply. */
  forumTag: '1100000000000000120',
  moderatedTag: '1100000000000000121',
  adminRole: '1100000000000000110',
  botRole: '1100000000000000111',
  operatorRole: '1100000000000000112',
  other: '1200000000000000100',
  otherGeneral: '1200000000000000101',
  otherAdminRole: '1200000000000000110',
} as const;

const home: GuildSeed = {
  id: ids.home,
  name: 'Home',
  ownerId: ids.homeOwner,
  roles: [
    { id: ids.adminRole, name: 'Admins', permissions: Permission.administrator },
    { id: ids.botRole, name: 'Filings', permissions: ORDINARY_PERMISSIONS },
    { id: ids.operatorRole, name: 'Operators', permissions: 0n },
  ],
  members: [
    { userId: ids.bot, roles: [ids.botRole] },
    { userId: ids.owner },
    { userId: ids.homeOwner },
    { userId: ids.homeAdmin, roles: [ids.adminRole] },
    { userId: ids.member },
    { userId: ids.otherAdmin },
    { userId: ids.operator, roles: [ids.operatorRole] },
  ],
  channels: [
    { id: ids.announcements, name: 'announcements' },
    { id: ids.general, name: 'general' },
    { id: ids.category, name: 'Feeds', type: ChannelType.category },
    { id: ids.news, name: 'news', type: ChannelType.announcement, parentId: ids.category },
    {
      id: ids.forum,
      name: 'filings',
      type: ChannelType.forum,
      parentId: ids.category,
      tags: [
        { id: ids.forumTag, name: 'Insiders' },
        { id: ids.moderatedTag, name: 'Verified', moderated: true },
      ],
    },
    { id: ids.voice, name: 'Lounge', type: ChannelType.voice },
    { id: ids.thread, name: 'small talk', type: ChannelType.publicThread, parentId: ids.general, thread: {} },
  ],
};

const other: GuildSeed = {
  id: ids.other,
  name: 'Other',
  ownerId: ids.otherAdmin,
  roles: [{ id: ids.otherAdminRole, name: 'Admins', permissions: ALL_PERMISSIONS }],
  members: [{ userId: ids.bot }, { userId: ids.otherAdmin, roles: [ids.otherAdminRole] }, { userId: ids.member }],
  channels: [{ id: ids.otherGeneral, name: 'general' }],
};

/** A bot in two guilds, among people with and without authority over it. */
export const defaultWorld: World = {
  // Shaped like a real token, so that the redaction of secrets has something to find. No real account has this id.
  token: 'MTEwMDAwMDAwMDAwMDAwMDAwMg.local0.discord-for-tests-and-demo',
  application: { id: ids.application, name: 'Filings', ownerId: ids.owner },
  bot: { id: ids.bot, username: 'filings' },
  users: [
    { id: ids.owner, username: 'olivia', globalName: 'Olivia' },
    { id: ids.homeOwner, username: 'hugo', globalName: 'Hugo' },
    { id: ids.homeAdmin, username: 'ada', globalName: 'Ada' },
    { id: ids.member, username: 'milo', globalName: 'Milo' },
    { id: ids.otherAdmin, username: 'otto', globalName: 'Otto' },
    { id: ids.operator, username: 'petra', globalName: 'Petra' },
  ],
  guilds: [home, other],
};
