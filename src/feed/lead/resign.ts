import type { SeenLogger } from '../../store/logger.ts';
import { ResignedError } from './ends.ts';
import { isOf, tenuresOf, type Tenure } from './tenure.ts';

/**
 * Ends a tenure and gives its term up, unless it was lost, or another loop of this process goes on with it. Where the
 * store fails, the term runs out.
 */
export async function resign(tenure: Tenure, logger: SeenLogger): Promise<void> {
  const { election, term } = tenure;
  await catchUp(tenure, logger);
  if (tenure.over.aborted) return;
  tenure.end(new ResignedError(election));
  if (term === undefined || tenuresOf(election.store).some((other) => isOf(other, election))) return;
  const fields = { feed: election.feed, election: election.name, term: term.number };
  try {
    await election.store.leadership.resign(term);
    logger.info('feed_lead_resigned', fields);
  } catch (error) {
    logger.warn('feed_lead_resignation_failed', { ...fields, error });
  }
}

/** Also one whose term was lost tells the store what it has posted: the next leader may not have listed that yet. */
async function catchUp(tenure: Tenure, logger: SeenLogger): Promise<void> {
  const { feed, name: election } = tenure.election;
  try {
    await tenure.catchUp();
  } catch (error) {
    logger.warn('feed_lead_catch_up_failed', { feed, election, error });
  }
}
