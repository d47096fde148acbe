import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { Additions } from '../../../config/model/bodies.ts';
import type { Scope } from '../../../config/model/scope.ts';
import { fakeCompilation } from '../fake-compilation.ts';
import { FakeSubrequests } from '../fake-subrequests.ts';
import type { FakeAnswer } from '../fake-writers.ts';
import { FakeTransport, fakeAnswer, fakeRoute, passThrough } from '../fake-writers.ts';
import { compileAdditions } from './addition-filter.ts';

function run(rules: Partial<Additions>, subrequests: FakeSubrequests, answerLike: FakeAnswer = {}) {
  const additions = { before: undefined, after: undefined, types: ['text/html'], ...rules };
  const filter = compileAdditions({ additions } as unknown as Scope, fakeCompilation());
  const answer = fakeAnswer({ fields: 'Content-Type: text/html\r\nETag: "x"\r\n', length: 4, ...answerLike });
  const route = fakeRoute([], { startSubrequest: (start) => subrequests.start(start) });
  return { answer, transform: filter?.(answer, route) };
}

test('what subrequests answer stands before the body and behind it, also if it comes late, and if there is no body', async () => {
  for (const isLate of [false, true]) {
    for (const pieces of [['bo', 'dy'], []]) {
      const subrequests = new FakeSubrequests({ '/a': 'A', '/b': 'B' }, isLate);
      const { answer, transform } = run({ before: '/a', after: '/b' }, subrequests);
      equal((await passThrough(transform!, pieces)).toString(), `A${pieces.join('')}B`);
      equal(answer.length, undefined);
      equal(answer.fields.get('etag'), 'W/"x"');
    }
  }
  const one = run({ after: '/b' }, new FakeSubrequests({ '/b': 'B' }));
  equal((await passThrough(one.transform!, ['body'])).toString(), 'bodyB');
});

test('other types, other statuses and subrequests are left alone; a subrequest that cannot be started leaves nothing', async () => {
  const subrequests = new FakeSubrequests({});
  equal(run({ before: '/a' }, subrequests, { status: 404 }).transform, undefined);
  equal(run({ before: '/a' }, subrequests, { fields: 'Content-Type: image/png\r\n' }).transform, undefined);
  equal((await passThrough(run({ before: '/none' }, subrequests).transform!, ['body'])).toString(), 'body');
});

test('a client that is behind stops the subrequest, and one that goes cancels it', () => {
  const subrequests = new FakeSubrequests({ '/a': 'A'.repeat(100) }, true);
  const { transform } = run({ before: '/a' }, subrequests);
  const transport = new FakeTransport();
  transport.takes = false;
  const writer = transform!(transport, { drained: () => undefined });
  equal(writer.write(Buffer.from('body')), true);
  equal(subrequests.give(10), false);
  equal(subrequests.drains, 0);
  writer.drained();
  equal(subrequests.drains, 1);
  writer.drop();
  equal(subrequests.cancels, 1);
  equal(transport.ended, 'drop');
});
