import { runMain } from '../../libs/cli/run-main.ts';
import { rastream } from './command.ts';

void runMain(rastream);
