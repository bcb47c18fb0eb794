import { describeTransfer } from '../transfer.ts';
import { sqlite } from './sqlite.ts';

describeTransfer(sqlite);
