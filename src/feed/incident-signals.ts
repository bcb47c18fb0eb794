import type { IncidentSubject } from './incident-subject.ts';

/** Takes note of what fails and what works, as a delivery meets it. Admins are told of what fails for long. */
export interface IncidentSignals {
  /** @param reason For the operator. Secrets in it are taken out. */
  failing(subject: IncidentSubject, reason: string): void;
  working(subject: IncidentSubject): void;
  /**
   * Keeps what was noted, and tells of what has lasted.
   *
   * @param signal Once it has aborted, nothing is told.
   * @throws {FeedUnauthorizedError} when Discord refuses the token of a message.
   */
  settle(signal: AbortSignal): Promise<void>;
}
