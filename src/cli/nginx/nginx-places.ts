/** Which files an nginx takes that is told of none, and how it makes whole paths of names. */

import { fullName } from '../../config/dialects/nginx/surroundings.ts';

/** As Debian's packages have them, so that files which were made for those find what they mean. */
export const NGINX_PLACES = {
  prefix: '/usr/share/nginx/',
  file: '/etc/nginx/nginx.conf',
  pidFile: '/run/nginx.pid',
  accessLog: '/var/log/nginx/access.log',
} as const;

export interface NginxPlaces {
  /** What logs, `root` and the pid file are relative to; ends with a slash, or is ''. */
  readonly prefix: string;
  readonly file: string;
  /** What included files, certificates and files of passwords are relative to: the folder of the file. */
  readonly filePrefix: string;
}

/** Names stay as they were written: a relative prefix is relative to where nginx was started, and messages show it so. */
export function placesOf({ prefix, file }: { prefix: string | undefined; file: string | undefined }): NginxPlaces {
  const folder = prefix === undefined ? NGINX_PLACES.prefix : withSlash(prefix);
  const path = fullName(file ?? NGINX_PLACES.file, folder);
  const end = path.lastIndexOf('/');
  return { prefix: folder, file: path, filePrefix: end > 0 ? path.slice(0, end + 1) : folder };
}

function withSlash(folder: string): string {
  return folder === '' || folder.endsWith('/') ? folder : `${folder}/`;
}
