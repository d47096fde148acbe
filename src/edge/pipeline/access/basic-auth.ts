/** `auth_basic` (RFC 7617): who asks must name a user of a file and the user's password. */

import type { AccessRules } from '../../../config/model/scope.ts';
import { fieldsOfLines, makeLine } from '../../../protocol/http/response-fields.ts';
import { escapeLog } from '../../access-log/line.ts';
import type { PasswordResult } from '../../passwords/password-checker.ts';
import { nameOfOtherForm } from '../../passwords/password-scheme.ts';
import type { Compilation } from '../compilation.ts';
import { leadsUp } from '../leads-up.ts';
import { renderTemplate } from '../render-template.ts';
import type { Route } from '../route.ts';
import { credentialsOf } from '../variables/request-variables.ts';
import type { AccessCheck, AccessResult } from './access-check.ts';
import type { FoundUsers } from './user-files.ts';

const UNAUTHORIZED = 401;

export function compileBasicAuth({ basic }: AccessRules, compilation: Compilation): AccessCheck | undefined {
  if (basic === undefined) {
    return undefined;
  }
  const realm = compilation.template(basic.realm);
  const userFile = compilation.template(basic.userFile);
  const folder = compilation.template(basic.userFolder ?? '');
  const { userFiles, passwords } = compilation;
  return (route, done) => {
    const realmText = renderTemplate(realm, route);
    if (realmText === 'off') {
      return 'silent';
    }
    const credentials = credentialsOf(route.exchange.block.get('authorization'));
    if (credentials === undefined) {
      route.log('info', 'no user/password was provided for basic authentication');
      return challenge(route, realmText);
    }
    const name = renderTemplate(userFile, route);
    const path = name.startsWith('/') ? name : `${renderTemplate(folder, route)}${name}`;
    // A client that says a part of the name is not to choose the folder as well.
    if (typeof userFile !== 'string' && (leadsUp(name) || name.includes('\0'))) {
      route.log('error', `"${escapeLog(path)}" is no path of a file of users`);
      return 403;
    }
    const decide = (users: FoundUsers): PasswordResult | Promise<PasswordResult> | number =>
      passwordOf(route, users, path, credentials.user, (stored) =>
        passwords.check(credentials.password, stored, route.client.address),
      );
    const finish = (result: PasswordResult | number): Exclude<AccessResult, 'pending'> =>
      typeof result === 'number' ? result : resultOf(route, result, credentials.user, realmText);
    const found = userFiles.find(path);
    const decided = found instanceof Promise ? found.then(decide) : decide(found);
    if (decided instanceof Promise) {
      void finishLater(decided, finish, done);
      return 'pending';
    }
    return finish(decided);
  };
}

async function finishLater<T, R>(
  decided: Promise<T>,
  finish: (result: T) => R,
  done: (result: R) => void,
): Promise<void> {
  done(finish(await decided));
}

function passwordOf(
  route: Route,
  users: FoundUsers,
  path: string,
  user: string,
  check: (stored: string) => PasswordResult | Promise<PasswordResult>,
): PasswordResult | Promise<PasswordResult> | number {
  if (users.kind !== 'users') {
    route.log('error', `open() "${escapeLog(path)}" failed (${users.message})`);
    return users.kind === 'missing' ? 403 : 500;
  }
  const stored = users.byName.get(user);
  if (stored === undefined) {
    route.log('error', `user "${escapeLog(user)}" was not found in "${escapeLog(path)}"`);
    return 'unknown';
  }
  const result = check(stored);
  if (result === 'unknown') {
    const form = `${nameOfOtherForm(stored)}, which Portico cannot check: store it anew, with htpasswd -B`;
    route.log('error', `user "${escapeLog(user)}": the password in "${escapeLog(path)}" is stored as ${form}`);
  }
  return result;
}

function resultOf(route: Route, result: PasswordResult, user: string, realm: string): Exclude<AccessResult, 'pending'> {
  switch (result) {
    case 'right':
      return 'granted';
    case 'wrong':
      route.log('error', `user "${escapeLog(user)}": password mismatch`);
      return challenge(route, realm);
    case 'unknown':
      return challenge(route, realm);
    case 'overloaded':
      route.log('warn', 'too many passwords wait to be checked');
      return 503;
    case 'failed':
      route.log('alert', 'the thread that checks passwords has ended');
      return 500;
  }
}

function challenge(route: Route, realm: string): number {
  const value = `Basic realm="${realm.replace(/["\\]/g, '\\$&')}"`;
  route.refuseWith(UNAUTHORIZED, fieldsOfLines([makeLine('WWW-Authenticate', value)]));
  return UNAUTHORIZED;
}
