import type { Kind } from './kind.ts';

/** With one blocking thread, as its documentation advises for an application that keeps the interpreter busy. */
export function granian(): Kind {
  return {
    name: 'granian',
    reloadSignal: 'SIGHUP',
    plan: ({ app, workers }, { peers, port }) => ({
      files: {},
      commands: [
        {
          argv: [
            ...[`${peers}/bin/granian`, '--interface', 'wsgi', '--port', port, '--workers', String(workers)],
            ...['--blocking-threads', '1', '--no-access-log', app],
          ],
          role: 'python',
        },
      ],
    }),
  };
}

/** It counts connections; its documentation wants it above those that are kept open. */
const BACKPRESSURE = 2048;

interface GranianAsgiOptions {
  readonly hasWebsockets?: boolean;
}

/**
 * On uvloop. It has one thread for Python by itself. A second one for the network, which its documentation suggests for
 * many WebSockets, took more of the processor and brought no more messages on two cores.
 */
export function granianAsgi({ hasWebsockets = false }: GranianAsgiOptions = {}): Kind {
  return {
    name: 'granian',
    reloadSignal: 'SIGHUP',
    plan: ({ app, workers }, { peers, port }) => ({
      files: {},
      commands: [
        {
          argv: [
            ...[`${peers}/bin/granian`, '--interface', 'asgi', '--port', port, '--workers', String(workers)],
            ...['--loop', 'uvloop', '--no-access-log'],
            ...(hasWebsockets ? ['--backpressure', String(BACKPRESSURE)] : ['--no-ws']),
            app,
          ],
          role: 'python',
        },
      ],
    }),
  };
}
