/** What a thread has to know of the site that answers whatever the name in a request is, as long as a server has no other. */

import type { AccessFormat } from '../../config/access-format/access-format.ts';
import type { FieldRules } from '../../config/model/answers.ts';
import type { EdgeModel } from '../../config/model/server-model.ts';
import { isPlain } from '../plan/is-plain.ts';
import type { ConnectionServices } from '../transport/connection-services.ts';
import { fieldNames, headLimits, transportRules } from '../transport/transport-rules.ts';

export interface PlainSite {
  /** Infinity: no limit. */
  readonly bodyBytesMax: number;
  /** Field lines of every response, each with its CRLF. */
  readonly fields: string;
  readonly accessLog: PlainLog | undefined;
}

export interface PlainLog {
  /** Index in `EdgeModel.logs`. */
  readonly target: number;
  /** Absolute, or '-' for standard output. */
  readonly path: string;
  readonly format: AccessFormat;
}

/** Throws where an index of the model leads nowhere, which is a bug of its reader. */
export function plainSite(model: EdgeModel): PlainSite {
  if (!isPlain(model)) {
    return PLANNED;
  }
  const site = named('site', model.sites, 0);
  const scope = named('scope', model.scopes, site.scope);
  return {
    bodyBytesMax: scope.requestBodies.bytesMax || Infinity,
    fields: constantFields(scope.fields),
    accessLog: logOf(model, site.scope),
  };
}

/** What a plan has for its scopes must not be done a second time for the whole thread. */
const PLANNED: PlainSite = { bodyBytesMax: Infinity, fields: '', accessLog: undefined };

export type ListenerRules = Pick<ConnectionServices, 'takesLineFeeds' | 'limits' | 'fieldNames' | 'rules'>;

/** What connections of a listener go by: the rules of the site that answers where no name fits. */
export function listenerRules(model: EdgeModel, listener: number): ListenerRules {
  const site = named('site', model.sites, named('listener', model.listeners, listener).fallback);
  const { requestBodies, sending } = named('scope', model.scopes, site.scope);
  const connection = named('connection', model.connections, site.connection);
  const { takesLineFeeds = false } = connection;
  const rules = transportRules(connection, requestBodies, sending);
  return { takesLineFeeds, limits: headLimits(connection), fieldNames: fieldNames(connection), rules };
}

function constantFields(rules: FieldRules | undefined): string {
  const constant = (rules?.fields ?? []).filter(({ always, effect }) => always && effect === 'add');
  return constant.map(({ name, value }) => (typeof value === 'string' ? `${name}: ${value}\r\n` : '')).join('');
}

function logOf(model: EdgeModel, scope: number): PlainLog | undefined {
  const rule = model.scopes[scope]?.accessLogs[0];
  if (rule === undefined || rule.format.words === 'nginx') {
    return undefined;
  }
  const { sink } = named('log', model.logs, rule.target);
  return sink.kind === 'file' && typeof sink.path === 'string'
    ? { target: rule.target, path: sink.path, format: rule.format }
    : undefined;
}

function named<T>(what: string, array: readonly T[], index: number): T {
  const item = array[index];
  if (item === undefined) {
    throw new Error(`the model has no ${what} ${index}`);
  }
  return item;
}
