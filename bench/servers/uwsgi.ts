import type { Kind, Place, Site } from './kind.ts';
import { nginx } from './nginx.ts';

/** A location that the application answers, and what else is said in it. */
export interface AppLocation {
  readonly match: string;
  readonly lines: readonly string[];
}

/** Behind nginx, over uWSGI's own protocol. */
export function nginxUwsgi(locations: readonly AppLocation[] = [{ match: '/', lines: [] }]): Kind {
  return {
    name: 'nginx → uWSGI',
    reloadSignal: 'SIGHUP',
    plan: (site, place) => {
      const handlers = locations.flatMap(({ match, lines }) => [
        `location ${match} {`,
        ...lines.map((line) => `    ${line}`),
        '    include /etc/nginx/uwsgi_params;',
        `    uwsgi_pass unix:${place.folder}/uwsgi.sock;`,
        '}',
      ]);
      const front = nginx(place, handlers);
      const listen = ['--socket', `${place.folder}/uwsgi.sock`, '--chmod-socket=666'];
      return { files: front.files, commands: [{ argv: uwsgi(site, place, listen), role: 'python' }, front.command] };
    },
  };
}

/** With its own HTTP router in front of the workers; its plain HTTP socket closes the connection after each answer. */
export function uwsgiHttp(): Kind {
  return {
    name: 'uWSGI http',
    reloadSignal: 'SIGHUP',
    plan: (site, place) => {
      const listen = ['--http', `127.0.0.1:${place.port}`, '--http-keepalive', '--http-auto-chunked'];
      return { files: {}, commands: [{ argv: uwsgi(site, place, listen), role: 'python' }] };
    },
  };
}

function uwsgi({ app, workers }: Site, { peers }: Place, listen: readonly string[]): string[] {
  return [
    ...[`${peers}/bin/uwsgi`, '--master', '--die-on-term', '--need-app', '--disable-logging', '--listen', '1024'],
    ...['--processes', String(workers), '--virtualenv', peers, '--module', app, ...listen],
  ];
}
