import { PageReader } from '../page-reader.ts';
import { Neighbours } from './neighbours.ts';

/** The things that a crawler remembers from one crawl to the next, each of which makes the next one cheaper. */
export class CrawlMemory {
  readonly reader = new PageReader();
  readonly neighbours = new Neighbours();
  /** True once the server has shown that it gives no page which begins inside of another. */
  areOverlapsRefused = false;
  /** False where rows were there a moment ago: an empty feed is then believed only in the second crawl in a row. */
  mayBeEmpty = true;
}
