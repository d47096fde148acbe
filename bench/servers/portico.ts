import type { Kind } from './kind.ts';

/** As it comes, but for the flags given. */
export function portico(flags: readonly string[] = [], name = 'Portico'): Kind {
  return {
    name,
    reloadSignal: 'SIGHUP',
    plan: ({ app, workers }, { portico, port }) => ({
      files: {},
      commands: [
        {
          argv: [portico, 'serve', app, '--bind', `127.0.0.1:${port}`, '--workers', String(workers), ...flags],
          role: 'portico',
        },
      ],
    }),
  };
}
