import type { Database } from 'better-sqlite3';

import type { HoldRow, QuestionRow, WithQuestions } from '../rows.ts';

/** The lookups of holds that are not finished, each with its questions. */
export interface OpenHolds {
  all(): WithQuestions[];
  ofFeed(feed: string): WithQuestions | undefined;
  /** @param hold A name is text, and an id a number. */
  find(hold: string | number): WithQuestions | undefined;
}

export function prepareOpenHolds(db: Database): OpenHolds {
  const all = db.prepare<[], HoldRow>('SELECT * FROM seen_hold WHERE finished = 0 ORDER BY id');
  const ofFeed = db.prepare<[feed: string], HoldRow>('SELECT * FROM seen_hold WHERE feed = ? AND finished = 0');
  const byId = db.prepare<[id: number], HoldRow>('SELECT * FROM seen_hold WHERE id = ? AND finished = 0');
  const byName = db.prepare<[name: string], HoldRow>('SELECT * FROM seen_hold WHERE name = ? AND finished = 0');
  const questions = db.prepare<[id: number], QuestionRow>(
    'SELECT channel_id, asked_at, message_id FROM seen_hold_question WHERE hold_id = ? ORDER BY asked_at, channel_id',
  );
  const withQuestions = (row: HoldRow): WithQuestions => ({ row, questions: questions.all(row.id) });
  const found = (row: HoldRow | undefined) => (row === undefined ? undefined : withQuestions(row));
  return {
    all: () => all.all().map(withQuestions),
    ofFeed: (feed) => found(ofFeed.get(feed)),
    find: (hold) => found(typeof hold === 'string' ? byName.get(hold) : byId.get(hold)),
  };
}
