import { SeenError } from '../../store/errors.ts';
import type { Election } from './tenure.ts';

// The reasons of tenures that end, besides a `SeenTermLostError`. They are errors of the store's kind, so that what
// ends with a tenure is given no grace.

/** Nobody else is known to lead, but the term could not be renewed in time. */
export class TrustEndedError extends SeenError {
  readonly code = 'SEEN_TRUST_ENDED';

  constructor({ name }: Election) {
    super(`The store did not confirm in time that this process leads "${name}", so another one may lead by now.`);
  }
}

/** Another process leads, as it turned out once the store could be asked. */
export class LedElsewhereError extends SeenError {
  readonly code = 'SEEN_LED_ELSEWHERE';

  constructor({ name }: Election) {
    super(`Another process leads "${name}".`);
  }
}

/** This process gave the term up. */
export class ResignedError extends SeenError {
  readonly code = 'SEEN_RESIGNED';

  constructor({ name }: Election) {
    super(`This process leads "${name}" no longer: it has resigned.`);
  }
}
