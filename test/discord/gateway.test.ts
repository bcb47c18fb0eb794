import { describe, expect, it } from 'vitest';
import { connect, localDiscord } from './connect.ts';
import { ids, Permission } from './index.ts';

describe('login', () => {
  it('makes a real client ready, with guilds, roles, members and channels', async () => {
    const discord = await localDiscord();
    const client = await connect(discord);
    const home = client.guilds.cache.get(ids.home);
    expect(client.user.id).toBe(ids.bot);
    expect(client.application.id).toBe(ids.application);
    expect(home?.ownerId).toBe(ids.homeOwner);
    expect(home?.members.me?.permissions.has(Permission.sendMessages)).toBe(true);
    expect(home?.roles.everyone.id).toBe(ids.home);
    expect(client.guilds.cache.has(ids.other)).toBe(true);
    expect(discord.connected).toBe(1);
  });
  it('tells who owns the application', async () => {
    const discord = await localDiscord();
    const client = await connect(discord);
    expect((await client.application.fetch()).owner?.id).toBe(ids.owner);
  });
});
