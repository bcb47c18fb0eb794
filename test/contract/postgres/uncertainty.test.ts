import { describeUncertainty } from '../claims/uncertainty.ts';
import { postgres } from './postgres.ts';

describeUncertainty(postgres);
