import { describe, expect, test } from 'vitest';

import { buttonsOf, defaultWorld, ids, type TeamSeed, type World } from '../../local/discord/index.ts';
import { forgotten, purge, startFilledBot } from './purge-bot.ts';
import { privateAnswer, type Asked, type SeenBotOptions } from './seen-bot.ts';

const team: TeamSeed = {
  id: '1100000000000000900',
  name: 'Filers',
  ownerId: ids.owner,
  members: [
    { userId: ids.member, role: 'developer' },
    { userId: ids.otherAdmin, role: 'admin' },
    { userId: ids.operator, role: 'read_only' },
  ],
};

/** Discord shows a team's application as owned by the team's own user. */
const teamWorld: World = { ...defaultWorld, application: { ...defaultWorld.application, team } };

describe('/seen purge', () => {
  const general = { channelId: ids.general };
  const byConfiguration = { admins: { userIds: [ids.member], roleIds: [ids.operatorRole] } };
  const elsewhere = { admins: { guildId: ids.other, channelId: ids.announcements } };

  test.for<[string, Asked, SeenBotOptions?]>([
    ['an administrator of the home guild', { user: ids.homeAdmin }],
    ['the owner of the home guild', { user: ids.homeOwner }],
    ['the owner of the application', { user: ids.owner }],
    ['a developer of the team that owns the application', { user: ids.member }, { world: teamWorld }],
    [
      'an admin of that team, from another guild',
      { user: ids.otherAdmin, channelId: ids.otherGeneral },
      { world: teamWorld },
    ],
    ['a user named in the configuration', { user: ids.member }, { seen: byConfiguration }],
    ['a member of a role named in the configuration', { user: ids.operator }, { seen: byConfiguration }],
    [
      'an administrator of the home guild that is configured',
      { user: ids.otherAdmin, channelId: ids.otherGeneral },
      { seen: elsewhere },
    ],
  ])('asks %s', async ([, asked, options]) => {
    const bot = await startFilledBot(options);
    const result = await purge(bot, '7d', { ...general, ...asked });
    expect(await privateAnswer(result)).toContain('Forget **3 ids** last seen before <t:');
    const message = await result.reply();
    expect(buttonsOf(message).map(({ label }) => label)).toEqual(['Forget 3 ids', 'Keep them']);
    expect(await forgotten(bot)).toEqual([]);
  });

  test.for<[string, Asked, SeenBotOptions?]>([
    ['an administrator of another guild, in that guild', { user: ids.otherAdmin, channelId: ids.otherGeneral }],
    ['an administrator of another guild, in the home guild', { user: ids.otherAdmin }],
    ['an ordinary member', { user: ids.member }],
    ['a member of a role that is not named', { user: ids.operator }],
    ['a read-only member of the team', { user: ids.operator }, { world: teamWorld }],
    ['an administrator, when no home guild is known', { user: ids.homeAdmin }, { seen: { admins: {} } }],
    ['an administrator, when another guild is the home guild', { user: ids.homeAdmin }, { seen: elsewhere }],
  ])('refuses %s', async ([, asked, options]) => {
    const bot = await startFilledBot(options);
    const result = await purge(bot, '7d', { ...general, ...asked });
    expect(await privateAnswer(result)).toMatch(/^Only administrators of the bot’s home server/);
    expect(buttonsOf(await result.reply())).toEqual([]);
    expect(await forgotten(bot)).toEqual([]);
  });

  test('still asks the owner of the application when the channel of the posts is gone', async () => {
    const bot = await startFilledBot({ seen: { admins: { channelId: '1100000000000000999' } } });
    expect(await privateAnswer(await purge(bot, '7d', { user: ids.owner }))).toContain('Forget **3 ids**');
    expect(await privateAnswer(await purge(bot))).toMatch(/^Only administrators/);
  });
});
