/** Tells its parent what time it is in this thread. */

import { parentPort } from 'node:worker_threads';
import { systemClock } from '../src/kernel/clock.ts';

parentPort?.postMessage(systemClock.monotonicMs());
