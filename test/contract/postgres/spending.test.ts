import { describeSpending } from '../spending.ts';
import { postgres } from './postgres.ts';

describeSpending(postgres);
