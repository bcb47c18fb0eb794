import { describeLeadership } from '../leadership.ts';
import { postgres } from './postgres.ts';

describeLeadership(postgres);
