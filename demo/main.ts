import { Listr, type ListrTaskWrapper, type DefaultRenderer, type SimpleRenderer } from 'listr2';

import { runProgram } from '../scripts/program.ts';
import { parseOptions, usage, type DemoOptions } from './options.ts';
import { isPerfect, type CycleReport } from './report.ts';
import { runDemo, type DemoProgress, type DemoResult } from './run.ts';
import { describeCycle, describeResult, toJsonLine } from './show.ts';
import { untilStopped } from './stop.ts';

type Task = ListrTaskWrapper<object, typeof DefaultRenderer, typeof SimpleRenderer>;

async function demonstrate(options: DemoOptions): Promise<number> {
  const result = await showProgress(options);
  console.log(describeResult(result));
  if (options.json) console.log(toJsonLine(result));
  return isPerfect(result) ? 0 : 1;
}

/** One line a cycle, which counts up while the bot posts. */
async function showProgress(options: DemoOptions): Promise<DemoResult> {
  const progress = new CycleTasks(options.cycles);
  const running = runDemo(options, progress, { signal: untilStopped() });
  const tasks = Array.from({ length: options.cycles }, (_, index) => ({
    title: `Cycle ${index + 1}`,
    task: (_context: object, task: Task) => Promise.race([progress.show(index + 1, task), running]),
  }));
  // Its own listeners for signals would end the process under the bot.
  const quiet = { concurrent: false, registerSignalListeners: false, fallbackRenderer: 'simple' } as const;
  // Awaited whatever becomes of the demo: only then the terminal has its cursor back.
  const [result] = await Promise.allSettled([running, new Listr(tasks, quiet).run()]);
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}

class CycleTasks implements DemoProgress {
  readonly #cycles: readonly PromiseWithResolvers<CycleReport>[];
  #task: Task | undefined;
  #toEnrich = 0;
  #before = 0;
  #posted = 0;

  constructor(count: number) {
    this.#cycles = Array.from({ length: count }, () => Promise.withResolvers<CycleReport>());
  }

  async show(cycle: number, task: Task): Promise<void> {
    this.#task = task;
    task.output = 'crawling EDGAR';
    const report = await this.#cycles[cycle - 1]?.promise;
    if (report !== undefined) task.title = `Cycle ${cycle}: ${describeCycle(report)}`;
  }

  onDelivering(_cycle: number, toEnrich: number): void {
    this.#toEnrich = toEnrich;
    this.#before = this.#posted;
  }

  onPosted(posted: number): void {
    this.#posted = posted;
    if (this.#task === undefined || this.#toEnrich === 0) return;
    const output = `posted ${posted - this.#before} of ${this.#toEnrich}`;
    // Without a terminal, every assignment is a line.
    if (output !== this.#task.output) this.#task.output = output;
  }

  onCycle(cycle: number, report: CycleReport): void {
    this.#toEnrich = 0;
    this.#cycles[cycle - 1]?.resolve(report);
  }
}

process.exitCode = await runProgram({ usage, parse: parseOptions, run: demonstrate }, process.argv.slice(2));
