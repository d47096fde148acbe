import type { Kind } from './kind.ts';
import { nginx } from './nginx.ts';

/** Files below /static/, their descriptors kept open as the documentation advises for what is asked for often. */
export function nginxStatic(files: string): Kind {
  return {
    name: 'nginx',
    plan: (_site, place) => {
      const front = nginx(place, [
        'open_file_cache max=1000 inactive=60s;',
        'location = / { return 200 "ok"; }',
        `location /static/ { alias ${files}/; }`,
      ]);
      return { files: front.files, commands: [front.command] };
    },
  };
}
