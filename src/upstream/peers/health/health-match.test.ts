import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { HealthMatch } from '../../../config/model/upstream.ts';
import { compileHealthMatch } from './health-match.ts';

const ANY: HealthMatch = { statuses: [], statusesAreExcluded: false, fields: [] };
const ANSWER = {
  status: 200,
  fields: [
    { name: 'Server', lower: 'server', value: 'app' },
    { name: 'X-A', lower: 'x-a', value: 'one' },
    { name: 'X-A', lower: 'x-a', value: 'two' },
  ],
  body: 'all is well',
};

function judged(match: Partial<HealthMatch>): string | undefined {
  return compileHealthMatch({ ...ANY, ...match })(ANSWER);
}

function field(name: string, value: string | undefined, isRegex = false, isNegated = false): Partial<HealthMatch> {
  return { fields: [{ name, isRegex, isNegated, ...(value === undefined ? {} : { value }) }] };
}

test('statuses are in a range, or in none', () => {
  equal(judged({}), undefined);
  equal(judged({ statuses: [[200, 399]] }), undefined);
  equal(
    judged({
      statuses: [
        [404, 404],
        [200, 200],
      ],
    }),
    undefined,
  );
  equal(judged({ statuses: [[300, 399]] }), 'the status is 200');
  equal(judged({ statuses: [[200, 299]], statusesAreExcluded: true }), 'the status is 200');
  equal(judged({ statuses: [[500, 599]], statusesAreExcluded: true }), undefined);
});

test('fields are there, have a value or match a regex, or do not', () => {
  equal(judged(field('server', undefined)), undefined);
  equal(judged(field('X-B', undefined)), 'the field "X-B" does not match');
  equal(judged(field('X-B', undefined, false, true)), undefined);
  equal(judged(field('X-A', 'two')), undefined);
  equal(judged(field('X-A', 'tw')), 'the field "X-A" does not match');
  equal(judged(field('X-A', '^t', true)), undefined);
  equal(judged(field('X-A', '^t', true, true)), 'the field "X-A" does not match');
  equal(judged(field('X-B', '^t', true, true)), undefined);
});

test('the body matches a regex, or does not', () => {
  equal(judged({ body: { pattern: 'is w', isNegated: false } }), undefined);
  equal(judged({ body: { pattern: '^is', isNegated: false } }), 'the body does not match');
  equal(judged({ body: { pattern: 'maintenance', isNegated: true } }), undefined);
  equal(judged({ body: { pattern: 'well', isNegated: true } }), 'the body does not match');
});
