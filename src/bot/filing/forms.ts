/** A group of forms that share a colour. */
export type FormFamily =
  | 'event'
  | 'report'
  | 'ownership'
  | 'stake'
  | 'offering'
  | 'proxy'
  | 'deal'
  | 'fund'
  | 'notice'
  | 'other';

/** A form in words, and its family. */
export interface FormWords {
  readonly words: string;
  readonly family: FormFamily;
}

type Row = readonly [form: string, family: FormFamily, words: string];

/** Exact forms, without `/A`. */
const EXACT: readonly Row[] = [
  ['8-K', 'event', 'current report'],
  ['8-K12B', 'event', 'current report of a successor issuer'],
  ['8-K12G3', 'event', 'current report of a successor issuer'],
  ['8-K15D5', 'event', 'current report of a successor issuer'],
  ['6-K', 'event', 'report of a foreign issuer'],
  ['1-U', 'event', 'current report under Regulation A'],
  ['10-K', 'report', 'annual report'],
  ['10-KT', 'report', 'annual report for a transition period'],
  ['10-Q', 'report', 'quarterly report'],
  ['10-QT', 'report', 'quarterly report for a transition period'],
  ['10-D', 'report', 'distribution report of an asset-backed issuer'],
  ['20-F', 'report', 'annual report of a foreign issuer'],
  ['40-F', 'report', 'annual report of a Canadian issuer'],
  ['11-K', 'report', 'annual report of an employee stock plan'],
  ['18-K', 'report', 'annual report of a foreign government'],
  ['1-K', 'report', 'annual report under Regulation A'],
  ['1-SA', 'report', 'semiannual report under Regulation A'],
  ['ARS', 'report', 'annual report to shareholders'],
  ['SD', 'report', 'conflict minerals report'],
  ['ABS-EE', 'report', 'data on asset-backed securities'],
  ['ABS-15G', 'report', 'report of an asset-backed securitizer'],
  ['NT 10-K', 'report', 'notice of a late annual report'],
  ['NT 10-Q', 'report', 'notice of a late quarterly report'],
  ['NT 20-F', 'report', 'notice of a late annual report'],
  ['3', 'ownership', 'first statement of insider ownership'],
  ['4', 'ownership', 'change in insider ownership'],
  ['5', 'ownership', 'annual statement of insider ownership'],
  ['144', 'ownership', 'notice of a proposed sale by an insider'],
  ['13F-HR', 'stake', 'quarterly holdings of an investment manager'],
  ['13F-NT', 'stake', 'notice that another manager reports the holdings'],
  ['S-1', 'offering', 'registration of securities'],
  ['S-3', 'offering', 'shelf registration of securities'],
  ['S-3ASR', 'offering', 'automatic shelf registration of securities'],
  ['S-4', 'offering', 'registration of securities for a merger or exchange'],
  ['S-8', 'offering', 'registration of securities for employees'],
  ['S-11', 'offering', 'registration of real estate securities'],
  ['F-1', 'offering', 'registration of securities of a foreign issuer'],
  ['F-3', 'offering', 'shelf registration of a foreign issuer'],
  ['F-4', 'offering', 'registration of a foreign issuer for a merger or exchange'],
  ['F-6', 'offering', 'registration of depositary shares'],
  ['D', 'offering', 'offering exempt from registration'],
  ['C', 'offering', 'crowdfunding offering'],
  ['C-U', 'offering', 'progress of a crowdfunding offering'],
  ['C-AR', 'offering', 'annual report on a crowdfunding offering'],
  ['1-A', 'offering', 'offering under Regulation A'],
  ['1-A POS', 'offering', 'amended offering under Regulation A'],
  ['1-A-W', 'offering', 'withdrawal of an offering under Regulation A'],
  ['FWP', 'offering', 'free writing prospectus'],
  ['RW', 'offering', 'withdrawal of a registration'],
  ['AW', 'offering', 'withdrawal of an amendment'],
  ['EFFECT', 'notice', 'notice that a registration is effective'],
  ['QUALIF', 'notice', 'notice that an offering is qualified'],
  ['CERT', 'notice', 'certification of an exchange listing'],
  ['25', 'notice', 'removal from an exchange listing'],
  ['25-NSE', 'notice', 'removal from an exchange listing'],
  ['15-12B', 'notice', 'end of registration'],
  ['15-12G', 'notice', 'end of registration'],
  ['15-15D', 'notice', 'end of the duty to report'],
  ['8-A12B', 'notice', 'registration of a class of securities on an exchange'],
  ['8-A12G', 'notice', 'registration of a class of securities'],
  ['10-12B', 'notice', 'registration of a class of securities on an exchange'],
  ['10-12G', 'notice', 'registration of a class of securities'],
  ['1', 'notice', 'registration of an exchange'],
  ['40FR12B', 'notice', 'registration of securities of a Canadian issuer'],
  ['TA-1', 'notice', 'registration of a transfer agent'],
  ['X-17A-5', 'report', 'annual report of a broker-dealer'],
  ['SUPPL', 'notice', 'supplemental material'],
  ['CORRESP', 'notice', 'letter to the SEC'],
  ['UPLOAD', 'notice', 'letter from the SEC'],
  ['DEF 14A', 'proxy', 'proxy statement'],
  ['PRE 14A', 'proxy', 'preliminary proxy statement'],
  ['DEFA14A', 'proxy', 'additional proxy material'],
  ['DEFM14A', 'proxy', 'proxy statement on a merger'],
  ['PREM14A', 'proxy', 'preliminary proxy statement on a merger'],
  ['DEFC14A', 'proxy', 'proxy statement in a contest'],
  ['PREC14A', 'proxy', 'preliminary proxy statement in a contest'],
  ['DFAN14A', 'proxy', 'proxy material from someone other than the company'],
  ['DEFR14A', 'proxy', 'revised proxy statement'],
  ['PRER14A', 'proxy', 'revised preliminary proxy statement'],
  ['DEF 14C', 'proxy', 'information statement'],
  ['PRE 14C', 'proxy', 'preliminary information statement'],
  ['N-CEN', 'fund', 'annual report of a fund'],
  ['N-CSR', 'fund', 'shareholder report of a fund'],
  ['N-CSRS', 'fund', 'semiannual shareholder report of a fund'],
  ['N-PX', 'fund', 'proxy votes of a fund'],
  ['N-2', 'fund', 'registration of a closed-end fund'],
  ['N-14', 'fund', 'registration of a fund merger'],
  ['24F-2NT', 'fund', 'shares that a fund sold'],
];

