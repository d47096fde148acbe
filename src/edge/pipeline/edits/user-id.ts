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

/** What came with a request, and what is to go with its response. */
interface Decision {
  readonly got: Buffer | undefined;
  readonly set: Buffer | undefined;
}

/** Whoever asks first decides, for a field that is added ($uid_set) is made before the cookie. */
const DECISIONS = new WeakMap<Route, Decision>();

export function compileUserId(scope: Scope, compilation: Compilation): AnswerEdit | undefined {
  const { userId } = scope;
  if (userId === undefined || userId.mode === 'log') {
    return undefined;
  }
  const decide = decider(userId, compilation);
  return (answer, route) => {
    const id = route.main === route ? decide(route).set : undefined;
    if (id === undefined) {
      return;
    }
    const value = renderUserIdCookie(userId, writeUserId(id, userId.mark), compilation.clock.nowMs());
    answer.fields = answer.fields.with('Set-Cookie', value);
    if (userId.p3p !== '') {
      answer.fields = answer.fields.with('P3P', userId.p3p);
    }
  };
}

function decider(userId: UserId, compilation: Compilation): (main: Route) => Decision {
  const cookieOf = compilation.variable(`cookie_${userId.name}`);
  const resetOf = compilation.variable('uid_reset');
  const makeId = idMaker(userId, compilation);
  return (main) => {
    const known = DECISIONS.get(main);
    if (known !== undefined) {
      return known;
    }
    const cookie = cookieOf(main) ?? '';
    const got = readUserId(cookie);
    if (got === undefined && cookie !== '') {
      main.log('error', `client sent an invalid userid cookie "${escapeLog(cookie)}"`);
    }
    const reset = resetOf(main) ?? '';
    const isReset = got !== undefined && reset !== '' && reset !== '0';
    if (isReset && reset === 'log') {
      main.log('notice', `userid cookie "${renderUserId(userId.name, got)}" was reset`);
    }
    const isKnown = got !== undefined && !isReset && hasMark(cookie, userId.mark);
    const decision = { got, set: isKnown ? undefined : got !== undefined && !isReset ? got : makeId(main) };
    DECISIONS.set(main, decision);
    return decision;
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

export function compileUidSet({ userId }: Scope, compilation: Compilation): Variable | undefined {
  if (userId === undefined || userId.mode === 'log') {
    return undefined;
  }
  const decide = decider(userId, compilation);
  return ({ main }) => {
    const { set } = decide(main);
    return set && renderUserId(userId.name, set);
  };
}
