import { describeSpending } from '../spending.ts';
import { sqlite } from './sqlite.ts';

describeSpending(sqlite);
