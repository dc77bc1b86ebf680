// Writes a capture of a few flows, of traffic that does not exist. Arguments: the clone, and the path of the capture.
import { join } from 'node:path';

const [root, path] = process.argv.slice(2);
const { writeCapture } = await import(join(root, 'dist/libs/synthetic/capture-file.js'));
const { mixedTraffic } = await import(join(root, 'dist/libs/synthetic/traffic.js'));

await writeCapture(path, mixedTraffic({ packets: 5000, flows: 1000, seconds: 60, seed: 1 }));
