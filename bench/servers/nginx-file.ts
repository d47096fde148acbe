import { userInfo } from 'node:os';
import type { KeyPair, Kind, Place } from './kind.ts';

/** What stands in the file beside the surroundings that every file of a measurement has. */
export interface NginxFile {
  /** Lines in `http`, in front of the servers. */
  readonly http: readonly string[];
  readonly servers: readonly (readonly string[])[];
}

export interface NginxFileOptions {
  readonly name: string;
  readonly program: 'portico nginx' | 'nginx';
  readonly file: (place: Place) => NginxFile;
  /** Serves by TLS, with this key. */
  readonly keys?: KeyPair;
}

/**
 * One configuration file, run by nginx or by Portico in its place. One process that serves: the load has the other core. Descriptors of files are kept open, as nginx's
 * documentation advises for what is asked for often.
 */
export function nginxFile({ name, program, file, keys }: NginxFileOptions): Kind {
  return {
    name,
    reloadSignal: 'SIGHUP',
    isSecure: keys !== undefined,
    plan: (_site, place) => {
      const { folder, portico } = place;
      const argv = program === 'nginx' ? ['nginx'] : [portico, 'nginx'];
      return {
        files: { 'nginx.conf': render(place, file(place), keys) },
        commands: [
          {
            argv: [...argv, '-p', folder, '-c', `${folder}/nginx.conf`, '-e', `${folder}/nginx-error.log`],
            role: program === 'nginx' ? 'front' : 'portico',
          },
        ],
      };
    },
  };
}

function render({ folder, port }: Place, { http, servers }: NginxFile, keys?: KeyPair): string {
  // TLS 1.3 has to be asked for in the nginx of some distributions.
  const secure =
    keys === undefined
      ? []
      : [`ssl_certificate ${keys.certificate};`, `ssl_certificate_key ${keys.key};`, 'ssl_protocols TLSv1.2 TLSv1.3;'];
  const blocks = servers.map(
    (lines) => `    server {
        listen 127.0.0.1:${port}${keys === undefined ? '' : ' ssl'};
${[...secure, ...lines].map((line) => `        ${line}`).join('\n')}
    }`,
  );
  // The same user for both: a file of the person who measures may be nobody else's to read.
  return `user ${userInfo().username};
worker_processes 1;
worker_rlimit_nofile 16384;
daemon off;
pid ${folder}/nginx.pid;
error_log ${folder}/nginx-error.log;
events {
    worker_connections 8192;
}
http {
    include /etc/nginx/mime.types;
    keepalive_requests 1000000;
    tcp_nopush on;
    open_file_cache max=1000 inactive=60s;
    server_names_hash_max_size 65536;
    server_names_hash_bucket_size 128;
${http.map((line) => `    ${line}`).join('\n')}
${blocks.join('\n')}
}
`;
}
