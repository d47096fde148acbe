/** What the options of hypercorn come to, together. */

import type { Outcome } from '../../kernel/outcome.ts';
import { success } from '../../kernel/outcome.ts';
import { DEFAULT_PORT } from '../bind-address.ts';
import type { ServerModel } from '../model.ts';
import type { DialectReport } from './fault.ts';
import { readHypercornFile } from './hypercorn-file.ts';
import { HYPERCORN_OPTIONS } from './hypercorn-options.ts';
import type { Asked, Completed, Dialect } from './option.ts';
import { isQuiet, modelOf } from './option.ts';
import { WSGI_THREADS } from './option-values.ts';

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

function defaults(): Outcome<Partial<ServerModel>, never> {
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

function complete({ draft, app }: Asked, report: DialectReport): Completed {
  const [kind = '', ...rest] = app.split(':');
  const isPrefixed = rest.length === 2;
  if (isPrefixed && kind !== 'asgi' && kind !== 'wsgi') {
    report('dialect.invalid', app, 'what comes first is "asgi" or "wsgi".');
  }
  const target = isPrefixed ? rest.join(':') : app;
  return {
    app: target === '' || target.includes(':') ? target : `${target}:app`,
    model: {
      ...modelOf(draft),
      ...(isPrefixed ? interfaceOf(kind) : {}),
      ...(isQuiet(draft) ? { accessLog: '' } : {}),
    },
  };
}

function interfaceOf(kind: string): Partial<ServerModel> {
  return kind === 'wsgi' ? { interface: 'wsgi', threads: WSGI_THREADS } : { interface: 'asgi' };
}
