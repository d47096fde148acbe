/** How gunicorn's settings write their values, where that is neither a number nor a text. */

import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { BindAddress } from '../bind-address.ts';
import { parseBindAddress } from '../bind-address.ts';
import type { Draft } from './option.ts';
import { readBoolean, readInteger, readSeconds, readSocketPath } from './option-values.ts';

const UMASK_MAX = 0o777;
/** The longest time that a request can have: 24 days. */
const LONGEST_MS = 24 * 86_400_000;

const WORKER_CLASSES: ReadonlyMap<string, Draft> = new Map<string, Draft>([
  ['sync', { interface: 'wsgi', workerClass: 'sync' }],
  ['gthread', { interface: 'wsgi', workerClass: 'sync' }],
  ['gevent', { interface: 'wsgi', workerClass: 'gevent' }],
  ['gevent_wsgi', { interface: 'wsgi', workerClass: 'gevent' }],
  ['gevent_pywsgi', { interface: 'wsgi', workerClass: 'gevent' }],
  ['asgi', { interface: 'asgi', workerClass: 'sync' }],
  ...['uvicorn.workers', 'uvicorn_worker'].flatMap((module) =>
    ['UvicornWorker', 'UvicornH11Worker'].map(
      (name) => [`${module}.${name}`, { interface: 'asgi', workerClass: 'sync' }] as const,
    ),
  ),
]);

