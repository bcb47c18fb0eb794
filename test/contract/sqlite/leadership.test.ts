import { describeLeadership } from '../leadership.ts';
import { sqlite } from './sqlite.ts';

describeLeadership(sqlite);
