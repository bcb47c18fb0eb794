export { defaultWorld, ids } from './world/default-world.ts';
export { createsMessage, failNext, type Fault, type FaultPlan, type IncomingRequest } from './faults.ts';
export type { Press, SlashInvocation } from './invoke.ts';
export type { InteractionResult } from './interactions/interaction-result.ts';
export { type LocalDiscord, startLocalDiscord } from './local-discord.ts';
export type { LocalDiscordOptions } from './options.ts';
export { type Button, buttonsOf } from './messages/components.ts';
export type { Message } from './messages/message.ts';
export { ORDINARY_PERMISSIONS, Permission, type PermissionName } from './world/permissions.ts';
export type { LoggedRequest } from './rest/logged-request.ts';
export { schemaProblems } from './schema/problems.ts';
export type {
  ApplicationSeed,
  ChannelSeed,
  GuildSeed,
  MemberSeed,
  RoleSeed,
  TeamSeed,
  UserSeed,
  World,
} from './world/world.ts';
