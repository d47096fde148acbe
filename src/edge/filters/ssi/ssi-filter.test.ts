import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import type { ServerSideIncludes } from '../../../config/model/bodies.ts';
import type { Scope } from '../../../config/model/scope.ts';
import { fakeCompilation } from '../fake-compilation.ts';
import { FakeSubrequests } from '../fake-subrequests.ts';
import { FakeTransport, fakeAnswer, fakeRoute, passThrough, slices } from '../fake-writers.ts';
import { compileIncludes } from './ssi-filter.ts';

const RULES: ServerSideIncludes = {
  types: ['text/html'],
  isSilent: false,
  keepsLastModified: false,
  valueLengthMax: 255,
};
const ERROR = '[an error occurred while processing the directive]';

interface Around {
  readonly variables?: Readonly<Record<string, string>>;
  readonly answers?: Readonly<Record<string, string>>;
  readonly rules?: Partial<ServerSideIncludes>;
  readonly isLate?: boolean;
}

function open({ variables = {}, answers = {}, rules = {}, isLate = false }: Around) {
  const compilation = fakeCompilation();
  for (const [name, value] of Object.entries(variables)) {
    compilation.values.set(name, value);
  }
  const subrequests = new FakeSubrequests(answers, isLate);
  const logged: string[] = [];
  const route = fakeRoute([], {
    path: '/deep/page.html',
    startSubrequest: (start) => subrequests.start(start),
    log: (_level, text) => logged.push(text),
  });
  const filter = compileIncludes({ includes: { ...RULES, ...rules } } as unknown as Scope, compilation);
  const answer = fakeAnswer({ fields: 'Content-Type: text/html\r\nETag: "x"\r\nLast-Modified: y\r\n', length: 100 });
  const transform = filter?.(answer, route);
  if (transform === undefined) {
    throw new Error('the page is left alone');
  }
  return { transform, answer, subrequests, logged };
}

/** The same for every way to cut the page, and whether what it includes comes at once or later. */
async function page(text: string, around: Around = {}): Promise<string> {
  const results: string[] = [];
  for (const size of [Math.max(1, text.length), 5, 2, 1]) {
    for (const isLate of [false, true]) {
      const { transform } = open({ ...around, isLate });
      results.push((await passThrough(transform, slices(text, size))).toString('latin1'));
    }
  }
  const [first = ''] = results;
  ok(
    results.every((result) => result === first),
    `${text}: ${JSON.stringify(results)}`,
  );
  return first;
}

test('a page without commands is what it was, whatever looks like one', async () => {
  for (const text of ['', 'x', '<', '<<!', '<!-- a comment -->', '<!--<!--', 'a<!-#b', '<!--#']) {
    equal(await page(text), text === '<!--#' ? '' : text);
  }
});

test('echo gives a value, a default, or that there is none, in the encoding that is asked for', async () => {
  equal(await page('X<!--#echo var="arg_test" -->X'), 'X(none)X');
  equal(await page('X<!--#echo var="a" -->X', { variables: { a: '' } }), 'XX');
  equal(await page('X<!--#echo var="A" -->X', { variables: { a: 'test' } }), 'XtestX');
  equal(await page('<!--#echo var="none" default="d" -->|<!--#echo var="none" default="" -->'), 'd|');
  const variables = { a: '<te"st>&' };
  equal(await page('<!--#echo var="a" -->', { variables }), '&lt;te&quot;st&gt;&amp;');
  equal(await page('<!--#echo var="a" encoding="none" --><!--#echo var="a" -->', { variables }), '<te"st>&<te"st>&');
  equal(await page('<!--#echo var="a" encoding="url" -->', { variables }), '%3Cte%22st%3E&');
  equal(await page('<!--#echo var=a -->x'), `${ERROR}x`);
});

test('set makes a variable of text and other variables, which a backslash keeps out', async () => {
  equal(await page('<!--#set var="b" value="test" --><!--#echo var="b" -->'), 'test');
  equal(
    await page('<!--#set var="b" value="<$a>-${a}x\\$a\\"\\n" --><!--#echo var="b" encoding="none" -->', {
      variables: { a: '1' },
    }),
    '<1>-1x$a"\\n',
  );
  equal(await page('<!--#set var="b" value="$" -->'), ERROR);
  equal(await page("<!--#set var='b' value='it\\'s' --><!--#echo var='b' encoding='none' -->"), "it's");
});

test('if, elif and else choose by values, comparisons and regexes', async () => {
  const chain = '<!--#if expr="$a" -->IF<!--#elif expr="$b" -->ELIF<!--#else -->ELSE<!--#endif -->.';
  equal(await page(chain, { variables: { a: '1', b: '1' } }), 'IF.');
  equal(await page(chain, { variables: { b: '1' } }), 'ELIF.');
  equal(await page(chain), 'ELSE.');
  const holds = async (expression: string, variables: Record<string, string> = {}): Promise<string> =>
    page(`<!--#if expr="${expression}" -->Y<!--#endif -->`, { variables });
  equal(await holds('$v = equal', { v: 'equal' }), 'Y');
  equal(await holds('$v = equal', { v: 'other' }), '');
  equal(await holds('equal != $v', { v: 'other' }), 'Y');
  equal(await holds('$v = var$w', { v: 'varHERE', w: 'HERE' }), 'Y');
  equal(await holds('$v = /re+gexp?/', { v: 'XreeeegexX' }), 'Y');
  equal(await holds('$v = /REG/', { v: 'reg' }), '');
  equal(await holds('$v != /re+gexp?/', { v: 'XrgxX' }), 'Y');
  equal(await holds('$v = \\/x', { v: '/x' }), 'Y');
  equal(await holds('$v = /(/', { v: 'x' }), `${ERROR}Y${ERROR}`);
  equal(await holds('$v ~ x', { v: 'x' }), `${ERROR}Y${ERROR}`);
});

