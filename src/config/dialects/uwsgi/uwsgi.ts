/** What the options of uWSGI come to, together. */

import { join } from 'node:path';
import { success } from '../../../kernel/outcome.ts';
import type { ServeBind } from '../../bind-address.ts';
import type { Report } from '../../diagnostic.ts';
import { atFlag } from '../../place.ts';
import type { Asked, Completed, Dialect, Draft } from '../option.ts';
import { optionsGiven } from '../option.ts';
import { readCommandWords } from './command-words.ts';
import { UWSGI_OPTIONS } from './uwsgi-options.ts';

export const UWSGI: Dialect = {
  name: 'uwsgi',
  version: '2.0',
  manner: 'argparse',
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
      accessLog: '-',
      forwardedAllowIps: [],
    }),
  complete,
};

function complete({ draft, machine }: Asked, report: Report): Completed {
  const binds = bindsOf(draft);
  if (binds.length === 0) {
    report('dialect.conflict', atFlag('--http'), 'no address is named. Write --http :8000 or --socket /run/app.sock');
  }
  const app = appOf(draft);
  if (app === undefined) {
    report('dialect.missing-application', atFlag('--wsgi-file or --module'), '');
  }
  return { app: app ?? '', options: { ...optionsGiven(draft), binds, ...environmentOf(draft, machine.env) } };
}

function bindsOf({ httpAddresses = [], socketAddresses = [], socketProtocol = 'uwsgi' }: Draft): ServeBind[] {
  const sockets = socketAddresses.map((address) =>
    socketProtocol === 'http' ? address : { ...address, speaks: 'uwsgi' as const },
  );
  return [...httpAddresses, ...sockets];
}

function appOf({ module, wsgiFile, callable = 'application' }: Draft): string | undefined {
  if (module !== undefined) {
    return module.includes(':') ? module : `${module}:${callable}`;
  }
  return wsgiFile === undefined || /:[^/]*$/.test(wsgiFile) ? wsgiFile : `${wsgiFile}:${callable}`;
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
