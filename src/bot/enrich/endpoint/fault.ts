import type { RefusedFeature } from './features.ts';
import type { Refusal } from './refusal.ts';
import * as words from './words.ts';

/** The troubles of an endpoint that answers. */
export type Trouble =
  | 'credit'
  | 'quota'
  | 'key'
  | 'account'
  | 'verification'
  | 'model'
  | 'address'
  | 'region'
  | 'proxy'
  | 'firewall'
  | 'memory'
  | 'rate'
  | 'busy'
  | 'refused';

/** Why an endpoint refuses one filing, and not others. */
export type FilingProblem = 'too long' | 'moderation';

/**
 * The subject of a refusal: a feature that the endpoint does not offer, one filing alone, or the endpoint itself, and
 * so every filing.
 */
export type Fault =
  | { readonly about: 'feature'; readonly feature: RefusedFeature }
  | { readonly about: 'filing'; readonly problem: FilingProblem }
  | { readonly about: 'endpoint'; readonly trouble: Trouble };

interface Rule {
  readonly fault: Fault;
  readonly statuses: readonly number[];
  /** Words that give it away. Default: the status does. */
  readonly words?: RegExp;
  /** True for a web page, false for anything else. Default: that does not count. */
  readonly isPage?: boolean;
}

const feature = (refused: RefusedFeature): Fault => ({ about: 'feature', feature: refused });
const filing = (problem: FilingProblem): Fault => ({ about: 'filing', problem });
const endpoint = (trouble: Trouble): Fault => ({ about: 'endpoint', trouble });

/** Statuses with which servers refuse a request for what is in it; some answer 500 to what they do not understand. */
const REQUEST = [400, 404, 405, 406, 415, 422, 500, 501] as const;

/** For what is told apart by its status elsewhere, and must be told by its words where an error names no status. */
const NO_STATUS = [] as const;

/**
 * In order: the first that fits counts. What a later one would misread stands before it. For an error that names no
 * status, those with words count.
 */
const RULES: readonly Rule[] = [
  { fault: endpoint('proxy'), statuses: [407] },
  { fault: endpoint('firewall'), statuses: [400, 403, 406], isPage: true },
  { fault: endpoint('firewall'), statuses: [403], words: words.firewall },
  { fault: feature('limit'), statuses: [400, 402, 422], words: words.wantsLimit },
  { fault: endpoint('credit'), statuses: [402] },
  { fault: filing('too long'), statuses: [429], words: words.tooLargeForRate },
  { fault: endpoint('quota'), statuses: [400, 403, 429], words: words.perDay },
  { fault: endpoint('rate'), statuses: [429], words: words.perMinute },
  { fault: endpoint('credit'), statuses: [400, 401, 403, 429], words: words.budget },
  { fault: endpoint('credit'), statuses: [400, 403, 429], words: words.noCredit },
  { fault: endpoint('region'), statuses: [451] },
  { fault: endpoint('region'), statuses: [400, 403, 404, 422], words: words.wrongRegion },
  { fault: endpoint('key'), statuses: [401] },
  { fault: endpoint('verification'), statuses: [400, 403, 404], words: words.unverified },
  { fault: filing('moderation'), statuses: [400, 403, 422, 500], words: words.flaggedInput },
  { fault: endpoint('account'), statuses: [400, 403], words: words.closedAccount },
  { fault: endpoint('memory'), statuses: [400, 404, 500], words: words.notLoaded },
  { fault: filing('too long'), statuses: [413] },
  { fault: filing('too long'), statuses: [400, 422, 500], words: words.tooLong },
  { fault: filing('moderation'), statuses: [400, 403, 422, 500], words: words.moderation },
  { fault: feature('format'), statuses: REQUEST, words: words.format },
  { fault: feature('systemRole'), statuses: REQUEST, words: words.systemRole },
  { fault: endpoint('key'), statuses: NO_STATUS, words: words.invalidKey },
  { fault: endpoint('rate'), statuses: NO_STATUS, words: words.rateLimit },
  { fault: endpoint('busy'), statuses: NO_STATUS, words: words.passing },
  { fault: endpoint('model'), statuses: [400, 403, 404, 410, 422], words: words.unknownModel },
  { fault: endpoint('key'), statuses: [400, 403], words: words.wrongKey },
  { fault: endpoint('key'), statuses: [403] },
  { fault: endpoint('address'), statuses: [404, 405, 410] },
  { fault: endpoint('rate'), statuses: [429] },
  { fault: endpoint('busy'), statuses: [408, 409, 425] },
  { fault: feature('unnamed'), statuses: [501] },
];

/** Tells what a refusal is about. */
export function faultOf(refusal: Refusal): Fault {
  const rule = RULES.find((known) => fits(known, refusal));
  if (rule !== undefined) return rule.fault;
  if (!isAboutRequest(refusal)) return endpoint('busy');
  return words.namesParameter.test(refusal.words) ? endpoint('refused') : feature('unnamed');
}

/** Tells whether a refusal that no rule fits blames the request, rather than the server. */
function isAboutRequest({ status, words: said }: Refusal): boolean {
  return status === undefined ? words.invalidRequest.test(said) || words.namesParameter.test(said) : status < 500;
}

function fits(rule: Rule, { status, words: said, isPage }: Refusal): boolean {
  if (status === undefined) return rule.words?.test(said) ?? false;
  if (!rule.statuses.includes(status)) return false;
  return (rule.isPage === undefined || rule.isPage === isPage) && (rule.words === undefined || rule.words.test(said));
}
