import type { HoldRow, QuestionRow, WithQuestions } from '../rows.ts';
import type { Session } from './session.ts';
import type { Tables } from './tables.ts';

/** The lookups of holds that are not finished, each with its questions as they were at the same moment. */
export class OpenHolds {
  readonly #text: string;

  constructor({ hold, question }: Tables) {
    this.#text = `SELECT id, name, feed, created_at, ids, decision, decided_by, (
        SELECT coalesce(json_agg(json_build_object('channel_id', channel_id, 'asked_at', asked_at,
          'message_id', message_id) ORDER BY asked_at, channel_id), '[]')
        FROM ${question} WHERE hold_id = seen_hold.id) AS questions
      FROM ${hold} WHERE NOT finished`;
  }

  all(session: Session): Promise<WithQuestions[]> {
    return this.#find(session, 'ORDER BY id');
  }

  async ofFeed(session: Session, feed: string): Promise<WithQuestions | undefined> {
    const [hold] = await this.#find(session, 'AND feed = $1', feed);
    return hold;
  }

  /** @param hold A name is text, and an id a number. */
  async find(session: Session, hold: string | number): Promise<WithQuestions | undefined> {
    const [found] = await this.#find(session, typeof hold === 'string' ? 'AND name = $1' : 'AND id = $1', hold);
    return found;
  }

  async #find(session: Session, condition: string, ...values: readonly unknown[]): Promise<WithQuestions[]> {
    const rows = await session.rows<HoldRow & { readonly questions: readonly QuestionRow[] }>(
      `${this.#text} ${condition}`,
      values,
    );
    return rows.map(({ questions, ...row }) => ({ row, questions }));
  }
}
