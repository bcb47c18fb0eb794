import { describeKeptIncidents } from '../incidents.ts';
import { postgres } from './postgres.ts';

describeKeptIncidents(postgres);
