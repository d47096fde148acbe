import type { PreloadMode } from '../config/model.ts';
import type { StartZygote } from '../protocol/control/zygote.ts';
import type { Site } from './prepare.ts';

/** What a zygote is told before anything else. */
export function startMessage(site: Site, preload: PreloadMode, pythonFound: string): StartZygote {
  const { app, model, chdir, wires, secret, logMark, certificates } = site;
  return {
    kind: 'start',
    app,
    chdir,
    pythonPath: [],
    pythonFound,
    preload,
    interface: model.interface,
    workerClass: model.workerClass,
    lifespan: model.lifespan,
    loop: model.loop,
    rootPath: model.rootPath,
    serverCertificate: certificates.current?.serverCertificate ?? '',
    workerConnections: model.workerConnections,
    gracefulTimeoutMs: model.gracefulTimeoutMs,
    threads: model.threads,
    maxRequests: model.maxRequests,
    maxRequestsJitter: model.maxRequestsJitter,
    lanes: wires.dialled,
    board: wires.board,
    secret,
    logMark,
    development: model.reloadOnChange,
    multiprocess: model.workers > 1,
  };
}
