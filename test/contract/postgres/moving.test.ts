import { describeMoving } from '../moving.ts';
import { postgres } from './postgres.ts';

describeMoving(postgres);
