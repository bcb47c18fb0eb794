import { describeUncertainty } from '../claims/uncertainty.ts';
import { sqlite } from './sqlite.ts';

describeUncertainty(sqlite);
