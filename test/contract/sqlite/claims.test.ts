import { describeGranting } from '../claims/granting.ts';
import { describePlaces } from '../claims/places.ts';
import { describeWaiting } from '../claims/waiting.ts';
import { describeKnownFaults } from '../claims/known-faults.ts';
import { sqlite } from './sqlite.ts';

describeGranting(sqlite);
describeWaiting(sqlite);
describePlaces(sqlite);
describeKnownFaults(sqlite);
