/** What the options of gunicorn come to, together. Its defaults: gunicorn/config.py. */

import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { BindAddress } from '../bind-address.ts';
import { DEFAULT_PORT, parseBindAddress } from '../bind-address.ts';
import type { Report } from '../diagnostic.ts';
import { atFlag } from '../place.ts';
import type { ServeOptions } from '../serve-options.ts';
import type { Machine } from '../setting.ts';
import { parsePeers } from '../setting-values.ts';
import { clientsUnasked } from './client-certificates.ts';
import { mountInModel } from './gunicorn-mount.ts';
import { GUNICORN_OPTIONS } from './gunicorn-options.ts';
import type { Asked, Completed, Dialect, Draft, VariableFault } from './option.ts';
import { optionsGiven } from './option.ts';
import { readInteger, WORKERS_MAX } from './option-values.ts';

const DEFAULT_PEERS = '127.0.0.1,::1';
const ACCESS_FORMAT = '%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s"';
/** Python's part of --paste. */
const PASTE_APP = 'portico_worker.gunicorn.paste_app:application';

export const GUNICORN: Dialect = {
  name: 'gunicorn',
  version: '27.0',
  manner: 'argparse',
  serverManner: 'gunicorn',
  application: 'APP_MODULE',
  argumentsVariable: 'GUNICORN_CMD_ARGS',
  options: GUNICORN_OPTIONS,
  defaults,
  complete,
};

function defaults({ env }: Machine): Outcome<Partial<ServeOptions>, VariableFault> {
  const workers = readInteger(1, WORKERS_MAX)(env['WEB_CONCURRENCY'] || '1');
  if (!workers.ok) {
    return failure({ at: 'WEB_CONCURRENCY', message: workers.fault });
  }
  const peers = parsePeers(env['FORWARDED_ALLOW_IPS'] || DEFAULT_PEERS);
  if (!peers.ok) {
    return failure({ at: 'FORWARDED_ALLOW_IPS', message: peers.fault });
  }
  const bind = usualBind(env);
  if (!bind.ok) {
    return failure({ at: 'PORT', message: bind.fault });
  }
  return success({
    binds: [bind.value],
    backlog: 2048,
    workers: workers.value,
    interface: 'wsgi',
    keepAliveMs: 2000,
    forwardedAllowIps: peers.value,
    accessLog: '',
    accessLogFormat: { words: 'gunicorn', text: ACCESS_FORMAT },
  });
}

function usualBind(env: Machine['env']): Outcome<BindAddress> {
  const port = env['PORT'] || '';
  return parseBindAddress(port === '' ? `127.0.0.1:${DEFAULT_PORT}` : `0.0.0.0:${port}`);
}

function complete(asked: Asked, report: Report): Completed {
  const { draft, app, machine } = asked;
  return {
    app: applicationOf(app, draft),
    options: {
      ...optionsGiven(draft),
      ...bindsOf(draft, machine, report),
      ...(writesAccessLog(draft) ? { accessLog: '' } : {}),
      ...concurrencyOf(draft, report),
      ...clientsUnasked(asked, { option: '--ca-certs', wayOut: '--cert-reqs 2' }, report),
      env: environmentOf(draft, machine),
    },
    finish: mountInModel(asked, report),
    process: { isDaemon: draft.isDaemon === true },
  };
}

function applicationOf(app: string, { paste }: Draft): string {
  if (paste !== undefined) {
    return PASTE_APP;
  }
  return app === '' || app.includes(':') ? app : `${app}:application`;
}

/** Sockets that systemd has given are all there are, as in gunicorn. Peers that may speak uwsgi say who the client is. */
function bindsOf(draft: Draft, { env, hasSockets = false }: Machine, report: Report): Partial<ServeOptions> {
  const { socketProtocol, binds, givenSockets, forwardedAllowIps, uwsgiAllowIps } = draft;
  if (hasSockets && socketProtocol !== 'uwsgi') {
    if (binds !== undefined) {
      report('dialect.note', atFlag('--bind'), 'the sockets of systemd are served, and no other address.', 'info');
    }
    return { binds: [] };
  }
  if (givenSockets !== undefined || hasSockets) {
    const message = hasSockets
      ? 'sockets of systemd speak HTTP. Leave --protocol out, or have no .socket unit and name the address by --bind.'
      : `systemd has given no socket ${(givenSockets ?? []).map((fd) => `fd://${fd}`).join(', ')}. Name the address, or start the server by a .socket unit.`;
    report('dialect.unsupported', atFlag(hasSockets ? '--protocol' : '--bind'), message);
  }
  if (socketProtocol !== 'uwsgi') {
    return {};
  }
  const usual = usualBind(env);
  return {
    binds: (binds ?? (usual.ok ? [usual.value] : [])).map((bind) => ({ ...bind, speaks: 'uwsgi' as const })),
    forwardedAllowIps: uwsgiAllowIps ?? forwardedAllowIps ?? DEFAULT_PEERS.split(','),
  };
}

/** Whether the worker writes it, by code of the user's. */
function writesAccessLog({ logsInPython, logsToSyslog, keepsAccessLog }: Draft): boolean {
  return logsInPython === true || (logsToSyslog === true && keepsAccessLog !== true);
}

/** Threads are of sync and gthread, connections of the others. */
function concurrencyOf({ interface: called, workerClass, threads, workerConnections }: Draft, report: Report) {
  const hasThreads = called !== 'asgi' && workerClass !== 'gevent';
  if (!hasThreads && threads !== undefined && threads > 1) {
    report('dialect.note', atFlag('--threads'), 'it has no effect with this worker class, as in gunicorn.', 'info');
  }
  if (hasThreads && workerConnections !== undefined) {
    const message = 'it has no effect with this worker class: what is more than its threads waits.';
    report('dialect.note', atFlag('--worker-connections'), message, 'info');
  }
  return hasThreads ? { workerConnections: 0 } : { threads: 1 };
}

function environmentOf({ env, appFolder }: Draft, { env: own }: Machine): ReadonlyMap<string, string> {
  const paths = [appFolder, env?.get('PYTHONPATH') ?? own['PYTHONPATH']].filter(
    (path) => path !== undefined && path !== '',
  );
  return new Map([...(env ?? []), ...(appFolder === undefined ? [] : [['PYTHONPATH', paths.join(':')] as const])]);
}
