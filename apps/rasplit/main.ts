import { runMain } from '../../libs/cli/run-main.ts';
import { rasplit } from './command.ts';

void runMain(rasplit);
