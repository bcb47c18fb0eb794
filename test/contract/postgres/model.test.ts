import { describeModel } from '../model/model.ts';
import { postgres } from './postgres.ts';

describeModel(postgres, 5);
