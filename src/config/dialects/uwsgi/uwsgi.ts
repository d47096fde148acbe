/** What the options of uWSGI come to, together. */

import { join, resolve } from 'node:path';
import { success } from '../../../kernel/outcome.ts';
import { UWSGI_LINE } from '../../access-format/uwsgi-atoms.ts';
import type { BindAddress, ServeBind } from '../../bind-address.ts';
import type { Report } from '../../diagnostic.ts';
import type { Scaling } from '../../model/app.ts';
import type { Instruction } from '../../model/instruction.ts';
import type { UwsgiApp } from '../../model/uwsgi-app.ts';
import { atFlag } from '../../place.ts';
import type { ServeOptions } from '../../serve-options.ts';
import { uwsgiApp } from '../../uwsgi-app/uwsgi-app.ts';
import type { Asked, Completed, Dialect, Draft } from '../option.ts';
import { optionsGiven } from '../option.ts';
import { readCommandWords } from './command-words.ts';
import type { MountedApp } from './finish-model.ts';
import { finishModel } from './finish-model.ts';
import { ROUTE_OPTIONS, readRoute } from './read-route.ts';
import type { SaidOption } from './said-option.ts';
import { UWSGI_OPTIONS } from './uwsgi-options.ts';

/** Fronts that may speak uwsgi: those of this machine, and of networks that are not the internet's (RFC 1918, 3927, 4193, 4291). uWSGI believes any. */
const FRONTS = [
  '127.0.0.0/8',
  '::1',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  'fc00::/7',
  'fe80::/10',
];

export const UWSGI: Dialect = {
  name: 'uwsgi',
  version: '2.0',
  manner: 'argparse',
  serverManner: 'uwsgi',
  application: '[FILE]',
  options: UWSGI_OPTIONS,
  readWords: (args, surroundings) => readCommandWords(UWSGI_OPTIONS, args, surroundings),
  defaults: () =>
    success({
      backlog: 100,
      workers: 1,
      threads: 1,
      interface: 'wsgi',
      timeoutMs: 0,
      gracefulTimeoutMs: 60_000,
      // Applications of uWSGI see the fields of proxies and read them, or do not.
      forwardedFields: 'none',
      forwardedAllowIps: FRONTS,
      proxyAllowIps: FRONTS,
    }),
  complete,
};

function complete({ draft, machine, said = [] }: Asked, report: Report): Completed {
  const addresses = addressesOf(draft, report);
  const { target, mounted } = applicationsOf(draft);
  if (target === undefined) {
    report('dialect.missing-application', atFlag('--wsgi-file, --module or --mount'), '');
  }
  return {
    app: target ?? '',
    options: { ...optionsGiven(draft), ...addresses, ...loggingOf(draft), ...environmentOf(draft, machine.env) },
    uwsgi: uwsgiAppOf(said, draft, report),
    finish: finishModel({ ...draft, routes: routesOf(said) }, mounted),
    process: { isDaemon: draft.isDaemon === true },
    scaling: scalingOf(draft),
  };
}

function scalingOf(draft: Draft): Partial<Scaling> {
  const { workersInitial, workersStep, quietMs, busyMax, startsCheap, endsIdle } = draft;
  return {
    ...(workersInitial === undefined ? {} : { workersInitial }),
    ...(workersStep === undefined ? {} : { step: workersStep }),
    ...(quietMs === undefined ? {} : { quietMs }),
    ...(busyMax === undefined ? {} : { busyMax }),
    ...(startsCheap === undefined ? {} : { startsCheap }),
    ...(endsIdle === undefined ? {} : { endsIdle }),
  };
}

/** What there is beside the workers, and what `import uwsgi` shows. */
function uwsgiAppOf(said: readonly SaidOption[], { chdir = '.' }: Draft, report: Report): UwsgiApp {
  const options = said.map(({ key, value, place }) => ({ name: key, value: value === '' ? 'true' : value, place }));
  const { app, faults } = uwsgiApp(options, resolve(chdir));
  for (const { option, fault } of faults) {
    report('dialect.invalid', options.find((one) => one === option)?.place ?? atFlag(option.name), `${fault}.`);
  }
  return app;
}

