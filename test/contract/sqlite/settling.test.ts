import { describeSettling } from '../claims/settling.ts';
import { sqlite } from './sqlite.ts';

describeSettling(sqlite);
