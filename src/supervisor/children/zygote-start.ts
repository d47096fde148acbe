import type { App } from '../../config/model/app.ts';
import type { Elsewhere, StartZygote } from '../../protocol/control/zygote.ts';
import type { CertificateKeeper } from '../certificate-keeper.ts';
import type { PreparedServer } from '../prepare.ts';

export interface WantedZygote {
  readonly preload: App['preload'];
  /** Another generation has served the application. */
  readonly isReload: boolean;
  /** No worker will be asked of it. */
  readonly isTrial?: boolean;
}

export interface StartFacts {
  readonly pythonFound: string;
  readonly certificates: CertificateKeeper;
  readonly moved: Elsewhere | undefined;
}

/** What a zygote is told before anything else. `moved`: where it is started, because the application was found there. */
export function startMessage(
  server: PreparedServer,
  app: App,
  { preload, isReload, isTrial = false }: WantedZygote,
  { pythonFound, certificates, moved }: StartFacts,
): StartZygote {
  const { model, wires, secrets, logMark } = server;
  return {
    kind: 'start',
    name: app.id,
    app: moved?.app ?? app.target,
    chdir: moved?.folder ?? app.chdir,
    mayMove: moved === undefined,
    found: moved?.found ?? '',
    cwd: server.cwd,
    hasEnvFile: app.envFile !== '',
    pythonFound,
    preload,
    isReload,
    isTrial,
    interface: app.interface,
    workerClass: app.workerClass,
    lifespan: app.lifespan,
    loop: app.loop,
    rootPath: app.rootPath,
    serverCertificate: certificates.serverCertificate,
    workerConnections: app.workerConnections,
    gracefulTimeoutMs: app.timeouts.gracefulMs,
    threads: app.threads,
    maxRequests: app.recycling.requestsMax,
    maxRequestsJitter: app.recycling.requestsJitter,
    lanes: wires.dialled,
    board: wires.board,
    secret: secrets[app.id] ?? '',
    logMark,
    development: model.development !== undefined,
    multiprocess: app.workers > 1,
    ...(app.gunicorn === undefined ? {} : { gunicorn: app.gunicorn, workers: app.workers }),
    ...(app.uwsgi === undefined ? {} : { uwsgi: app.uwsgi, workers: app.workers }),
  };
}
