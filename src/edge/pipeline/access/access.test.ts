import { deepEqual, equal, match } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import type { AddressRule, AuthRequest } from '../../../config/model/access.ts';
import type { AccessRules, Scope } from '../../../config/model/scope.ts';
import { FakeClock } from '../../../kernel/fake-clock.ts';
import { fieldsOf } from '../../../protocol/http/response-fields.ts';
import type { FakeClientExchange } from '../../plan/fake-client-exchange.ts';
import type { FakeModel } from '../../plan/fake-site.ts';
import { FakeSite, fakeErrorLogs, location, tellingContent } from '../../plan/fake-site.ts';
import { parseUsers } from './user-files.ts';

function rules(more: Partial<AccessRules>): AccessRules {
  return { satisfies: 'all', addresses: [], delayMs: 0, ...more };
}

function site(access: AccessRules, more: Partial<Scope> = {}): FakeSite {
  return new FakeSite({
    scopes: [{}, { access, ...more }],
    locations: [
      location('/', { scope: 1 }),
      location('/yes', { rewrite: [{ kind: 'return', status: 204, body: undefined }] }),
      location('/no', { rewrite: [{ kind: 'return', status: 403, body: undefined }] }),
      location('/odd', { rewrite: [{ kind: 'return', status: 404, body: undefined }] }),
    ],
  });
}

const ALLOW_CLIENT: AddressRule = { allows: true, from: '192.0.2.0/24' };
const DENY_ALL: AddressRule = { allows: false, from: 'all' };

test('the first rule that fits the address decides', () => {
  const status = (...addresses: AddressRule[]): number => site(rules({ addresses })).ask('/').status;
  equal(status(ALLOW_CLIENT, DENY_ALL), 200);
  equal(status(DENY_ALL, ALLOW_CLIENT), 403);
  equal(status({ allows: false, from: '192.0.2.1' }), 403);
  equal(status({ allows: false, from: '192.0.2.2' }), 200);
  equal(status({ allows: false, from: 'unix:' }), 200);
  equal(status({ allows: false, from: '::/0' }), 200);
});

test('scopes with one long list share its table: a thousand sites cost what one costs', () => {
  let reads = 0;
  const one = {
    allows: false,
    get from(): string {
      reads += 1;
      return '192.0.2.0/24';
    },
  };
  const addresses = [one];
  const scopes = Array.from({ length: 50 }, (_, index) => ({
    serverField: String(index),
    access: rules({ addresses }),
  }));
  const denied = new FakeSite({
    scopes,
    locations: scopes.map((_, index) => location(`/${index}/`, { scope: index })),
  });
  equal(denied.ask('/49/').status, 403);
  equal(denied.ask('/3/').status, 403);
  equal(reads < scopes.length, true, `${reads}`);
});

function withUsers(text: string, act: (file: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'users-'));
  const file = join(folder, 'users');
  writeFileSync(file, text);
  return act(file).finally(() => rmSync(folder, { recursive: true }));
}

function asking(at: FakeSite, credentials?: string): Promise<FakeClientExchange> {
  const fields =
    credentials === undefined
      ? []
      : ([['Authorization', `Basic ${Buffer.from(credentials).toString('base64')}`]] as const);
  return at.ask({ path: '/', fields }).over;
}

test('a password lets in who knows it', () =>
  withUsers('# people\njoe:{PLAIN}secret:with more\njoe:{PLAIN}other\n', async (file) => {
    const at = site(rules({ basic: { realm: 'the "inner" site', userFile: file } }));
    equal((await asking(at, 'joe:secret')).status, 200);
    for (const credentials of [undefined, 'joe:wrong', 'joe:other', 'ann:secret', 'joe', ':secret']) {
      const refused = await asking(at, credentials);
      deepEqual(
        [refused.status, refused.field('www-authenticate')],
        [401, 'Basic realm="the \\"inner\\" site"'],
        credentials ?? 'none',
      );
    }
    writeFileSync(file, 'ann:{PLAIN}new password\n');
    at.clock.advance(2000);
    equal((await asking(at, 'joe:secret')).status, 401, 'a changed file is obeyed');
    equal((await asking(at, 'ann:new password')).status, 200);
  }));

test('the name of the file may come with the request, relative to a folder', () =>
  withUsers('joe:{PLAIN}x\n', async (file) => {
    const [folder, name] = [dirname(file), basename(file)];
    const basic = { realm: 'r', userFile: [{ variable: 'arg_f' }], userFolder: `${folder}/` };
    const at = site(rules({ basic }));
    const statusOf = async (query: string): Promise<number> =>
      (await at.ask({ path: '/', query, fields: [['Authorization', `Basic ${btoa('joe:x')}`]] }).over).status;
    equal(await statusOf(`f=${name}`), 200);
    equal(await statusOf(`f=${file}`), 200);
    equal(await statusOf('f=none'), 403);
    equal(await statusOf(`f=../${basename(folder)}/${name}`), 403, 'a client does not choose the folder');
    equal(await statusOf(''), 500, 'a folder is no file');
    equal(await statusOf('f=/dev/zero'), 500, 'a device is none either');
    execFileSync('mkfifo', [`${folder}/pipe`]);
    equal(await statusOf('f=pipe'), 500, 'nor is a pipe, which nobody may ever write to');
  }));

