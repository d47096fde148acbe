// Apache of the system with mod_wsgi, by a configuration of the test.

import { join } from 'node:path';
import type { Program } from './programs.ts';
import { openFolder, start, writeFiles } from './programs.ts';

const APACHE = '/usr/sbin/apache2';
const MODULES = ['mpm_event', 'authz_core', 'access_compat', 'setenvif', 'wsgi'];

/** What stands in front of the sites of a distribution, with the modules that they need. */
function head(folder: string, port: number): string {
  const loaded = MODULES.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`);
  return `
ServerRoot ${folder}
PidFile ${folder}/apache.pid
DefaultRuntimeDir ${folder}
ServerName localhost
ErrorLog ${folder}/error.log
Listen 127.0.0.1:${port}
${loaded.join('\n')}
WSGISocketPrefix ${folder}/wsgi
User www-data
Group www-data
`;
}

/** `siteOf`: a virtual host, for the folder in which \`files\` are. */
export function startApache(
  port: number,
  siteOf: (folder: string) => string,
  files: Readonly<Record<string, string>>,
): Promise<Program> {
  const folder = openFolder();
  writeFiles(folder, { ...files, 'apache.conf': `${head(folder, port)}\n${siteOf(folder)}` });
  return start([APACHE, '-D', 'FOREGROUND', '-f', join(folder, 'apache.conf')], folder, { host: '127.0.0.1', port });
}
