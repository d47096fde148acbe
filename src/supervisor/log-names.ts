import type { App } from '../config/model/app.ts';
import type { ServerModel } from '../config/model/server-model.ts';
import { plainName } from './app-instances.ts';

/** How the log calls what belongs to an application. The one application of a server needs no name. */
export interface LogNames {
  /** The process that loads it. */
  readonly zygote: string;
  /** Stands before the names of its workers. */
  readonly workers: string;
  /** Stands before a line about it. */
  readonly line: string;
}

/** Of a name of an application in names of workers, which HELLO bounds. */
const NAME_LENGTH_MAX = 64;

/** A file may call an application anything, `shop.wsgi:application` among it. */
export function logNames({ id }: Pick<App, 'id'>, { apps }: Pick<ServerModel, 'apps'>): LogNames {
  if (apps.length <= 1) {
    return { zygote: 'app', workers: '', line: '' };
  }
  const plain = plainName(id);
  const name = plain.replaceAll(/[^\w.-]/g, '_').slice(0, NAME_LENGTH_MAX);
  return { zygote: name, workers: `${name}:`, line: `${plain}: ` };
}
