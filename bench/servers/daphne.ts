import type { Kind } from './kind.ts';

/** It has one process and no choice of an event loop. With its usual verbosity it would write an access log. */
export function daphne(): Kind {
  return {
    name: 'daphne',
    plan: ({ app }, { peers, port }) => ({
      files: {},
      commands: [
        {
          argv: [`${peers}/bin/daphne`, '--bind', '127.0.0.1', '--port', port, '--verbosity', '0', app],
          role: 'python',
        },
      ],
    }),
  };
}
