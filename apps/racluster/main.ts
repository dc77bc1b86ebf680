import { runMain } from '../../libs/cli/run-main.ts';
import { racluster } from './command.ts';

void runMain(racluster);
