import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { Charset } from '../../../config/model/bodies.ts';
import type { Scope } from '../../../config/model/scope.ts';
import { fakeCompilation } from '../fake-compilation.ts';
import type { FakeAnswer } from '../fake-writers.ts';
import { fakeAnswer, fakeRoute, passThrough, slices } from '../fake-writers.ts';
import { compileCharset } from './charset-filter.ts';
import { compileRecodings } from './recode.ts';
import { RecodeWriter } from './recode-writer.ts';

const MAPS = [
  {
    from: 'koi8-r',
    to: 'utf-8',
    pairs: [
      ['C1', 'D0B0'],
      ['C2', 'D0B1'],
      ['80', 'E29480'],
    ],
  },
  { from: 'B', to: 'A', pairs: [['58', '59']] },
] as const;
const RULES: Charset = { charset: 'utf-8', source: '', overridesContent: false, types: ['text/html'] };

function run(rules: Partial<Charset>, answerLike: FakeAnswer, route = fakeRoute()) {
  const logged: string[] = [];
  const compilation = fakeCompilation({ charsetMaps: MAPS });
  const filter = compileCharset({ charset: { ...RULES, ...rules } } as unknown as Scope, compilation);
  const answer = fakeAnswer(answerLike);
  const transform = filter?.(
    answer,
    Object.assign(route, { log: (_level: string, text: string) => logged.push(text) }),
  );
  return { type: answer.fields.get('content-type'), answer, transform, logged };
}

const html = (more = ''): FakeAnswer => ({ fields: `Content-Type: text/html${more}\r\n`, length: 9 });

test('the charset is said of the types that are listed, unless the content says one', () => {
  equal(run({}, html()).type, 'text/html; charset=utf-8');
  equal(run({}, html('; charset=koi8-r')).type, 'text/html; charset=koi8-r');
  equal(
    run({ overridesContent: true, source: 'koi8-r' }, html('; charset="KOI8-R"; a=b')).type,
    'text/html; a=b; charset=utf-8',
  );
  equal(run({}, { fields: 'Content-Type: text/foo\r\n' }).type, 'text/foo');
  equal(run({ types: ['*'] }, { fields: 'Content-Type: text/foo\r\n' }).type, 'text/foo; charset=utf-8');
  equal(run({ charset: '' }, html()).type, 'text/html');
  equal(run({}, {}).type, undefined);
  equal(run({}, { ...html(), status: 302 }).type, 'text/html');
});

test('a body is changed where there is a map, and its length is known if each byte stays one', async () => {
  const same = run({ charset: 'A', source: 'B' }, html());
  equal(same.answer.length, 9);
  equal((await passThrough(same.transform!, ['XYZ'])).toString(), 'YYZ');
  const longer = run({ source: 'koi8-r' }, html());
  equal(longer.answer.length, undefined);
  deepEqual(await passThrough(longer.transform!, [Buffer.from('61c1c2ff', 'hex')]), Buffer.from('aаб?'));
});

test('where there is no map, or the body is coded, it is left alone', () => {
  const { type, transform, logged } = run({ source: 'windows-1251' }, html());
  deepEqual([type, transform, logged.length], ['text/html', undefined, 1]);
  equal(
    run({ source: 'koi8-r' }, { fields: 'Content-Type: text/html\r\nContent-Encoding: gzip\r\n' }).transform,
    undefined,
  );
});

test('a part becomes of the charset of the whole', async () => {
  const main = fakeRoute();
  equal(run({ charset: 'koi8-r' }, html(), main).type, 'text/html; charset=koi8-r');
  const part = run({ charset: '' }, html('; charset=utf-8'), fakeRoute([], { main }));
  deepEqual(
    await passThrough(
      part.transform!,
      ['aа'].map((text) => Buffer.from(text)),
    ),
    Buffer.from('61c1', 'hex'),
  );
});

test('UTF-8 is read the same however it is cut; what a charset lacks becomes a reference, what is no UTF-8 a question mark', async () => {
  const recoding = compileRecodings(MAPS).get('utf-8 koi8-r');
  const body = Buffer.concat([Buffer.from('aаб─€😀<'), Buffer.from('ff3cc03cc0af3ced3ee2943cf4908080f0', 'hex')]);
  const expected = Buffer.concat([
    Buffer.from('61c1c280', 'hex'),
    Buffer.from('&#8364;&#128512;<'),
    Buffer.from('?<?<??<?>??<?????'),
  ]);
  for (const size of [body.length, 5, 3, 2, 1]) {
    const output = await passThrough(
      (next, before) => new RecodeWriter(recoding!.open(), next, before),
      slices(body, size),
    );
    equal(output.toString('latin1'), expected.toString('latin1'), `by ${size}`);
  }
});
