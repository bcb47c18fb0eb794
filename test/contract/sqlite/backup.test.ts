import { describeBackup } from '../backup.ts';
import { sqlite } from './sqlite.ts';

describeBackup(sqlite);
