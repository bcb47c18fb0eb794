import { MessageFlagsBitField, type RESTPostAPIChannelMessageJSONBody } from 'discord.js';

import { reasonOf, SeenInputError } from '../../../store/errors.ts';
import type { MessageBody } from '../../feed.ts';
import { isRecord, type JsonRecord } from '../../json-record.ts';
import { toAllowedMentions } from '../../mentions.ts';

/** The body of a message as it is sent and compared: plain JSON, as Discord's API takes it. */
export interface PlainBody extends Omit<RESTPostAPIChannelMessageJSONBody, 'nonce' | 'enforce_nonce' | 'flags'> {
  /** A bit field. */
  readonly flags?: number | undefined;
}

/** Names of discord.js that Discord would drop without a word, and what to write instead. */
const remedies: Readonly<Record<string, string>> = {
  files: 'A feed cannot upload files: link to them, or show them in an embed by their address.',
  forward: 'Use message_reference: { type: 1, channel_id, message_id }.',
  reply: 'Use message_reference: { message_id }.',
  stickers: 'Use sticker_ids, with the ids of the stickers.',
};

const NONCES: readonly string[] = ['nonce', 'enforce_nonce', 'enforceNonce'];

/**
 * The feed's message as plain JSON. Builders are turned into it, once for sending and comparing.
 *
 * @throws {SeenInputError} naming a part that JSON cannot hold, or that Discord would drop.
 */
export function plainBody(message: MessageBody): PlainBody {
  const { allowedMentions, flags, ...rest } = toPlainRecord(message);
  const named = Object.keys(remedies).find((name) => name in rest);
  if (named !== undefined) throw new SeenInputError(`message.${named} is discord.js's. ${remedies[named]}`);
  refuseCamelCase('message', { ...rest, allowed_mentions: undefined });
  return {
    ...rest,
    ...(flags === undefined || flags === null ? {} : { flags: bitsOf(flags) }),
    ...mentionsOf(rest['allowed_mentions'] ?? undefined, allowedMentions),
  };
}

function toPlainRecord(message: unknown): JsonRecord {
  if (message instanceof Promise)
    throw new SeenInputError(
      'message() must return the body of a message, not a promise: what takes time is for enrich().',
    );
  let plain: unknown;
  try {
    // The nonce is the feed's.
    const asJson = JSON.stringify(message, (name, value: unknown) => (NONCES.includes(name) ? undefined : value));
    plain = JSON.parse(asJson ?? 'null');
  } catch (error) {
    throw new SeenInputError(`The message cannot be turned into JSON: ${reasonOf(error)}.`, { cause: error });
  }
  if (isRecord(plain)) return plain;
  throw new SeenInputError('message() must return the body of a message, an object.');
}

function mentionsOf(own: unknown, camelCased: unknown): Pick<PlainBody, 'allowed_mentions'> {
  if (own !== undefined && camelCased !== undefined)
    throw new SeenInputError('message has both allowed_mentions and allowedMentions. Leave one of them out.');
  const given = own ?? camelCased ?? undefined;
  return { allowed_mentions: given === undefined ? undefined : toAllowedMentions('message.allowed_mentions', given) };
}

/** Discord's names are in snake case, all of them, and it passes over any other. */
function refuseCamelCase(path: string, value: unknown): void {
  if (Array.isArray(value)) return value.forEach((each, index) => refuseCamelCase(`${path}[${index}]`, each));
  if (!isRecord(value)) return undefined;
  for (const [name, field] of Object.entries(value)) {
    if (/[A-Z]/.test(name)) throw new SeenInputError(`Discord would drop ${path}.${name}. Use ${snakeCase(name)}.`);
    refuseCamelCase(`${path}.${name}`, field);
  }
  return undefined;
}

function snakeCase(name: string): string {
  return name.replaceAll(/([a-z\d])([A-Z])/g, '$1_$2').toLowerCase();
}

/** Flags by number, as the API takes them, or by name, as discord.js does. */
function bitsOf(flags: unknown): number {
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it throws for what it cannot resolve
    return MessageFlagsBitField.resolve(flags as number);
  } catch (error) {
    throw new SeenInputError(`message.flags cannot be used: ${reasonOf(error)}.`, { cause: error });
  }
}
