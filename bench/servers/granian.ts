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
