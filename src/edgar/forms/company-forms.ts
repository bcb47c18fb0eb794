import type { FormTable } from './form-table.ts';

/** Reports of single events. */
export const events: FormTable = {
  'current report': '8-K',
  'current report of a successor issuer': '8-K12B, 8-K12G3, 8-K15D5',
  'report of a foreign issuer': '6-K',
  'current report under Regulation A': '1-U',
};

/** Reports for a period. */
export const reports: FormTable = {
  'annual report': '10-K, 10-K405, 10-KSB',
  'annual report for a transition period': '10-KT',
  'quarterly report': '10-Q, 10-QSB',
  'quarterly report for a transition period': '10-QT',
  'distribution report of an asset-backed issuer': '10-D',
  'annual report of a foreign issuer': '20-F',
  'annual report of a Canadian issuer': '40-F',
  'annual report of an employee stock plan': '11-K, 11-KT',
  'annual report of a foreign government': '18-K',
  'annual report under Regulation A': '1-K',
  'semiannual report under Regulation A': '1-SA',
  'annual report to shareholders': 'ARS',
  'conflict minerals report': 'SD',
  'data on asset-backed securities': 'ABS-EE',
  'report of an asset-backed securitizer': 'ABS-15G',
  'annual report of an international development bank': 'ANNLRPT',
  'quarterly report of an international development bank': 'QRTLYRPT',
  'report of an international development bank on obligations that it sells': 'DSTRBRPT',
  'report of the World Bank': 'BW-2, BW-3',
  'financial report under a special duty to report': 'SP 15D2',
  'notice of business in Iran': 'IRANNOTICE',
  'notice of a late annual report': 'NT 10-K, NT 20-F, NT 11-K, NT 15D2, NT 1-K',
  'notice of a late quarterly report': 'NT 10-Q',
  'notice of a late distribution report': 'NT 10-D',
  'notice of a late semiannual report': 'NT 1-SA',
  'notice of a late report': 'NT-NCEN, NT-NCSR, NT N-MFP, NT N-MFP1, NT N-MFP2, NT NPORT-P',
  'further notice of a late report': 'NTN 10K, NTN 10Q, NTN 10D, NTN 20F, NTFNCEN, NTFNCSR',
  'annual report of a broker-dealer': 'X-17A-5',
  'quarterly report of a broker-dealer': 'FOCUSN',
};

/** Forms on the shares that insiders own, buy and sell. */
export const ownership: FormTable = {
  'first statement of insider ownership': '3',
  'change in insider ownership': '4',
  'annual statement of insider ownership': '5',
  'notice of a proposed sale by an insider': '144',
};

/** Forms on the shares of large holders. */
export const stakes: FormTable = {
  'stake of more than 5 %, with intent': 'SCHEDULE 13D, SC 13D',
  'passive stake of more than 5 %': 'SCHEDULE 13G, SC 13G',
  'quarterly holdings of an investment manager': '13F-HR',
  'notice that another manager reports the holdings': '13F-NT',
};

/** Votes of shareholders. */
export const proxies: FormTable = {
  'proxy statement': 'DEF 14A',
  'preliminary proxy statement': 'PRE 14A',
  'additional proxy material': 'DEFA14A',
  'additional preliminary proxy material': 'PREA14A',
  'proxy statement on a merger': 'DEFM14A',
  'preliminary proxy statement on a merger': 'PREM14A',
  'proxy statement in a contest': 'DEFC14A, DEFN14A',
  'preliminary proxy statement in a contest': 'PREC14A, PREN14A',
  'proxy material from someone other than the company': 'DFAN14A, DFRN14A, PRRN14A',
  'proxy statement for a special meeting': 'DEFS14A, PRES14A',
  'revised proxy statement': 'DEFR14A',
  'revised preliminary proxy statement': 'PRER14A',
  'notice of an exempt solicitation of votes': 'PX14A6G, PX14A6N',
  'information statement': 'DEF 14C, DEFS14C',
  'preliminary information statement': 'PRE 14C, PRES14C',
  'additional information material': 'DEFA14C, PREA14C',
  'information statement on a merger': 'DEFM14C, PREM14C',
  'information statement in a contest': 'DEFC14C, PREC14C',
  'revised information statement': 'DEFR14C, PRER14C',
  'notice of a change in the majority of directors': 'SC 14F1',
  'notice of shareholders who nominate directors': 'SC 14N, SC 14N-S',
};

/** Takeovers and offers for a company's shares. */
export const deals: FormTable = {
  "tender offer for the company's own shares": 'SC TO-I, SC 13E4, SC13E4F',
  'tender offer by a third party': 'SC TO-T, SC 14D1, SC14D1F',
  'announcement of a tender offer': 'SC TO-C',
  'answer to a tender offer': 'SC 14D9, SC14D9F',
  'communication about a tender offer': 'SC14D9C',
  'purchase of own shares during a tender offer': 'SC 13E1',
  'going-private transaction': 'SC 13E3, DEF13E3, PRE13E3',
  'offer or rights issue of a foreign company': 'CB',
  'communication about a merger': '425',
};
