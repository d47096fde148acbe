import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRoute } from './read-route.ts';

function shown(option: string, text: string): unknown {
  const route = readRoute(option, text);
  return route.ok ? route.value : 'fault';
}

test('a rule looks at a part of the request, or at none', () => {
  const inside = [{ kind: 'return', status: 403, body: undefined }];
  const rule = (variable: string) => ({
    ...{ kind: 'if', scope: 0, content: undefined, inside },
    condition: { kind: 'matches', variable, pattern: { text: '^/a', isCaseless: false }, isNegated: false },
  });
  assert.deepEqual(shown('route', '^/a break:403 Forbidden'), rule('uri'));
  assert.deepEqual(shown('route-uri', '^/a return:403'), rule('request_uri'));
  assert.deepEqual(shown('route-run', 'last:'), { kind: 'break' });
});

test('a condition compares a variable', () => {
  const conditionOf = (option: string, text: string) => {
    const rule = shown(option, `${text} last:`);
    return typeof rule === 'object' && rule !== null && 'condition' in rule ? rule.condition : rule;
  };
  const matching = (text: string) => ({
    ...{ kind: 'matches', variable: 'http_host', pattern: { text, isCaseless: false }, isNegated: false },
  });
  assert.deepEqual(conditionOf('route-if-not', 'equal:${HTTPS};on'), {
    ...{ kind: 'equals', variable: 'https', value: 'on', isNegated: true },
  });
  assert.deepEqual(conditionOf('route-if', 'empty:${HTTP_COOKIE}'), {
    ...{ kind: 'equals', variable: 'http_cookie', value: '', isNegated: false },
  });
  assert.deepEqual(conditionOf('route-if', 'startswith:${HTTP_HOST};www.'), matching('^www\\.'));
  assert.deepEqual(conditionOf('route-if', 'contains:${HTTP_HOST};a+b'), matching('a\\+b'));
  assert.deepEqual(conditionOf('route-if', 'regexp:${HTTP_HOST};^a'), matching('^a'));
  for (const text of ['equal:a;b', 'isfile:${PATH_INFO}', 'equal:${MY_OWN};1']) {
    assert.equal(conditionOf('route-if', text), 'fault', text);
  }
});

test('a redirect has variables and what the regex has found', () => {
  assert.deepEqual(shown('route-run', 'redirect-permanent:https://${HTTP_HOST}${REQUEST_URI}'), {
    ...{ kind: 'return', status: 301 },
    body: ['https://', { variable: 'http_host' }, { variable: 'request_uri' }],
  });
  assert.deepEqual(shown('route-run', 'redirect:/x/$1$'), {
    kind: 'return',
    status: 302,
    body: ['/x/', { capture: 1 }, '$'],
  });
  assert.deepEqual(shown('route-run', 'redirect:/x'), { kind: 'return', status: 302, body: '/x' });
  for (const text of ['redirect:${MY_OWN}', 'break:', 'basicauth:a,b', 'goto:x', '']) {
    assert.equal(shown('route-run', text), 'fault', text);
  }
  assert.equal(shown('route', '^/x'), 'fault');
  assert.equal(shown('route', '^/x uwsgi:/a,b'), 'fault');
});
