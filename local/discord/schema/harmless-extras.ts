import { isObject, type JsonObject } from '../json.ts';

/** Drops keys that discord.js sends and Discord ignores: whoever uses it cannot avoid them. */
export function withoutHarmlessExtras(method: string, path: string, body: unknown): unknown {
  const isCommand = /^\/applications\/\d+\/(guilds\/\d+\/)?commands/.test(path);
  if (Array.isArray(body)) return body.map((one) => withoutHarmlessExtras(method, path, one));
  if (!isObject(body)) return body;
  if (isCommand) return commandWithoutExtras(method, body);
  const { data, message } = body;
  if (path.endsWith('/threads'))
    return { ...body, ...(isObject(message) && { message: messageWithoutExtras(message) }) };
  return path.endsWith('/callback')
    ? { ...body, ...(isObject(data) && { data: messageWithoutExtras(data) }) }
    : messageWithoutExtras(body);
}

function messageWithoutExtras(message: JsonObject): JsonObject {
  const harmless = (key: string, value: unknown): boolean =>
    (key === 'enforce_nonce' || key === 'tts') && value === false;
  return Object.fromEntries(Object.entries(message).filter(([key, value]) => !harmless(key, value)));
}

/** Drops the type from an edit, which cannot change it, and reads permissions that are sent as text. */
function commandWithoutExtras(method: string, command: JsonObject): JsonObject {
  const { type, default_member_permissions: permissions, ...rest } = command;
  return {
    ...rest,
    ...(method !== 'PATCH' && type !== undefined && { type }),
    ...(permissions !== undefined && {
      default_member_permissions: typeof permissions === 'string' ? Number(permissions) : permissions,
    }),
  };
}
