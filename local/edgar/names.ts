import type { Random } from '../random.ts';

/** Invented names with everything that real ones have: dashes, parentheses, ampersands, apostrophes, accents. */
const COMPANIES = [
  'Northwind Robotics, Inc.',
  'HARBOR & PINE BANCORP',
  'Société Lumière S.A.',
  'Blue Mesa Energy - Series B, LLC',
  "Dooley's Coffee Roasters Corp",
  'Quillon Therapeutics (Holdings) plc',
  'GRUPO AÑIL S.A.B. DE C.V.',
  'Vantor Semiconductor Corp.',
  'Teal River Water Utilities Inc',
  'MÜLLER & SÖHNE MASCHINENBAU AG',
  'Osprey Growth Fund II - Class A (Feeder), L.P.',
  'Kestrel Auto Receivables Trust 2026-1',
  'Larkfield Foods Group',
  'Ninefold Software, Inc.',
  'Granite Coast Reinsurance Ltd',
  'Aurora Borealis Mining Co /DE/',
  'Paloma Hotels & Resorts',
  'Tern Island Shipping Ltd.',
  'Meridian (Pacific) Real Estate Investment Trust',
  'Hollow Oak Acquisition Corp. - Units',
  'Zephyr Aerospace Holdings, Inc.',
  'COPPERFIELD MUNICIPAL INCOME FUND',
] as const;

const FAMILY_NAMES = [
  'Okafor',
  'Lindqvist',
  'García',
  'Whitcombe',
  'Tanaka',
  'Brontë',
  "O'Shea",
  'Nguyen',
  'Vance',
] as const;
const FIRST_NAMES = ['Adaeze', 'Björn', 'Inés', 'Marcus', 'Yuki', 'Zoë', 'Fionnuala', 'Thanh', 'Eleanor'] as const;

export interface NamedEntity {
  readonly name: string;
  readonly cik: string;
}

/** Picks a company. The same name always has the same CIK. */
export function company(random: Random): NamedEntity {
  const index = random.between(0, COMPANIES.length - 1);
  return { name: COMPANIES[index] ?? COMPANIES[0], cik: String(1_400_000 + index * 7919).padStart(10, '0') };
}

/** Picks a person, whose family name comes first, as in the feed. */
export function person(random: Random): NamedEntity {
  const family = random.between(0, FAMILY_NAMES.length - 1);
  const first = random.between(0, FIRST_NAMES.length - 1);
  const name = `${FAMILY_NAMES[family] ?? ''} ${FIRST_NAMES[first] ?? ''} ${random.pick(['A.', 'J.', 'M.'])}`;
  return { name, cik: String(1_800_000 + (family * 16 + first) * 31).padStart(10, '0') };
}
