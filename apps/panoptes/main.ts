import { runMain } from '../../libs/cli/run-main.ts';
import { panoptes } from './command.ts';

void runMain(panoptes);
