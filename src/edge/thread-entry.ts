/** Where an edge thread beyond the first begins. */

import { parentPort, workerData } from 'node:worker_threads';
import type { ConfigureEdge } from '../protocol/control/edge.ts';
import type { SharedState } from './shared/shared-state.ts';
import { loadPlanning } from './sites/sites.ts';
import type { ToThread } from './thread.ts';
import { EdgeThread } from './thread.ts';

const { index, config, shared } = workerData as { index: number; config: ConfigureEdge; shared: SharedState };
const planning = await loadPlanning(config.model);
const thread = new EdgeThread({
  ...{ index, config, shared, planning },
  send: (message) => parentPort?.postMessage(message),
});
process.on('uncaughtException', (error) => thread.onUncaught(error));
parentPort?.on('message', (message: ToThread) => thread.receive(message));
thread.start();
