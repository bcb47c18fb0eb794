export { defaultWorld, ids } from './world/default-world.ts';
export { createsMessage, failNext, type Fault, type FaultPlan, type IncomingRequest } from './faults.ts';
export type { Press, SlashInvocation } from './invoke.ts';
export type { InteractionResult } from './interactions/interaction-result.ts';
export { type LocalDiscord, startLocalDiscord } from './local-discord.ts';
export type { LocalDiscordOptions } from './options.ts';
export { type Button, buttonsOf } from './messages/components.ts';
export type { Embed, Message } from './messages/message.ts';
export { everyRewrite, type Rewrite } from './messages/rewrites.ts';
export { ChannelType } from './world/channel-type.ts';
export { ORDINARY_PERMISSIONS, type Overwrite, Permission, type PermissionName } from './world/permissions.ts';
export type { LoggedRequest } from './rest/logged-request.ts';
export { schemaProblems } from './schema/problems.ts';
export type {
  ApplicationSeed,
  ChannelSeed,
  EmojiSeed,
  ForumTagSeed,
  GuildSeed,
  MemberSeed,
  RoleSeed,
  TeamSeed,
  ThreadSeed,
  UserSeed,
  World,
} from './world/world.ts';
