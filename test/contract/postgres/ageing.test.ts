import { describeAgeing } from '../ageing.ts';
import { postgres } from './postgres.ts';

describeAgeing(postgres);
