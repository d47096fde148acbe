import type { Kind } from './kind.ts';

/** It would close a connection after a thousand requests. */
const CONFIGURATION = `keep_alive_max_requests = 1000000000
keep_alive_timeout = 75
`;

export function hypercorn(): Kind {
  return {
    name: 'hypercorn',
    plan: ({ app, workers }, { folder, peers, port }) => ({
      files: { 'hypercorn.toml': CONFIGURATION },
      commands: [
        {
          argv: [
            ...[`${peers}/bin/hypercorn`, '--config', `${folder}/hypercorn.toml`, '--worker-class', 'uvloop'],
            ...['--workers', String(workers), '--bind', `127.0.0.1:${port}`, app],
          ],
          role: 'python',
        },
      ],
    }),
  };
}
