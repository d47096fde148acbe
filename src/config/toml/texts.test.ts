// What stands in one text of portico.toml and has parts: each is written as it is read.

import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome } from '../../kernel/outcome.ts';
import { parseAddressRule, renderAddressRule } from './address-rule.ts';
import { parseCondition, renderCondition } from './condition.ts';
import { parseErrorPage, renderErrorPage } from './error-page.ts';
import { parseExpires, renderExpires } from './expires-text.ts';
import { parseLogSink as parseSink, renderLogSink } from './log-sink.ts';
import { parseTemplateText, renderTemplateText } from './template-text.ts';

const parseLogSink = (text: string) => parseSink(text, '/etc/portico');

function parsed<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) {
    throw new Error(outcome.fault);
  }
  return outcome.value;
}

function faultOf(outcome: Outcome<unknown>): string {
  return outcome.ok ? '' : outcome.fault;
}

function keeps<T>(texts: readonly string[], parse: (text: string) => Outcome<T>, render: (value: T) => string): void {
  for (const text of texts) {
    equal(render(parsed(parse(text))), text);
  }
}

test('a template has variables, captures and dollars', () => {
  deepEqual(parsed(parseTemplateText(`/a/$uri/$1x\${host}y$$5`)), [
    '/a/',
    { variable: 'uri' },
    '/',
    { capture: 1 },
    'x',
    { variable: 'host' },
    'y$5',
  ]);
  equal(parsed(parseTemplateText('plain')), 'plain');
  equal(
    faultOf(parseTemplateText('5 $')),
    'after a dollar stands the name of a variable; a dollar itself is written twice: "$$"',
  );
  keeps(['$uri', `\${uri}x`, '$uri x', '$$', '', '$1$2'], parseTemplateText, renderTemplateText);
});

test('a rule of addresses allows or denies', () => {
  deepEqual(parsed(parseAddressRule('deny 10.0.0.0/8')), { allows: false, from: '10.0.0.0/8' });
  keeps(['allow ::1', 'deny all', 'allow unix:', 'allow 2001:db8::/32'], parseAddressRule, renderAddressRule);
  for (const text of ['allow', 'allow 10.0.0.0/33', 'permit all', 'allow example.com']) {
    equal(faultOf(parseAddressRule(text)).startsWith(`"${text}" is not a rule`), true);
  }
});

test('a condition compares, matches or looks for a file', () => {
  deepEqual(parsed(parseCondition('$host !~* ^www\\.')), {
    kind: 'matches',
    variable: 'host',
    pattern: { text: '^www\\.', isCaseless: true },
    isNegated: true,
  });
  deepEqual(parsed(parseCondition('$a = ')), { kind: 'equals', variable: 'a', value: '', isNegated: false });
  keeps(
    ['$a', '$a = b', '$a != $b', '$a ~ x|y', '$a !~ x', '$a ~* x', '-f $request_filename', '!-e /x', '-d /x', '-x /y'],
    parseCondition,
    renderCondition,
  );
  equal(faultOf(parseCondition('a = b')).startsWith('"a = b" is not a condition'), true);
});

test('an error page has statuses, and may change the status', () => {
  deepEqual(parsed(parseErrorPage('500 502', '/50x.html')), {
    statuses: [500, 502],
    to: '/50x.html',
    status: 'unchanged',
  });
  deepEqual(parsed(parseErrorPage('404', '=200 /x')), { statuses: [404], to: '/x', status: 200 });
  deepEqual(parsed(parseErrorPage('404', '= @fallback')), { statuses: [404], to: '@fallback', status: 'answer' });
  for (const [statuses, text] of [
    ['404', '/x'],
    ['500 503', '=200 /x'],
    ['403', '= @a'],
  ] as const) {
    deepEqual(renderErrorPage(parsed(parseErrorPage(statuses, text))), [statuses, text]);
  }
  equal(faultOf(parseErrorPage('200', '/x')), '"200" are not statuses from 300 to 599, with spaces between them');
  equal(faultOf(parseErrorPage('404', '')).startsWith('"" names no page'), true);
});

test('a time of expiry is one of several kinds', () => {
  deepEqual(parsed(parseExpires('-1h')), { kind: 'after', seconds: -3600, since: 'access' });
  deepEqual(parsed(parseExpires('modified +1d12h')), { kind: 'after', seconds: 129_600, since: 'modification' });
  deepEqual(parsed(parseExpires('@15h30m')), { kind: 'at', secondOfDay: 55_800 });
  deepEqual(parsed(parseExpires('$expires')), [{ variable: 'expires' }]);
  keeps(['30s', 'modified 60s', '@0s', 'max', 'epoch', 'off', '$a', '-1s'], parseExpires, renderExpires);
  for (const text of ['@25h', 'soon', '', '1 h']) {
    equal(parseExpires(text).ok, false, text);
  }
});

test('a log goes to a path or to syslog', () => {
  deepEqual(parsed(parseLogSink('/var/log/$host.log')), {
    kind: 'file',
    path: ['/var/log/', { variable: 'host' }, '.log'],
  });
  deepEqual(parsed(parseLogSink('a.log')), { kind: 'file', path: '/etc/portico/a.log' });
  keeps(
    ['-', '/x', 'syslog:server=unix:/dev/log', 'syslog:server=a:514,facility=local0,severity=error,tag=x,nohostname'],
    parseLogSink,
    renderLogSink,
  );
  equal(faultOf(parseLogSink('syslog:facility=x')), 'a syslog target needs "server="');
  equal(parseLogSink('syslog:server=a,colour=x').ok, false);
});
