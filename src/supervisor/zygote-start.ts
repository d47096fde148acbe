import { join } from 'node:path';
import type { PreloadMode, ServerModel } from '../config/model.ts';
import type { StartZygote } from '../protocol/control/zygote.ts';
import type { Site } from './prepare.ts';

/** What a zygote is told before anything else. */
export function startMessage({ app, model, chdir, runDirectory, secret }: Site, preload: PreloadMode): StartZygote {
  return {
    kind: 'start',
    app,
    chdir,
    pythonPath: [],
    preload,
    interface: model.interface,
    lifespan: model.lifespan,
    loop: model.loop,
    rootPath: model.rootPath,
    workerConnections: laneCapacity(model),
    threads: model.threads,
    maxRequests: model.maxRequests,
    maxRequestsJitter: model.maxRequestsJitter,
    lanes: Array.from({ length: model.edgeThreads }, (_, thread) => join(runDirectory.path, `lane.${thread}.sock`)),
    board: runDirectory.boardPath,
    secret,
    runDir: runDirectory.path,
    development: model.reloadOnChange,
    multiprocess: model.workers > 1,
  };
}

/** A worker has a lane to each edge thread; together they have what it may run, or one each. */
function laneCapacity({ workerConnections, edgeThreads }: ServerModel): number {
  return workerConnections === 0 ? 0 : Math.max(1, Math.floor(workerConnections / edgeThreads));
}
