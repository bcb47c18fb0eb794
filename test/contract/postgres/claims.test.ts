import { describeGranting } from '../claims/granting.ts';
import { describePlaces } from '../claims/places.ts';
import { describeWaiting } from '../claims/waiting.ts';
import { describeKnownFaults } from '../claims/known-faults.ts';
import { postgres } from './postgres.ts';

describeGranting(postgres);
describeWaiting(postgres);
describePlaces(postgres);
describeKnownFaults(postgres);
