export type { Fault } from './faults.ts';
export { HOSTILE_NAMES } from './faults.ts';
export type { FeedQuery, FeedSource } from './feed-source.ts';
export { generatedFeed, type GeneratedFeedOptions } from './generated-feed.ts';
export { startLocalEdgar, type EdgarRequest, type LocalEdgar, type LocalEdgarOptions } from './local-edgar.ts';
export { recordedFeed } from './recorded-feed.ts';
