import { z } from 'zod';

/** A variable as its documentation shows it. */
export interface EnvVariable {
  readonly name: string;
  /** Sentences for `.env.example` and the README. Code stands in backticks. */
  readonly meaning: string;
  readonly required: boolean;
  /** As it would stand in `.env`; `undefined` when there is none. */
  readonly default: string | undefined;
  /** A value to show where there is no default. */
  readonly example: string | undefined;
  /** True for a value that no log line may contain. */
  readonly secret: boolean;
}

/** Turns the text of a variable into a setting, or says what is wrong with it. */
type Kind<Setting> = z.ZodType<Setting, string>;

const documented = z.registry<EnvVariable>();

/**
 * Makes a variable without which the bot does not start.
 *
 * @param kind Called with `meaning`, for messages that say what to set.
 * @param meaning The thing to set: the message for an unset variable ends with it.
 */
export function required<Setting>(name: string, kind: (meaning: string) => Kind<Setting>, meaning: string) {
  const value = kind(meaning);
  const schema = z.string({ error: `is not set. ${meaning}` }).pipe(value);
  return document(schema, value, { name, meaning, required: true });
}

/**
 * Makes a variable with a default.
 *
 * @param text.default As it would stand in `.env`. Empty: the setting is what the kind makes of nothing.
 */
export function withDefault<Setting>(
  name: string,
  kind: Kind<Setting>,
  text: { readonly default: string; readonly example?: string; readonly meaning: string },
) {
  return document(kind.prefault(text.default), kind, { name, ...text, default: text.default || undefined });
}

/** Makes a variable that may stay unset: the setting is `undefined` then. */
export function optional<Setting>(
  name: string,
  kind: Kind<Setting>,
  text: { readonly example: string; readonly meaning: string },
) {
  return document(kind.optional(), kind, { name, ...text });
}

/** Returns what `required`, `withDefault` or `optional` was told about a variable. */
export function documentationOf(schema: z.ZodType): EnvVariable {
  const found = documented.get(schema);
  if (found === undefined) throw new Error('A variable is made by required, withDefault or optional.');
  return found;
}

function document<Schema extends z.ZodType>(
  schema: Schema,
  kind: z.ZodType,
  text: Pick<EnvVariable, 'name' | 'meaning'> & Partial<EnvVariable>,
): Schema {
  const secret = kind.meta()?.['secret'] === true;
  documented.add(schema, { required: false, default: undefined, example: undefined, secret, ...text });
  return schema;
}
