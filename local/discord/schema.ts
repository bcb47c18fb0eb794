import { existsSync, readFileSync } from 'node:fs';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { isRecord, type JsonObject } from './json.ts';

/** Discord's published description of its API. It is not part of the project: where it is absent, nothing is judged. */
const SPEC = new URL('../../../shared/discord/openapi.json', import.meta.url);

export const hasSchema = existsSync(SPEC);

type Judge = (body: unknown) => readonly string[];

const judges = new Map<string, Judge | undefined>();
let loaded: Spec | undefined;

interface Operation {
  readonly method: string;
  readonly pattern: RegExp;
  readonly template: string;
}

interface Spec {
  readonly ajv: Ajv2020;
  readonly operations: readonly Operation[];
}

/** What is wrong with a request's body; undefined when there is no schema for it, or no body. */
export function schemaProblems(method: string, path: string, body: unknown): readonly string[] | undefined {
  if (!hasSchema || body === undefined) return undefined;
  loaded ??= load();
  const operation = loaded.operations.find((one) => one.method === method.toLowerCase() && one.pattern.test(path));
  if (!operation) return undefined;
  const key = `${operation.method} ${operation.template}`;
  if (!judges.has(key)) judges.set(key, compile(loaded.ajv, operation));
  return judges.get(key)?.(withoutHarmlessExtras(method, path, body));
}

function load(): Spec {
  const spec: unknown = JSON.parse(readFileSync(SPEC, 'utf8'));
  if (!isRecord(spec) || !isRecord(spec['paths'])) throw new Error(`${SPEC.pathname} describes no API.`);
  closeObjects(spec['components']);
  closeObjects(spec['paths']);
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true, formats });
  ajv.addSchema(spec, 'discord');
  return { ajv, operations: Object.entries(spec['paths']).flatMap(operationsAt) };
}

/** The formats that Discord invented, and those of OpenAPI that JSON Schema does not know. */
const formats = {
  snowflake: /^\d{1,20}$/,
  nonce: /^[\s\S]{0,25}$/,
  int53: { type: 'number', validate: Number.isSafeInteger },
  int32: { type: 'number', validate: (value: number) => value === (value | 0) },
  int64: { type: 'number', validate: Number.isInteger },
  double: { type: 'number', validate: Number.isFinite },
  uri: (value: string) => URL.canParse(value),
  'date-time': (value: string) => !Number.isNaN(Date.parse(value)),
} as const;

/** An unknown key is refused: the published schema lets it pass, and a misspelt key would never be noticed. */
function closeObjects(node: unknown): void {
  if (Array.isArray(node)) return node.forEach(closeObjects);
  if (!isRecord(node)) return;
  if (isRecord(node['properties']) && node['additionalProperties'] === undefined && node['type'] !== undefined)
    node['additionalProperties'] = false;
  Object.values(node).forEach(closeObjects);
}

function operationsAt([template, methods]: [string, unknown]): Operation[] {
  const escaped = template.replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`);
  const pattern = new RegExp(`^${escaped.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`);
  const known = isRecord(methods) ? Object.keys(methods) : [];
  return known.map((method) => ({ method, template, pattern }));
}

function compile(ajv: Ajv2020, { method, template }: Operation): Judge | undefined {
  const pointer = ['paths', template, method, 'requestBody', 'content', 'application/json', 'schema'];
  const reference = `discord#/${pointer.map(escapePointer).join('/')}`;
  const validate = ajv.getSchema(reference);
  return validate && judgeBy(validate);
}

const escapePointer = (part: string): string => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));

function judgeBy(validate: ValidateFunction): Judge {
  return (body) => (validate(body) ? [] : relevant(validate.errors ?? []).map(describe));
}

/** A union complains about each of its members; what is left are the complaints of more than "not this kind". */
function relevant(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const isKind = ({ keyword, instancePath }: ErrorObject): boolean =>
    ['oneOf', 'anyOf', 'type'].includes(keyword) || (instancePath.endsWith('/type') && keyword !== 'required');
  const specific = errors.filter((error) => !isKind(error));
  const chosen = specific.length > 0 ? specific : errors;
  return [...new Map(chosen.map((error) => [describe(error), error])).values()];
}

function describe({ instancePath, message, params }: ErrorObject): string {
  return `${instancePath || '/'} ${message ?? 'is wrong'} ${JSON.stringify(params)}`;
}

/** discord.js sends some keys that Discord ignores. They are no fault of whoever uses it. */
function withoutHarmlessExtras(method: string, path: string, body: unknown): unknown {
  const isCommand = /^\/applications\/\d+\/(guilds\/\d+\/)?commands/.test(path);
  if (Array.isArray(body)) return body.map((one) => withoutHarmlessExtras(method, path, one));
  if (!isRecord(body)) return body;
  if (isCommand) return commandWithoutExtras(method, body);
  const { data } = body;
  return path.endsWith('/callback')
    ? { ...body, ...(isRecord(data) && { data: messageWithoutExtras(data) }) }
    : messageWithoutExtras(body);
}

function messageWithoutExtras(message: JsonObject): JsonObject {
  const harmless = (key: string, value: unknown): boolean =>
    (key === 'enforce_nonce' || key === 'tts') && value === false;
  return Object.fromEntries(Object.entries(message).filter(([key, value]) => !harmless(key, value)));
}

/** The command's type cannot be changed, and its permissions are sent as text. */
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
