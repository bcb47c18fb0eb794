import type { Filing } from './filing.ts';

/** Returns the key under which a filing is stored as seen: its accession number. */
export function filingKey(filing: Filing): string {
  return filing.accession;
}

/**
 * Returns the keys under which the earlier bot may have stored a filing: the Atom id, and the link of any of its rows.
 *
 * A filing counts as seen under any of them, so that moving over from that bot posts nothing twice. A link that does
 * not name the filing is left out: filings that share it would hide each other.
 */
export function filingAliases(filing: Filing): string[] {
  return [...new Set([filing.atomId, ...filing.links])].filter((alias) => alias.includes(filing.accession));
}
