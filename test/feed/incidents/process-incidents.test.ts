import { ProcessIncidents } from '../../../src/feed/incidents/process-incidents.ts';
import { describeIncidents } from '../../contract/incidents.ts';
import { settableClock } from '../../support/settable-clock.ts';

function open() {
  const clock = settableClock();
  return { one: { incidents: new ProcessIncidents(clock) }, clock };
}

describeIncidents({
  name: 'in the memory of a process',
  one: async () => open(),
  pair: async () => {
    const owner = open();
    return { ...owner, other: owner.one };
  },
});
