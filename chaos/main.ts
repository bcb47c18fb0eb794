import { Listr, type DefaultRenderer, type ListrTaskWrapper, type SimpleRenderer } from 'listr2';

import { runProgram } from '../scripts/program.ts';
import { isPerfect, type ChaosReport } from './judge.ts';
import { parseOptions, usage, type ChaosOptions } from './options.ts';
import { RunLog } from './run-log.ts';
import { runChaos, type ChaosListener, type Progress } from './run.ts';
import { describeProgress, describeReport, toJsonLine } from './show.ts';

type Task = ListrTaskWrapper<object, typeof DefaultRenderer, typeof SimpleRenderer>;

async function cause(options: ChaosOptions): Promise<number> {
  console.log(`Seed ${options.seed}`);
  const report = await showProgress(options);
  console.log(describeReport(report));
  if (options.json) console.log(toJsonLine(report));
  return isPerfect(report) ? 0 : 1;
}

async function showProgress(options: ChaosOptions): Promise<ChaosReport> {
  using log = new RunLog(options.log);
  const tasks = new ChaosTasks(options);
  const running = runChaos(options, log, tasks);
  const shown = new Listr(
    [
      { title: 'Killing', task: (_context: object, task: Task) => Promise.race([tasks.showKilling(task), running]) },
      {
        title: 'Letting the survivors finish',
        task: (_context: object, task: Task) => tasks.showSettling(task, running),
      },
    ],
    { concurrent: false, exitOnError: false, fallbackRenderer: 'simple' },
  ).run();
  const [report] = await Promise.all([running, shown]);
  return report;
}

class ChaosTasks implements ChaosListener {
  readonly #kills: number;
  readonly #settling = Promise.withResolvers<void>();
  #task: Task | undefined;
  #latest = '';
  #shownTenth = 0;

  constructor({ kills }: ChaosOptions) {
    this.#kills = kills;
  }

  async showKilling(task: Task): Promise<void> {
    this.#task = task;
    await this.#settling.promise;
    task.title = `Killed: ${this.#latest}`;
  }

  async showSettling(task: Task, running: Promise<unknown>): Promise<void> {
    this.#task = task;
    await running;
  }

  onProgress(progress: Progress): void {
    this.#latest = describeProgress(progress, this.#kills);
    const tenth = Math.floor((10 * progress.kills) / this.#kills);
    // A terminal shows one line that changes, anything else keeps every line.
    if (this.#task === undefined || (!process.stdout.isTTY && tenth === this.#shownTenth)) return;
    this.#shownTenth = tenth;
    this.#task.output = this.#latest;
  }

  onSettling(): void {
    this.#settling.resolve();
  }
}

process.exitCode = await runProgram({ usage, parse: parseOptions, run: cause }, process.argv.slice(2));
