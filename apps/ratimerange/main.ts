import { runMain } from '../../libs/cli/run-main.ts';
import { ratimerange } from './command.ts';

void runMain(ratimerange);
