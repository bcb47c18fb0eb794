import { describeHolds } from '../holds.ts';
import { postgres } from './postgres.ts';

describeHolds(postgres);
