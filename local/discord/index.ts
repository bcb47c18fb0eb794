export { defaultWorld, ids } from './default-world.ts';
export { createsMessage, failNext, type Fault, type FaultPlan, type IncomingRequest } from './faults.ts';
export type { Press, SlashInvocation } from './interactions/ask.ts';
export type { InteractionResult } from './interactions/result.ts';
export { type LocalDiscord, type LocalDiscordOptions, startLocalDiscord } from './local-discord.ts';
export { type Button, buttonsOf } from './messages/components.ts';
export type { Message } from './messages/message.ts';
export { ORDINARY_PERMISSIONS, Permission, type PermissionName } from './permissions.ts';
export type { RecordedRequest } from './record.ts';
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
} from './world.ts';
