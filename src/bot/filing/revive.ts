import type { Filing } from 'sapphire-plugin-seen/edgar';
import { z } from 'zod';

const filingSchema = z.object({
  accession: z.string(),
  form: z.string(),
  forms: z.array(z.string()).optional(),
  parties: z.array(z.object({ name: z.string(), cik: z.string(), role: z.string() })),
  filedOn: z.string().nullable(),
  acceptedAt: z.coerce.date().nullable(),
  size: z.string().nullable(),
  items: z.array(z.object({ code: z.string(), title: z.string() })),
  link: z.string(),
  links: z.array(z.string()),
  atomId: z.string(),
  partial: z.boolean().default(false),
});

/**
 * Reads a filing from the ledger, which an older version of the bot may have written.
 *
 * @throws {z.ZodError} for anything that is no filing.
 */
export function reviveFiling(payload: unknown): Filing {
  const { forms, ...filing } = filingSchema.parse(payload);
  return { ...filing, forms: forms ?? [filing.form] };
}
