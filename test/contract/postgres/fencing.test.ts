import { describeClockSteps } from '../claims/clock-steps.ts';
import { describeFencing } from '../claims/fencing.ts';
import { postgres } from './postgres.ts';

describeFencing(postgres);
describeClockSteps(postgres);