test('the groups of a regex are variables', async () => {
  const text =
    '<!--#if expr="$v = /(CAP\\d).*(?P<last>CAP\\d)/" --><!--#echo var="1" -->x<!--#echo var="last" --><!--#endif -->';
  equal(await page(text, { variables: { v: 'hereCAP1andCAP2' } }), 'CAP1xCAP2');
});

test('what is not chosen is neither shown nor run', async () => {
  const text =
    '<!--#if expr="$no" --><!--#include virtual="/a" --><!--#set var="x" value="1" --><!--#bad --><!--#endif --><!--#echo var="x" -->';
  equal(await page(text, { answers: { '/a': 'A' } }), '(none)');
});

test('commands in the wrong place, unknown, or malformed leave a message, or nothing', async () => {
  for (const text of [
    '<!--#endif -->',
    '<!--#else -->',
    '<!--#elif expr="a" -->',
    '<!--#unknown -->',
    '<!--#echo -->',
    '<!--#echo var="a" var="b" -->',
    '<!--#echo what="a" -->',
    '<!--#include -->',
    '<!--#echo var="a"x -->',
    '<!--#echo var -->',
    '<!--#include virtual="/a" file="b" -->',
    '<!--#include virtual="/a" wait="perhaps" -->',
    '<!--#include virtual="/a" stub="none" -->',
    '<!--#include virtual="../../x" -->',
  ]) {
    equal(await page(`a${text}b`), `a${ERROR}b`, text);
    equal(await page(`a${text}b`, { rules: { isSilent: true } }), 'ab', text);
  }
  equal(await page('<!--#config errmsg="oops" --><!--#bad -->'), 'oops');
  equal(await page(`<!--#echo var="${'x'.repeat(300)}" -->y`), `${ERROR}y`);
  equal(await page(`<!--#${'x'.repeat(40)} -->y`), `${ERROR}y`);
});

test('what is included stands in its place, one after another', async () => {
  const answers = { '/first.html': 'FIRST', '/deep/second': '', '/q': 'Q', '/x y': 'XY' };
  equal(
    await page(
      'x<!--#include virtual="/first.html" -->x<!--#include virtual="second" -->x<!--#include file="/q?a=$v" -->x',
      { answers, variables: { v: '1' } },
    ),
    'xFIRSTxxQx',
  );
  equal(await page('<!--#include virtual="/x%20y" wait="yes"-->', { answers }), 'XY');
  equal(await page('<!--#include virtual="" -->', { answers: { '/deep/': 'DEEP' } }), 'DEEP');
  equal(await page('x<!--#include virtual="/none" -->x', { answers }), `x${ERROR}x`);
  const { transform, subrequests } = open({ answers });
  await passThrough(transform, [Buffer.from('<!--#include virtual="/q?a=%31&b" -->')]);
  deepEqual(subrequests.asked, ['/q?a=%31&b']);
});

test('include set takes the answer into a variable, if it is one', async () => {
  const text = '<!--#include virtual="/a" set="v" -->[<!--#echo var="v" -->]';
  equal(await page(text, { answers: { '/a': 'A<' } }), '[A&lt;]');
  equal(await page(text, { answers: { '/a': '404 gone' } }), '[]');
});

test('a block stands for what is empty or failed, and is run then', async () => {
  const text =
    '<!--#block name="one" -->[<!--#echo var="v" --><!--#if expr="$v" -->IF<!--#else -->ELSE<!--#endif -->]<!--#endblock -->x<!--#include virtual="/a" stub="one" -->x<!--#include virtual="/a" stub="one" -->';
  const variables = { v: '1' };
  equal(await page(text, { answers: { '/a': '' }, variables }), 'x[1IF]x[1IF]');
  equal(await page(text, { answers: { '/a': '404 not found' }, variables }), 'x[1IF]x[1IF]');
  equal(await page(text, { answers: { '/a': 'A' }, variables }), 'xAxA');
});

test('times have the format of the page', async () => {
  const text = '<!--#config timefmt="%Y-%s" --><!--#set var="v" value="x" --><!--#echo var="v" -->';
  equal(await page(text), 'x');
});

test('the head says nothing of the old content, unless that is wanted', () => {
  equal(open({}).answer.fields.text, 'Content-Type: text/html\r\n');
  equal(
    open({ rules: { keepsLastModified: true } }).answer.fields.text,
    'Content-Type: text/html\r\nETag: W/"x"\r\nLast-Modified: y\r\n',
  );
  equal(open({}).answer.length, undefined);
});

test('no page makes a variable of any length, or waits for a client with more than its part', async () => {
  const doubling = `<!--#set var="v" value="${'x'.repeat(200)}" -->${'<!--#set var="v" value="$v$v" -->'.repeat(30)}end`;
  ok((await page(doubling)).endsWith('end'));
  const { transform, subrequests } = open({ answers: { '/a': 'A'.repeat(100) }, isLate: true });
  const transport = new FakeTransport();
  transport.takes = false;
  const writer = transform(transport, { drained: () => undefined });
  writer.write(Buffer.from('<!--#include virtual="/a" -->'));
  equal(subrequests.give(50), false);
  writer.drained();
  equal(subrequests.drains, 1);
  writer.drop();
  equal(subrequests.cancels, 1);
});
