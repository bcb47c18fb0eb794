import type { Random } from '../random.ts';
import { company, person, type NamedEntity } from './names.ts';

export interface GeneratedParty extends NamedEntity {
  readonly role: string;
}

export interface GeneratedFiling {
  readonly accession: string;
  readonly form: string;
  /** The parties, each of which has a row. */
  readonly parties: readonly GeneratedParty[];
  /** In milliseconds since the epoch, at a whole second. */
  readonly acceptedAt: number;
  readonly filedOn: string;
  readonly size: string;
  readonly items: readonly string[];
  /** True when one of its rows is listed twice, word for word. */
  readonly repeatsRow: boolean;
}

const ITEMS_8K = [
  'Item 1.01: Entry into a Material Definitive Agreement',
  'Item 2.02: Results of Operations and Financial Condition',
  "Item 4.01: Changes in Registrant's Certifying Accountant",
  'Item 5.02: Departure of Directors or Certain Officers; Election of Directors; Appointment of Certain Officers: Compensatory Arrangements of Certain Officers',
  'Item 7.01: Regulation FD Disclosure',
  'Item 8.01: Other Events',
] as const;

const ITEMS_D = ['Item 3C: Investment Company Act Section 3(c)', 'Item 3C.7: Section 3(c)(7)'] as const;

/** Numbers of reporting owners of a form 4, with their weights. */
const OWNERS = [
  [1, 8],
  [2, 2],
  [4, 1],
] as const;

function as(role: string, { name, cik }: NamedEntity): GeneratedParty {
  return { name, cik, role };
}

/** The parties and the items of a form. */
interface FormShape {
  readonly parties: (random: Random) => GeneratedParty[];
  readonly items?: (random: Random) => string[];
}

const filer: FormShape = { parties: (random) => [as('Filer', company(random))] };

const current: FormShape = {
  parties: (random) => (random.chance(0.1) ? securitization(random) : filer.parties(random)),
  items: (random) => [
    ...random.sample(ITEMS_8K, random.between(1, 3)).toSorted(),
    ...(random.chance(0.6) ? ['Item 9.01: Financial Statements and Exhibits'] : []),
  ],
};

const offering: FormShape = { parties: filer.parties, items: () => [...ITEMS_D] };

/** An issuer and its reporting owners: always two rows or more, in no fixed order. */
const ownership: FormShape = {
  parties: (random) => {
    const owners = Array.from({ length: random.weighted(OWNERS) }, () => as('Reporting', person(random)));
    return random.sample([as('Issuer', company(random)), ...owners], owners.length + 1);
  },
};

const stake: FormShape = {
  parties: (random) => [as('Subject', company(random)), as('Filed by', person(random))],
};

const sale: FormShape = {
  parties: (random) => [as('Subject', company(random)), as('Reporting', person(random))],
};

const FORMS: readonly (readonly [string, FormShape, number])[] = [
  ['4', ownership, 40],
  ['8-K', current, 20],
  ['424B2', filer, 10],
  ['144', sale, 8],
  ['10-Q', filer, 6],
  ['D', offering, 6],
  ['SCHEDULE 13D/A', stake, 4],
  ['3', ownership, 4],
  ['8-K/A', current, 3],
  ['SCHEDULE 13G', stake, 3],
  ['4/A', ownership, 2],
  ['497K', filer, 2],
  ['10-K', filer, 2],
];

export interface FilingPlace {
  /** A number of its own, from which the accession number is made. */
  readonly number: number;
  readonly acceptedAt: number;
}

export function generateFiling(random: Random, { number, acceptedAt }: FilingPlace): GeneratedFiling {
  const [form, shape] = random.weighted(FORMS.map((entry) => [entry, entry[2]] as const));
  const agent = random.pick(['0000950170', '0001104659', '0001193125']);
  const year = String(new Date(acceptedAt).getUTCFullYear() % 100).padStart(2, '0');
  return {
    accession: `${agent}-${year}-${String(number).padStart(6, '0')}`,
    form,
    parties: distinct(shape.parties(random)),
    acceptedAt,
    filedOn: new Date(acceptedAt - (random.chance(0.1) ? 86_400_000 : 0)).toISOString().slice(0, 10),
    size: random.weighted([
      [`${random.between(4, 900)} KB`, 20],
      [`${random.between(1, 40)} MB`, 3],
      [String(random.between(200, 1023)), 1],
    ]),
    items: shape.items?.(random) ?? [],
    repeatsRow: random.chance(0.02),
  };
}

function securitization(random: Random): GeneratedParty[] {
  return ['Issuing Entity', 'Depositor', 'Filer'].map((role) => as(role, company(random)));
}

function distinct(parties: readonly GeneratedParty[]): GeneratedParty[] {
  return [...new Map(parties.map((party) => [`${party.cik} ${party.role}`, party])).values()];
}
