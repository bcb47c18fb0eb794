import { Listr, type DefaultRenderer, type ListrTaskWrapper, type SimpleRenderer } from 'listr2';

type Line = ListrTaskWrapper<object, typeof DefaultRenderer, typeof SimpleRenderer>;

/** Shows the progress of work that goes through stages: a line for each stage, and below it the latest status. */
export class StageProgress {
  readonly #stages: readonly { readonly title: string; readonly finished: PromiseWithResolvers<string> }[];
  #finished = 0;
  #line: Line | undefined;
  #shownTenth: number | undefined;

  /** @param titles The titles of the stages, in order. */
  constructor(titles: readonly string[]) {
    this.#stages = titles.map((title) => ({ title, finished: Promise.withResolvers<string>() }));
  }

  /**
   * Shows the status of the current stage. Without a terminal, where each status is a line of its own, it shows only the
   * first status of a stage and one for every tenth that is done.
   *
   * @param done The part of the stage that is done, from 0 to 1.
   */
  update(status: string, done: number): void {
    if (this.#line === undefined) return;
    const tenth = Math.floor(done * 10);
    if (!process.stdout.isTTY && tenth === this.#shownTenth) return;
    this.#shownTenth = tenth;
    this.#line.output = status;
  }

  /** Ends the current stage, and gives its line a title that tells the result. */
  finish(title: string): void {
    this.#line = undefined;
    this.#stages[this.#finished]?.finished.resolve(title);
    this.#finished += 1;
  }

  /** Shows the stages until the work is done. Stages that are unfinished by then end with it. */
  async show<Result>(work: Promise<Result>): Promise<Result> {
    const tasks = this.#stages.map(({ title, finished }) => ({
      title,
      task: async (_context: object, line: Line) => {
        this.#begin(line);
        line.title = await Promise.race([finished.promise, work.then(() => title)]);
      },
    }));
    // The signal listeners of listr2 would end the process before the work could clean up.
    const options = { concurrent: false, registerSignalListeners: false, fallbackRenderer: 'simple' } as const;
    // Awaited even if the work fails: listr2 hides the terminal's cursor until it is done.
    const [result] = await Promise.allSettled([work, new Listr(tasks, options).run()]);
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  }

  #begin(line: Line): void {
    this.#line = line;
    this.#shownTenth = undefined;
  }
}
