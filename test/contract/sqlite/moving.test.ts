import { describeMoving } from '../moving.ts';
import { sqlite } from './sqlite.ts';

describeMoving(sqlite);
