/** What the options of hypercorn come to, together. */

import type { Outcome } from '../../kernel/outcome.ts';
import { success } from '../../kernel/outcome.ts';
import { DEFAULT_PORT } from '../bind-address.ts';
import type { Report } from '../diagnostic.ts';
import { atFlag } from '../place.ts';
import type { ServeOptions } from '../serve-options.ts';
import { environmentName } from '../setting.ts';
import { clientsUnasked } from './client-certificates.ts';
import { readHypercornFile } from './hypercorn-file.ts';
import { HYPERCORN_OPTIONS } from './hypercorn-options.ts';
import type { Asked, Completed, Dialect } from './option.ts';
import { isQuiet, optionsGiven } from './option.ts';
import { WSGI_THREADS } from './option-values.ts';

const KEY_FILE_VARIABLE = environmentName('keyfile');

export const HYPERCORN: Dialect = {
  name: 'hypercorn',
  version: '0.18',
  manner: 'argparse',
  application: 'application',
  options: HYPERCORN_OPTIONS,
  file: { option: '--config', read: readHypercornFile },
  defaults,
  complete,
};

function defaults(): Outcome<Partial<ServeOptions>, never> {
  return success({
    binds: [{ kind: 'tcp', host: '127.0.0.1', port: DEFAULT_PORT }],
    backlog: 100,
    workers: 1,
    loop: 'asyncio',
    gracefulTimeoutMs: 3000,
    keepAliveMs: 5000,
    wsPingIntervalMs: 0,
    forwardedAllowIps: [],
  });
}

function complete(asked: Asked, report: Report): Completed {
  const { draft, app } = asked;
  const [kind = '', ...rest] = app.split(':');
  const isPrefixed = rest.length === 2;
  if (isPrefixed && kind !== 'asgi' && kind !== 'wsgi') {
    report('dialect.invalid', atFlag(app), 'what comes first is "asgi" or "wsgi".');
  }
  const target = isPrefixed ? rest.join(':') : app;
  return {
    app: target === '' || target.includes(':') ? target : `${target}:app`,
    options: {
      ...optionsGiven(draft),
      ...tlsOf(asked, report),
      ...(isPrefixed ? interfaceOf(kind) : {}),
      ...(isQuiet(draft) ? { accessLog: '' } : {}),
    },
  };
}

function tlsOf(asked: Asked, report: Report): Partial<ServeOptions> {
  const { certFile, keyFile, verifyMode, certReqs = verifyMode } = asked.draft;
  // Alone it leaves hypercorn at plain HTTP, which nobody wants who names a certificate.
  if (certFile !== undefined && keyFile === undefined && (asked.machine.env[KEY_FILE_VARIABLE] ?? '') === '') {
    report(
      'dialect.conflict',
      atFlag('--certfile'),
      'its key is missing. Name it with --keyfile; it may be in the same file.',
    );
  }
  if (verifyMode !== certReqs && verifyMode !== undefined) {
    report(
      'dialect.conflict',
      atFlag('--verify-mode'),
      'its older name, cert_reqs, says something else. Leave that out.',
    );
  }
  return certReqs === undefined
    ? clientsUnasked(asked, { option: '--ca-certs', wayOut: '--verify-mode CERT_REQUIRED' }, report)
    : { certReqs };
}

function interfaceOf(kind: string): Partial<ServeOptions> {
  return kind === 'wsgi' ? { interface: 'wsgi', threads: WSGI_THREADS } : { interface: 'asgi' };
}
