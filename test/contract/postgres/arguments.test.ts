import { describeArguments } from '../arguments.ts';
import { postgres } from './postgres.ts';

describeArguments(postgres);