export function readWorkerClass(text: string): Outcome<Draft> {
  const name = text
    .replace(/^egg:gunicorn#/, '')
    .replace(/^gunicorn\.workers\.\w+\.(\w+)Worker$/, (_, kind: string) => {
      return { Thread: 'gthread', Gevent: 'gevent', ASGI: 'asgi' }[kind] ?? kind.toLowerCase();
    });
  const found = WORKER_CLASSES.get(name);
  if (found !== undefined) {
    return success(found);
  }
  const wayOut = /tornado/i.test(name)
    ? 'Run a Tornado application by itself, and pass requests to it'
    : /eventlet/i.test(name)
      ? 'gunicorn has given eventlet up with version 26; use gevent'
      : `Use one of ${['sync', 'gthread', 'gevent', 'asgi', 'uvicorn.workers.UvicornWorker'].join(', ')}`;
  return failure(`"${text}" is not supported. ${wayOut}`);
}

/** An address, or the number of a socket that listens already. */
export function readBind(text: string): Outcome<BindAddress | number> {
  if (text.startsWith('fd://')) {
    const fd = /^fd:\/\/(\d{1,4})$/.exec(text)?.[1];
    return fd === undefined ? failure(`"${text}" is no socket. Write it as in fd://3`) : success(Number(fd));
  }
  return text.startsWith('unix:')
    ? readSocketPath(text.replace(/^unix:(\/\/)?/, ''))
    : parseBindAddress(text.replace(/^tcp:\/\//, ''));
}

export function draftOfBinds(all: readonly (BindAddress | number)[]): Draft {
  const binds = all.filter((bind) => typeof bind !== 'number');
  const givenSockets = all.filter((bind) => typeof bind === 'number');
  return { ...(binds.length > 0 ? { binds } : {}), ...(givenSockets.length > 0 ? { givenSockets } : {}) };
}

/** Whether SCRIPT_NAME is among them. PATH_INFO, of the usual value, gunicorn gives no meaning either. */
export function readForwarderHeaders(text: string): Outcome<Draft> {
  const names = text
    .split(',')
    .map((name) => name.trim().toUpperCase())
    .filter((name) => name !== '');
  const other = names.find((name) => name !== 'SCRIPT_NAME' && name !== 'PATH_INFO' && name.includes('_'));
  if (names.includes('*')) {
    return failure('* would let a client say anything. Name SCRIPT_NAME alone');
  }
  return other === undefined
    ? success({ takesScriptName: names.includes('SCRIPT_NAME') })
    : failure(
        `"${other}" is not supported. Have the proxy write ${other.replaceAll('_', '-')}, which is HTTP_${other} in the environ as well`,
      );
}

/** As Python's `int(text, 0)`, and octal with a zero in front. */
export function readUmask(text: string): Outcome<number> {
  const isOctal = /^0[0-7]+$/.test(text);
  const isNumber = /^(0[xX][0-9a-fA-F]+|0[oO][0-7]+|0|[1-9]\d{0,4})$/.test(text);
  const umask = isOctal ? Number.parseInt(text, 8) : isNumber ? Number(text) : Number.NaN;
  return umask <= UMASK_MAX ? success(umask) : failure(`"${text}" is not a mask of permissions. Write it as in 027`);
}

/** 0 is no limit there. */
export function readTimeout(text: string): Outcome<Draft> {
  const ms = readSeconds(0)(text);
  if (!ms.ok) {
    return ms;
  }
  return ms.value === 0
    ? success({ timeoutMs: LONGEST_MS, notes: ['a request may run for 24 days: there is no time without an end'] })
    : success({ timeoutMs: ms.value });
}

/** A limit of heads that cannot be set. What is asked for has to be within ours, or the application would miss requests. */
export function readHeadLimit(most: number, unit: string): (text: string) => Outcome<Draft> {
  return (text) => {
    const limit = readInteger(0)(text);
    if (!limit.ok) {
      return limit;
    }
    return limit.value === 0 || limit.value > most
      ? failure(`the limit is ${most} ${unit}, and cannot be raised. Leave it out`)
      : success({ notes: [`the limit is ${most} ${unit}, and cannot be lowered`] });
  };
}

export function readProxyProtocol(text: string): Outcome<boolean> {
  const mode = text.toLowerCase();
  if (mode === 'v1' || mode === 'v2' || mode === 'auto') {
    return success(true);
  }
  const isOn = readBoolean(text);
  return isOn.ok ? isOn : failure(`"${text}" is not one of off, v1, v2, auto`);
}

export function readProtocols(text: string): Outcome<Draft> {
  const names = text.split(',').map((name) => name.trim().toLowerCase());
  if (!names.includes('h1')) {
    return failure('HTTP/1.1 is what is spoken. Add h1');
  }
  const others = names.filter((name) => name !== 'h1');
  return success(others.length === 0 ? {} : { notes: [`${others.join(', ')} is not spoken; HTTP/1.1 is`] });
}

export function readProtocol(text: string): Outcome<Draft> {
  const name = text.toLowerCase();
  return name === 'http' || name === 'uwsgi'
    ? success({ socketProtocol: name })
    : failure(`"${text}" is neither http nor uwsgi`);
}

const SCHEME_FIELDS: Readonly<Record<string, readonly string[]>> = {
  'X-FORWARDED-PROTOCOL': ['ssl', 'https'],
  'X-FORWARDED-PROTO': ['https'],
  'X-FORWARDED-SSL': ['on'],
};

/** A dictionary as JSON. */
export function readSchemeFields(text: string): Outcome<Draft> {
  const strange = Object.entries(JSON.parse(text) as Readonly<Record<string, unknown>>).filter(
    ([name, value]) => SCHEME_FIELDS[name.toUpperCase().replaceAll('_', '-')]?.includes(String(value)) !== true,
  );
  return strange.length === 0
    ? success({})
    : failure(`${strange[0]?.[0]} is not read. Have the proxy say X-Forwarded-Proto: https`);
}

export function readHeaderMap(text: string): Outcome<Draft> {
  return text === 'drop'
    ? success({})
    : failure(`"${text}" is not supported: fields with an underscore in their name are dropped. Leave it out`);
}

/** The last of the folders comes first, as each is put in front of the others. */
export function readPythonPath(text: string): Outcome<Draft> {
  const folders = text.split(',').filter((folder) => folder !== '');
  return success({ appFolder: [...new Set(folders.reverse())].join(':') });
}
