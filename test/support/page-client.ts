import { EdgarUnavailableError } from '../../src/edgar/index.ts';
import { accessions, pageOf } from './feed-xml.ts';

export const UNAVAILABLE = new EdgarUnavailableError();

/** A client, without a server, whose feed has `rows` rows, until `answer` has another answer for a page. */
export function pageClient(rows: number) {
  const listed = accessions(0, rows);
  const feed = {
    answer: (_start: number): Uint8Array | Error | undefined => undefined,
    starts: new Array<number>(),
    fetchPage: ({ start }: { start: number }): Promise<Uint8Array> => {
      feed.starts.push(start);
      const answer = feed.answer(start) ?? pageOf(listed.slice(start, start + 100));
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  };
  return feed;
}
