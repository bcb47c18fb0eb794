/** One company or person that a filing names, and its part in it. */
export interface Party {
  /** As EDGAR spells it; '' where the feed does not say. Untrusted text: escape it before showing it. */
  readonly name: string;
  /** Central Index Key, ten digits; '' where the feed does not say. */
  readonly cik: string;
  /** Filer, Reporting, Issuer, Subject, Filed by, Depositor, Securitizer, Issuing Entity …; '' where none is given. */
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
  /** '' where the feed does not say. */
  readonly form: string;
  readonly party: Party;
  readonly filedOn: string | null;
  /** Null where the feed gives no time, or one without a time zone. */
  readonly acceptedAt: Date | null;
  readonly size: string | null;
  readonly items: readonly FilingItem[];
  /** '' where the feed gives no address, nor the CIK that one could be made of. */
  readonly link: string;
  readonly atomId: string;
  /** The parts that the feed does not give, in words: `form`, `name`, `CIK`, `role`, `time`, `link`. */
  readonly gaps: readonly string[];
}

/** A row without an accession number. It is reported and left out; no key is ever made up for it. */
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
  /** Every form that its rows name, in the order of the feed. */
  readonly forms: readonly string[];
  /** In the order of the feed, each (CIK, role) once. */
  readonly parties: readonly Party[];
  /** `YYYY-MM-DD`. Not a measure of recency: up to three months before `acceptedAt`. */
  readonly filedOn: string | null;
  /**
   * Time at which EDGAR accepted it, or null where the feed gives none. A late release appears in the feed long after
   * this time.
   */
  readonly acceptedAt: Date | null;
  /** As the feed writes it: `146 KB`, `2 MB`, or a bare number of bytes. */
  readonly size: string | null;
  readonly items: readonly FilingItem[];
  /** The index page, under the first party's CIK. */
  readonly link: string;
  /** The index page under every party's CIK. */
  readonly links: readonly string[];
  readonly atomId: string;
  /** True if rows of it may be missing. */
  readonly partial: boolean;
}
