/** `userid`: who has no cookie that identifies the browser gets one. $uid_got is what came with the request, $uid_set what goes with the response. */

import type { UserId } from '../../../config/model/answers.ts';
import type { Scope } from '../../../config/model/scope.ts';
import { randomBytes } from '../../../kernel/random-bytes.ts';
import { escapeLog } from '../../access-log/line.ts';
import {
  hasMark,
  readUserId,
  renderUserId,
  renderUserIdCookie,
  serviceOf,
  UserIdSource,
  writeUserId,
} from '../../user-ids/user-id.ts';
import type { Compilation } from '../compilation.ts';
import type { AnswerEdit, Route } from '../route.ts';
import type { Variable } from '../variables/variable.ts';

/** What a response has set, for $uid_set. */
const SET = new WeakMap<Route, Buffer>();

export function compileUserId({ userId }: Scope, compilation: Compilation): AnswerEdit | undefined {
  if (userId === undefined || userId.mode === 'log') {
    return undefined;
  }
  const cookieOf = compilation.variable(`cookie_${userId.name}`);
  const resetOf = compilation.variable('uid_reset');
  const makeId = idMaker(userId, compilation);
  return (answer, route) => {
    if (route.main !== route) {
      return;
    }
    const cookie = cookieOf(route) ?? '';
    const got = readUserId(cookie);
    if (got === undefined && cookie !== '') {
      route.log('error', `client sent an invalid userid cookie "${escapeLog(cookie)}"`);
    }
    const reset = resetOf(route) ?? '';
    const isReset = got !== undefined && reset !== '' && reset !== '0';
    if (isReset && reset === 'log') {
      route.log('notice', `userid cookie "${renderUserId(userId.name, got)}" was reset`);
    }
    if (got !== undefined && !isReset && hasMark(cookie, userId.mark)) {
      return;
    }
    const id = got === undefined || isReset ? makeId(route) : got;
    SET.set(route, id);
    const value = renderUserIdCookie(userId, writeUserId(id, userId.mark), compilation.clock.nowMs());
    answer.fields = answer.fields.with('Set-Cookie', value);
    if (userId.p3p !== '') {
      answer.fields = answer.fields.with('P3P', userId.p3p);
    }
  };
}

function idMaker({ mode, service }: UserId, compilation: Compilation): (route: Route) => Buffer {
  const source = new UserIdSource(randomBytes(4).readUInt32BE(0));
  const addressOf = compilation.variable('server_addr');
  const version = mode === 'v1' ? 'v1' : 'v2';
  return (route) => {
    const own = service === 0 && version === 'v2' ? serviceOf(addressOf(route) ?? '') : service;
    return source.next(version, own, compilation.clock.nowMs());
  };
}

export function compileUidGot({ userId }: Scope, compilation: Compilation): Variable | undefined {
  if (userId === undefined) {
    return undefined;
  }
  const cookieOf = compilation.variable(`cookie_${userId.name}`);
  return ({ main }) => {
    const id = readUserId(cookieOf(main) ?? '');
    return id && renderUserId(userId.name, id);
  };
}

export function compileUidSet({ userId }: Scope): Variable | undefined {
  return (
    userId &&
    (({ main }) => {
      const id = SET.get(main);
      return id && renderUserId(userId.name, id);
    })
  );
}
