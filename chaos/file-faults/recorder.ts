import { SeenError, type SeenLogger } from '../../src/store/index.ts';
import { notify } from '../notify.ts';
import type { Granted, Invocation, Notice } from './protocol.ts';
import type { RunClock } from './run-clock.ts';

const LOGGED_CHARACTERS = 600;

/** The result of an operation, as far as the checker looks at it. */
interface Result {
  readonly granted?: readonly Granted[];
  readonly unseen?: readonly string[];
}

export type Outcome<Answer> =
  | { readonly accepted: true; readonly answer: Answer }
  | { readonly accepted: false; readonly code: string };

/**
 * The operations of a client. Each is told to the parent before it begins and when it is answered, so that the parent
 * knows the time within which it took effect, and of one without an answer that it may have taken effect.
 */
export class Recorder {
  readonly #now: RunClock;
  #last = 0;

  constructor(now: RunClock) {
    this.#now = now;
  }

  async run<Answer>(
    invocation: Omit<Invocation, 'operation'>,
    call: () => Promise<Answer>,
    resultOf: (answer: Answer) => Result = () => ({}),
  ): Promise<Outcome<Answer>> {
    const operation = (this.#last += 1);
    notify<Notice>({ event: 'invoked', at: this.#now(), operation, ...invocation });
    try {
      const answer = await call();
      const { granted = [], unseen = [] } = resultOf(answer);
      notify<Notice>({ event: 'accepted', at: this.#now(), operation, granted, unseen });
      return { accepted: true, answer };
    } catch (error) {
      const refusal = describeError(error);
      notify<Notice>({ event: 'refused', at: this.#now(), operation, ...refusal });
      return { accepted: false, code: refusal.code };
    }
  }

  deliver({ id, token }: Granted): void {
    notify<Notice>({ event: 'delivered', at: this.#now(), id, token });
  }
}

/** Every error that is none of the store's own is for the checker to complain about. */
export function describeError(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof SeenError) return { code: error.code, message: error.message };
  return { code: 'UNKNOWN', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

function log(level: string): SeenLogger['info'] {
  return (name, fields = {}) => {
    const text = JSON.stringify(fields, (_key, value: unknown) => (value instanceof Error ? String(value) : value));
    notify<Notice>({ event: 'log', level, name, fields: text.slice(0, LOGGED_CHARACTERS) });
  };
}

/** Tells the parent what the store logs. */
export const logger: SeenLogger = {
  debug: () => undefined,
  info: log('info'),
  warn: log('warn'),
  error: log('error'),
};