/** Those that are wrong are told by the table. */
function routesOf(said: readonly SaidOption[]): Instruction[] {
  return said
    .filter(({ key }) => ROUTE_OPTIONS.includes(key))
    .flatMap(({ key, value }) => {
      const route = readRoute(key, value);
      return route.ok ? [route.value] : [];
    });
}

function addressesOf(draft: Draft, report: Report): Partial<ServeOptions> {
  const { httpAddresses = [], socketAddresses = [], socketProtocol = 'uwsgi', redirectAddresses = [] } = draft;
  const sockets = socketAddresses.map((address) =>
    socketProtocol === 'http' ? address : { ...address, speaks: 'uwsgi' as const },
  );
  const https = [...(draft.httpsAddresses ?? []), ...(draft.https2Addresses ?? [])];
  const [first, ...others] = https;
  if (first === undefined) {
    const binds: ServeBind[] = [...httpAddresses, ...sockets];
    if (binds.length + redirectAddresses.length === 0) {
      report('dialect.conflict', atFlag('--http'), 'no address is named. Write --http :8000 or --socket /run/app.sock');
    }
    return { binds };
  }
  if (others.some(({ certFile, keyFile }) => certFile !== first.certFile || keyFile !== first.keyFile)) {
    report('dialect.conflict', atFlag('--https'), 'one certificate is for all addresses. Name the same for each.');
  }
  const plain = sockets.filter((address) => address.speaks === undefined);
  return {
    binds: [...https.map(({ address }) => address), ...sockets.filter((address) => address.speaks !== undefined)],
    insecureBinds: [...httpAddresses, ...plain] as BindAddress[],
    certFile: first.certFile,
    keyFile: first.keyFile,
    ciphers: first.ciphers === 'HIGH' ? '' : first.ciphers,
    caCerts: first.caCerts.replace(/^!/, ''),
    certReqs: first.caCerts === '' ? 'auto' : first.caCerts.startsWith('!') ? 'required' : 'optional',
  };
}

/** The application of the root, and those below URLs. Without one for the root it is the first, as in uWSGI. */
function applicationsOf(draft: Draft): {
  readonly target: string | undefined;
  readonly mounted: readonly MountedApp[];
} {
  const { callable, mounts = [] } = draft;
  const mounted = mounts.map(({ url, app }) => ({ url, target: targetOf(app, callable) }));
  const named = draft.module ?? draft.wsgiFile;
  const root = mounted.find(({ url }) => url === '')?.target;
  const target = named === undefined ? undefined : targetOf(named, callable);
  return { target: target ?? root ?? mounted[0]?.target, mounted };
}

/** A file keeps its path. uWSGI takes a call for a callable: `create_app()`. */
function targetOf(app: string, callable = 'application'): string {
  return /:[^/]*$/.test(app) ? app : `${app}:${callable}`;
}

function loggingOf(draft: Draft): Partial<ServeOptions> {
  const { requestLog, isUnlogged = false, logs4xx = false, logs5xx = false, logFile = '' } = draft;
  const isOff = isUnlogged && !logs4xx && !logs5xx;
  const usual = logFile === '' ? '-' : logFile;
  const path = requestLog?.kind === 'file' ? requestLog.path : requestLog?.kind === 'journal' ? '-' : usual;
  const text = draft.lineFormat ?? UWSGI_LINE;
  return {
    accessLog: isOff ? '' : path,
    accessLogFormat: {
      words: 'uwsgi',
      text: draft.logsForwarded === true ? text.replaceAll('%(addr)', '%(forwarded)') : text,
    },
  };
}

function environmentOf(
  { env, pythonPaths, chdir }: Draft,
  own: Asked['machine']['env'],
): { readonly env?: ReadonlyMap<string, string> } {
  if (pythonPaths === undefined) {
    return {};
  }
  const paths = pythonPaths.map((path) => (chdir === undefined || path.startsWith('/') ? path : join(chdir, path)));
  const all = [...paths, own['PYTHONPATH'] ?? ''].filter((path) => path !== '');
  return { env: new Map([...(env ?? []), ['PYTHONPATH', all.join(':')]]) };
}
