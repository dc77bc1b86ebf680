import { runMain } from '../../libs/cli/run-main.ts';
import { argus } from './command.ts';

void runMain(argus);
