import { AllowedMentionsTypes, type APIAllowedMentions } from 'discord.js';

import { SeenInputError } from '../store/errors.ts';
import { isRecord, type JsonRecord } from './json-record.ts';

/** Mentions nobody, whatever the text of a feed says. */
export const NOBODY: APIAllowedMentions = { parse: [] };

const TYPES = Object.values(AllowedMentionsTypes);
const WORDS: readonly string[] = TYPES;
const NAMES: readonly string[] = ['parse', 'users', 'roles', 'repliedUser', 'replied_user'];

/**
 * The people that a message may ping, in the API's form. discord.js's form is understood as well. Whoever is not named
 * is not pinged: what says nothing about `parse` allows none of it.
 *
 * @param name The value's name, for the error.
 * @throws {SeenInputError} naming what cannot be used.
 */
export function toAllowedMentions(name: string, value: unknown): APIAllowedMentions {
  const problem = mentionsProblem(name, value);
  if (problem !== undefined || !isRecord(value)) throw new SeenInputError(problem ?? '');
  const { parse, users, roles } = value;
  const repliedUser = value['repliedUser'] ?? value['replied_user'];
  return {
    parse: TYPES.filter((type) => textsIn(parse).includes(type)),
    ...(users === undefined ? {} : { users: textsIn(users) }),
    ...(roles === undefined ? {} : { roles: textsIn(roles) }),
    ...(typeof repliedUser === 'boolean' ? { replied_user: repliedUser } : {}),
  };
}

/** Tells what is wrong with a value that says whom a message may ping; undefined where nothing is. */
export function mentionsProblem(name: string, value: unknown): string | undefined {
  if (!isRecord(value)) return `${name} must be an object like { parse: [] }.`;
  const problem = problemOf(value);
  return problem === undefined ? undefined : `${name}.${problem}`;
}

export function isRoleId(value: unknown): value is string {
  return typeof value === 'string' && /^\d{1,20}$/.test(value);
}

/** The mentions of one role, besides those that are allowed already. */
export function alsoRole(mentions: APIAllowedMentions, roleId: string): APIAllowedMentions {
  if (mentions.parse?.includes(AllowedMentionsTypes.Role) === true) return mentions;
  return { ...mentions, roles: [...new Set([...(mentions.roles ?? []), roleId])] };
}

function problemOf(value: JsonRecord): string | undefined {
  const unknown = Object.keys(value).find((name) => !NAMES.includes(name));
  if (unknown !== undefined) return `${unknown} is unknown: use parse, users, roles and repliedUser.`;
  for (const name of ['parse', 'users', 'roles']) {
    if (value[name] !== undefined && !isTextList(value[name])) return `${name} must be a list of strings.`;
  }
  const word = textsIn(value['parse']).find((each) => !WORDS.includes(each));
  return word === undefined ? undefined : `parse cannot hold ${JSON.stringify(word)}: use ${WORDS.join(', ')}.`;
}

function textsIn(value: unknown): string[] {
  return isTextList(value) ? [...value] : [];
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}
