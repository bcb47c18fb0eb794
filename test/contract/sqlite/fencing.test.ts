import { describeClockSteps } from '../claims/clock-steps.ts';
import { describeFencing } from '../claims/fencing.ts';
import { sqlite } from './sqlite.ts';

describeFencing(sqlite);
describeClockSteps(sqlite);
