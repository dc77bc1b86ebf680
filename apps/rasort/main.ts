import { runMain } from '../../libs/cli/run-main.ts';
import { rasort } from './command.ts';

void runMain(rasort);
