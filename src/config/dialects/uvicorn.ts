/** What the options of uvicorn come to, together. Its defaults: uvicorn's documentation, "Settings". */

import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { BindAddress } from '../bind-address.ts';
import { DEFAULT_PORT } from '../bind-address.ts';
import type { Report } from '../diagnostic.ts';
import { atFlag } from '../place.ts';
import type { ServeOptions } from '../serve-options.ts';
import type { Machine } from '../setting.ts';
import { parsePeers } from '../setting-values.ts';
import { clientsUnasked } from './client-certificates.ts';
import type { Asked, Completed, Dialect, Draft, VariableFault } from './option.ts';
import { isQuiet, optionsGiven } from './option.ts';
import { readInteger, WORKERS_MAX } from './option-values.ts';
import { UVICORN_OPTIONS } from './uvicorn-options.ts';

const DEFAULT_HOST = '127.0.0.1';
const DEFAULT_PEERS = '127.0.0.1,::1';
/** Variables that follow from the user that the server becomes, not from the one who started it. */
const OF_THE_USER = new Set(['HOME', 'USER', 'LOGNAME']);

export const UVICORN: Dialect = {
  name: 'uvicorn',
  version: '0.54',
  manner: 'click',
  application: 'APP',
  applicationVariable: 'UVICORN_APP',
  options: UVICORN_OPTIONS,
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
  return success({
    binds: [{ kind: 'tcp', host: DEFAULT_HOST, port: DEFAULT_PORT }],
    workers: workers.value,
    interface: 'asgi',
    keepAliveMs: 5000,
    accessLog: '-',
    forwardedAllowIps: peers.value,
  });
}

function complete(asked: Asked, report: Report): Completed {
  const { draft, app, machine } = asked;
  noteUnused(draft, report);
  return {
    app: draft.isFactory ? nameFactory(app, report) : app,
    options: {
      ...optionsGiven(draft),
      ...bindsOf(draft, report),
      ...clientsUnasked(asked, { option: '--ssl-ca-certs', wayOut: '--ssl-cert-reqs 2' }, report),
      ...(draft.readsProxyFields === false ? { forwardedAllowIps: [], forwardedFields: 'none' } : {}),
      ...(isQuiet(draft) ? { accessLog: '' } : {}),
      ...(draft.reloadOnChange ? oneWorker(draft, report) : {}),
      env: environmentOf(draft, machine),
    },
  };
}

function bindsOf({ host, port, addresses = [] }: Draft, report: Report): { readonly binds?: BindAddress[] } {
  const isTcp = host !== undefined || port !== undefined;
  if (addresses.length === 0) {
    return isTcp ? { binds: [{ kind: 'tcp', host: host ?? DEFAULT_HOST, port: port ?? DEFAULT_PORT }] } : {};
  }
  if (isTcp) {
    report('dialect.note', atFlag('--uds'), '--host and --port have no effect beside it, as in uvicorn.', 'info');
  }
  return { binds: [...addresses] };
}

function nameFactory(app: string, report: Report): string {
  if (!app.includes(':')) {
    report('dialect.conflict', atFlag('--factory'), 'APP has to be of the form module:callable with it.');
  }
  return app.endsWith(')') ? app : `${app}()`;
}

function noteUnused({ reloadOnChange, reloadFolders, reloadIncludes, reloadExcludes }: Draft, report: Report): void {
  const given = [reloadFolders, reloadIncludes, reloadExcludes].findIndex((texts) => texts !== undefined);
  if (reloadOnChange !== true && given !== -1) {
    const option = ['--reload-dir', '--reload-include', '--reload-exclude'][given] ?? '';
    report('dialect.note', atFlag(option), 'it has no effect without --reload, as in uvicorn.', 'info');
  }
}

function oneWorker({ workers }: Draft, report: Report): { readonly workers: number } {
  if (workers !== undefined && workers > 1) {
    report('dialect.note', atFlag('--reload'), 'one worker is started with it, as in uvicorn.', 'info');
  }
  return { workers: 1 };
}

function environmentOf({ envFile, appFolder }: Draft, { env: own }: Machine): ReadonlyMap<string, string> {
  const paths = [appFolder, own['PYTHONPATH']].filter((path) => path !== undefined && path !== '');
  return new Map([
    // uvicorn leaves a variable that is set already as it is, whatever the file says.
    ...(envFile === undefined ? [] : Object.entries(own)).flatMap(([name, text]) =>
      text === undefined || OF_THE_USER.has(name) ? [] : [[name, text] as const],
    ),
    ...(appFolder === undefined ? [] : [['PYTHONPATH', paths.join(':')] as const]),
  ]);
}