test('the log says why a password does not let in, once', () =>
  withUsers('joe:$y$j9T$abc$def\nann:plain\nmay:{PLAIN}x\n', async (userFile) => {
    const path = `${userFile}.log`;
    const clock = new FakeClock();
    const at = new FakeSite(
      {
        scopes: [
          {
            access: rules({ basic: { realm: 'r', userFile } }),
            errorLogs: [{ sink: { kind: 'file', path }, level: 'error' }],
          },
        ],
        locations: [location('/')],
      },
      { clock, errorLogs: fakeErrorLogs(clock) },
    );
    for (const user of ['joe', 'ann', 'may', 'eve']) {
      equal((await asking(at, `${user}:plain`)).status, 401);
    }
    const lines = readFileSync(path, 'latin1').trimEnd().split('\n');
    deepEqual(
      lines.map((line) => /user "\w+"(?: was|: \w+)/.exec(line)?.[0]),
      ['user "joe": the', 'user "ann": the', 'user "may": password', 'user "eve" was'],
    );
    match(lines[0] ?? '', /is stored as yescrypt, which Portico cannot check: store it anew, with htpasswd -B/);
    match(lines[1] ?? '', /is stored as plain text without \{PLAIN\} in front/);
  }));

test('without the file of users nobody is let in', async () => {
  equal((await asking(site(rules({ basic: { realm: 'x', userFile: '/none' } })), 'joe:x')).status, 403);
  equal((await asking(site(rules({ basic: { realm: 'off', userFile: '/none' } })))).status, 200);
});

test('who is let in after all is not challenged', () => {
  const both = { satisfies: 'any', basic: { realm: 'r', userFile: '/none' } } as const;
  const granted = site(rules({ ...both, request: { uri: '/yes', sets: [] } })).ask('/');
  deepEqual([granted.status, granted.field('www-authenticate')], [200, undefined]);
  const refused = site(rules({ ...both, request: { uri: '/no', sets: [] } })).ask('/');
  deepEqual([refused.status, refused.field('www-authenticate')], [401, 'Basic realm="r"']);
});

test('"satisfy any" needs one of the rules, and asks for a password only where one would help', () =>
  withUsers('joe:{PLAIN}x\n', async (userFile) => {
    const any = (...addresses: AddressRule[]): FakeSite =>
      site(rules({ satisfies: 'any', addresses, basic: { realm: 'r', userFile } }));
    equal((await asking(any(ALLOW_CLIENT, DENY_ALL))).status, 200);
    equal((await asking(any(DENY_ALL), 'joe:x')).status, 200);
    equal((await asking(any(DENY_ALL))).status, 401);
    const all = site(rules({ addresses: [ALLOW_CLIENT, DENY_ALL], basic: { realm: 'r', userFile } }));
    equal((await asking(all)).status, 401);
    equal((await asking(all, 'joe:x')).status, 200);
  }));

test('"limit_except" has rules for the other methods', () => {
  const at = site(rules({}), { exceptMethods: { methods: ['GET'], access: rules({ addresses: [DENY_ALL] }) } });
  deepEqual(
    ['GET', 'HEAD', 'POST', 'DELETE'].map((method) => at.ask({ method, path: '/' }).status),
    [200, 200, 403, 403],
  );
});

test('"limit_except" stands in the place of instructions, which would answer before it', () => {
  const exceptMethods = { methods: ['GET'], access: rules({ addresses: [DENY_ALL] }) };
  const at = new FakeSite({
    scopes: [{}, { exceptMethods }],
    locations: [location('/', { scope: 1, rewrite: [{ kind: 'return', status: 200, body: 'returned' }] })],
  });
  deepEqual(
    ['GET', 'POST'].map((method) => at.ask({ method, path: '/' }).status),
    [200, 403],
  );
});

test('a subrequest lets in by 2xx, and refuses by 401 and 403', () => {
  const status = (uri: string, sets: AuthRequest['sets'] = []): number =>
    site(rules({ request: { uri, sets } })).ask('/').status;
  deepEqual([status('/yes'), status('/no'), status('/odd')], [200, 403, 500]);
});

test('a subrequest is a GET, may set variables, and does not ask itself', () => {
  const model: FakeModel = {
    scopes: [
      {},
      {
        access: rules({
          request: {
            uri: '/auth?x=1',
            sets: [
              {
                variable: 'who',
                value: [{ variable: 'sent_http_x_user' }, ' ', { variable: 'args' }, ' ', { variable: 'status' }],
              },
            ],
          },
        }),
        fields: {
          fields: [{ name: 'X-Who', value: [{ variable: 'who' }], always: true, effect: 'add' }],
          trailers: [],
          expires: undefined,
        },
      },
    ],
    locations: [location('/', { scope: 1 }), location('/auth', { isInternal: true, content: { kind: 'status' } })],
  };
  const granted = { status: 200, reason: undefined, fields: fieldsOf('X-User: joe\r\n') };
  const at = new FakeSite(model, {
    produceOf: (content) =>
      content.kind === 'status' ? ({ responder }) => responder.respond(granted, 'fine') : tellingContent(content),
  });
  const asked = at.ask({ method: 'POST', path: '/' });
  deepEqual([asked.status, asked.body, asked.field('x-who')], [200, 'files POST /', 'joe x=1 200']);
});

test('a subrequest that needs itself ends', () => {
  const at = new FakeSite({
    scopes: [{ access: rules({ request: { uri: '/auth', sets: [] } }) }],
    locations: [location('/')],
  });
  equal(at.ask('/').status, 200, 'rules of access are for requests of clients');
});

test('parseUsers() takes the first of a name, and leaves out what is no user', () => {
  deepEqual(
    [...parseUsers('a:1\r\n\n#b:2\nc\na:2\n:3\nd:4:x')],
    [
      ['a', '1'],
      ['d', '4'],
    ],
  );
});
