import { describeArguments } from '../arguments.ts';
import { sqlite } from './sqlite.ts';

describeArguments(sqlite);
