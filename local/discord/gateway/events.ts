/** Intents by which sessions subscribe to events; events of `none` go to every session. */
export const Intent = {
  none: 0,
  guilds: 1 << 0,
  guildMessages: 1 << 9,
  directMessages: 1 << 12,
} as const;

/** Intents that an application must have been granted: members, presences and message content. */
export const PRIVILEGED_INTENTS = (1 << 1) | (1 << 8) | (1 << 15);

export interface GatewayEvent {
  readonly type: string;
  readonly data: unknown;
  /** Undefined for events outside a guild. */
  readonly guildId: string | undefined;
  readonly intent: number;
}

export type Publish = (event: GatewayEvent) => void;

export function messageIntent(guildId: string | undefined): number {
  return guildId === undefined ? Intent.directMessages : Intent.guildMessages;
}

export const Opcode = {
  dispatch: 0,
  heartbeat: 1,
  identify: 2,
  presence: 3,
  voiceState: 4,
  resume: 6,
  reconnect: 7,
  requestMembers: 8,
  invalidSession: 9,
  hello: 10,
  heartbeatAck: 11,
} as const;

export const CloseCode = {
  unknownOpcode: 4001,
  decodeError: 4002,
  notAuthenticated: 4003,
  authenticationFailed: 4004,
  alreadyAuthenticated: 4005,
  invalidSequence: 4007,
  invalidShard: 4010,
  disallowedIntents: 4014,
} as const;
