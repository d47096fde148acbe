import type { PreloadMode } from '../../config/serve-options.ts';
import type { Elsewhere, StartZygote } from '../../protocol/control/zygote.ts';
import type { Site } from '../prepare.ts';

/** What a zygote is told before anything else. `moved`: where it is started, because the application was found there. */
export function startMessage(
  site: Site,
  preload: PreloadMode,
  { pythonFound, moved }: { readonly pythonFound: string; readonly moved: Elsewhere | undefined },
): StartZygote {
  const { app, model, wires, secret, logMark, certificates } = site;
  return {
    kind: 'start',
    app: moved?.app ?? app,
    chdir: moved?.folder ?? site.chdir,
    mayMove: moved === undefined,
    found: moved?.found ?? '',
    cwd: site.cwd,
    hasEnvFile: site.envFile !== '',
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
