import type { Kind } from './kind.ts';
import { nginx } from './nginx.ts';

/**
 * Files below /static/, their descriptors kept open as the documentation advises for what is asked for often. It also
 * advises sendfile; over loopback, where nothing has to be sent by a device, copying can be faster, so both are measured.
 */
export function nginxStatic(files: string, hasSendfile: boolean): Kind {
  return {
    name: hasSendfile ? 'nginx' : 'nginx, no sendfile',
    plan: (_site, place) => {
      const front = nginx(place, [
        `sendfile ${hasSendfile ? 'on' : 'off'};`,
        'open_file_cache max=1000 inactive=60s;',
        'location = / { return 200 "ok"; }',
        `location /static/ { alias ${files}/; }`,
      ]);
      return { files: front.files, commands: [front.command] };
    },
  };
}
