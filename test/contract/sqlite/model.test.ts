import { describeModel } from '../model/model.ts';
import { sqlite } from './sqlite.ts';

describeModel(sqlite);