/** Beginnings of forms, for families of forms. None is the beginning of another. */
const BEGINNINGS: readonly Row[] = [
  ['SCHEDULE 13D', 'stake', 'stake of more than 5 %, with intent'],
  ['SC 13D', 'stake', 'stake of more than 5 %, with intent'],
  ['SCHEDULE 13G', 'stake', 'passive stake of more than 5 %'],
  ['SC 13G', 'stake', 'passive stake of more than 5 %'],
  ['SCHEDULE 13F', 'stake', 'holdings of an investment manager'],
  ['SC TO-I', 'deal', "tender offer for the company's own shares"],
  ['SC TO-T', 'deal', 'tender offer by a third party'],
  ['SC TO-C', 'deal', 'announcement of a tender offer'],
  ['SC 14D9', 'deal', 'answer to a tender offer'],
  ['SC14D9C', 'deal', 'communication about a tender offer'],
  ['CB', 'deal', 'offer or rights issue of a foreign company'],
  ['SC 13E', 'deal', 'going-private transaction'],
  ['425', 'deal', 'communication about a merger'],
  ['424', 'offering', 'prospectus'],
  ['253G', 'offering', 'offering circular under Regulation A'],
  ['POS', 'offering', 'amendment of an effective registration'],
  ['S-', 'offering', 'registration of securities'],
  ['F-', 'offering', 'registration of securities of a foreign issuer'],
  ['497', 'fund', 'prospectus of a fund'],
  ['485', 'fund', 'amended registration of a fund'],
  ['486', 'fund', 'amended registration of a fund'],
  ['487', 'fund', 'registration of a unit trust'],
  ['40-17', 'fund', 'insurance or custody filing of a fund'],
  ['40-APP', 'fund', 'application for an exemptive order'],
  ['N-', 'fund', 'filing of a fund'],
  ['NPORT', 'fund', 'monthly portfolio of a fund'],
  ['NT', 'report', 'notice of a late report'],
  ['MA-', 'other', 'registration of a municipal adviser'],
  ['APP ', 'notice', 'notice about an application'],
];

const exact = new Map(EXACT.map(([form, family, words]) => [form, { words, family }]));

/** Names a form: `8-K/A`, but `Form 4`, as a bare number or letter needs the word. */
export function nameOfForm(form: string): string {
  return /^(\d{1,3}|[A-Z])(\/A)?$/.test(form) ? `Form ${form}` : form;
}

/** Describes a form, and tells whether it amends an earlier filing. An unlisted form is just a filing. */
export function describeForm(form: string): FormWords & { readonly amended: boolean } {
  const base = form.replace(/\/A$/, '');
  const known = exact.get(base) ?? exact.get(base.replace(/ POS$/, '')) ?? fromBeginning(base);
  return { ...(known ?? { words: 'filing', family: 'other' }), amended: base !== form };
}

function fromBeginning(form: string): FormWords | undefined {
  const row = BEGINNINGS.find(([beginning]) => form.startsWith(beginning));
  return row === undefined ? undefined : { family: row[1], words: row[2] };
}
