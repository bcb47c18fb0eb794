/** One company or person that a filing names, and its part in it. */
export interface Party {
  /** As EDGAR spells it. Untrusted text: escape it before showing it. */
  readonly name: string;
  /** Central Index Key, ten digits. */
  readonly cik: string;
  /** Filer, Reporting, Issuer, Subject, Filed by, Depositor, Securitizer, Issuing Entity … */
  readonly role: string;
}

/** One `Item` line of a filing: an event that an 8-K reports, or an exemption that a Form D claims. */
export interface FilingItem {
  /** `2.02`, `3C.7` … */
  readonly code: string;
  /** Untrusted text. */
  readonly title: string;
}

/** One row of the feed: one filing as seen from one of its parties. */
export interface FilingRow {
  readonly accession: string;
  readonly form: string;
  readonly party: Party;
  readonly filedOn: string | null;
  readonly acceptedAt: Date;
  readonly size: string | null;
  readonly items: readonly FilingItem[];
  readonly link: string;
  readonly atomId: string;
}

/** A row that cannot be used. It is reported and left out; no key is ever made up for it. */
export interface RefusedRow {
  readonly reason: string;
  /** The row's title, shortened. Untrusted text. */
  readonly title: string;
}

/** One filing with all of its parties. */
export interface Filing {
  /** The accession number, `0001234567-25-000123`. It alone identifies a filing. */
  readonly accession: string;
  /** Exactly as EDGAR names it: `8-K`, `8-K/A`, `SCHEDULE 13D/A`. */
  readonly form: string;
  /** In the order of the feed, each (CIK, role) once. */
  readonly parties: readonly Party[];
  /** `YYYY-MM-DD`. Not a measure of recency: up to three months before `acceptedAt`. */
  readonly filedOn: string | null;
  /** Time at which EDGAR accepted it. A late release appears in the feed long after this time. */
  readonly acceptedAt: Date;
  /** As the feed writes it: `146 KB`, `2 MB`, or a bare number of bytes. */
  readonly size: string | null;
  readonly items: readonly FilingItem[];
  /** The index page, under the first party's CIK. */
  readonly link: string;
  /** The index page under every party's CIK. */
  readonly links: readonly string[];
  readonly atomId: string;
}
