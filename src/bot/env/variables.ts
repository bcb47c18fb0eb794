import type { z } from 'zod';
import { envSchema } from './schema.ts';

/** A variable as documentation wants it: the README's table and `.env.example` are tested against these. */
export interface EnvVariable {
  readonly name: string;
  readonly required: boolean;
  /** As it would stand in `.env`; `undefined` when there is none. */
  readonly default: string | undefined;
  readonly meaning: string;
}

export const envVariables: readonly EnvVariable[] = Object.entries(envSchema.shape).map(([name, field]) => ({
  name,
  required: !field.safeParse(undefined).success,
  default: defaultOf(field) || undefined,
  meaning: field.description ?? '',
}));

function defaultOf(field: z.ZodType): string | undefined {
  const { def } = field as z.ZodType & { readonly def: { readonly type: string; readonly defaultValue?: unknown } };
  return def.type === 'prefault' ? String(def.defaultValue) : undefined;
}
