import assert from 'node:assert/strict';
import { test } from 'node:test';
import { httpDate } from '../../../kernel/clock.ts';
import type { ConditionRule, Conditions, Precondition, Validators } from './conditional.ts';
import { checkPreconditions, isRangeCurrent } from './conditional.ts';

const NOW = Date.UTC(2025, 5, 1);
const MODIFIED = Date.UTC(2025, 0, 1) / 1000;
const VALIDATORS: Validators = { etag: '"a-1"', modifiedS: MODIFIED, lastModified: httpDate(MODIFIED * 1000) };
const EARLIER = httpDate((MODIFIED - 1) * 1000);
const SAME = httpDate(MODIFIED * 1000);
const LATER = httpDate((MODIFIED + 1) * 1000);

const NONE: Conditions = {
  ifMatch: undefined,
  ifNoneMatch: undefined,
  ifModifiedSince: undefined,
  ifUnmodifiedSince: undefined,
};

const BY_RFC: ConditionRule = { ifModifiedSince: 'before', needsAll: false };

function check(conditions: Partial<Conditions>, rule: ConditionRule = BY_RFC): Precondition {
  return checkPreconditions({ ...NONE, ...conditions }, VALIDATORS, { rule, nowMs: NOW });
}

test('checkPreconditions() proceeds without conditions', () => {
  assert.equal(check({}), 'proceed');
});

test('If-Match compares strongly, RFC 9110 13.1.1', () => {
  for (const list of ['"a-1"', '*', '"x", "a-1"', '"x","a-1","y"', ',, "a-1" ,']) {
    assert.equal(check({ ifMatch: list }), 'proceed', list);
  }
  for (const list of ['"x"', 'W/"a-1"', '', 'a-1', '"a-1', '"x" "a-1"', '"a,-1"', '"A-1"']) {
    assert.equal(check({ ifMatch: list }), 'failed', list);
  }
});

test('If-None-Match compares weakly, RFC 9110 13.1.2', () => {
  for (const list of ['"a-1"', '*', 'W/"a-1"', '"x", W/"a-1"', '"x" , "y,z", "a-1"', '"a-1", junk']) {
    assert.equal(check({ ifNoneMatch: list }), 'not-modified', list);
  }
  for (const list of ['"x"', 'w/"a-1"', 'a-1', '', 'junk, "a-1"', '"x""a-1"', '"*"']) {
    assert.equal(check({ ifNoneMatch: list }), 'proceed', list);
  }
});

test('If-Modified-Since answers 304 at and after the date of the file, RFC 9110 13.1.3', () => {
  assert.equal(check({ ifModifiedSince: EARLIER }), 'proceed');
  assert.equal(check({ ifModifiedSince: SAME }), 'not-modified');
  assert.equal(check({ ifModifiedSince: LATER }), 'not-modified');
  assert.equal(check({ ifModifiedSince: 'Wednesday, 01-Jan-25 00:00:00 GMT' }), 'not-modified');
  assert.equal(check({ ifModifiedSince: 'recently' }), 'proceed');
  assert.equal(check({ ifModifiedSince: `${SAME}, ${SAME}` }), 'proceed');
});

test('If-Unmodified-Since fails when the file is newer, RFC 9110 13.1.4', () => {
  assert.equal(check({ ifUnmodifiedSince: EARLIER }), 'failed');
  assert.equal(check({ ifUnmodifiedSince: SAME }), 'proceed');
  assert.equal(check({ ifUnmodifiedSince: LATER }), 'proceed');
  assert.equal(check({ ifUnmodifiedSince: 'recently' }), 'proceed');
});

test('tags rule over dates and matching comes before not matching, RFC 9110 13.2.2', () => {
  assert.equal(check({ ifMatch: '"a-1"', ifUnmodifiedSince: EARLIER }), 'proceed');
  assert.equal(check({ ifMatch: '"x"', ifUnmodifiedSince: LATER }), 'failed');
  assert.equal(check({ ifNoneMatch: '"x"', ifModifiedSince: LATER }), 'proceed');
  assert.equal(check({ ifNoneMatch: '"a-1"', ifModifiedSince: EARLIER }), 'not-modified');
  assert.equal(check({ ifMatch: '"x"', ifNoneMatch: '"a-1"' }), 'failed');
  assert.equal(check({ ifMatch: '"a-1"', ifNoneMatch: '"a-1"' }), 'not-modified');
  assert.equal(check({ ifUnmodifiedSince: EARLIER, ifNoneMatch: '"a-1"' }), 'failed');
  assert.equal(check({ ifUnmodifiedSince: SAME, ifModifiedSince: SAME }), 'not-modified');
});

test('a list of tags is read in linear time', () => {
  const list = `${' ,'.repeat(4000)}"x" ${' '.repeat(8000)}y`;
  assert.equal(check({ ifNoneMatch: list }), 'proceed');
});

test('isRangeCurrent() wants the very validator, RFC 9110 13.1.5', () => {
  assert.equal(isRangeCurrent(undefined, VALIDATORS), true);
  assert.equal(isRangeCurrent('"a-1"', VALIDATORS), true);
  assert.equal(isRangeCurrent(SAME, VALIDATORS), true);
  for (const stale of ['W/"a-1"', '"x"', EARLIER, LATER, '"a-1", "x"', '*', '', 'Wednesday, 01-Jan-25 00:00:00 GMT']) {
    assert.equal(isRangeCurrent(stale, VALIDATORS), false, stale);
  }
});

test('If-Modified-Since may want the very time, or be of no use', () => {
  const exact: ConditionRule = { ifModifiedSince: 'exact', needsAll: true };
  assert.equal(check({ ifModifiedSince: SAME }, exact), 'not-modified');
  assert.equal(check({ ifModifiedSince: LATER }, exact), 'proceed');
  assert.equal(check({ ifModifiedSince: LATER }, { ...exact, ifModifiedSince: 'before' }), 'not-modified');
  assert.equal(check({ ifModifiedSince: SAME }, { ...exact, ifModifiedSince: 'off' }), 'proceed');
});

test('all conditions of a request may have to hold', () => {
  const all: ConditionRule = { ifModifiedSince: 'exact', needsAll: true };
  assert.equal(check({ ifNoneMatch: '"a-1"', ifModifiedSince: SAME }, all), 'not-modified');
  assert.equal(check({ ifNoneMatch: '"a-1"', ifModifiedSince: EARLIER }, all), 'proceed');
  assert.equal(check({ ifNoneMatch: '"x"', ifModifiedSince: SAME }, all), 'proceed');
  assert.equal(check({ ifMatch: '"a-1"', ifUnmodifiedSince: EARLIER }, all), 'failed');
  assert.equal(check({ ifMatch: '"x"', ifUnmodifiedSince: SAME }, all), 'failed');
  assert.equal(check({ ifMatch: '"a-1"', ifUnmodifiedSince: LATER }, all), 'proceed');
  assert.equal(check({ ifUnmodifiedSince: 'never' }, all), 'failed');
  assert.equal(check({ ifNoneMatch: 'W/"a-1"' }, all), 'not-modified');
});

test('without a tag of our own only a star matches', () => {
  const untagged = { ...VALIDATORS, etag: '' };
  const checked = (list: string): Precondition =>
    checkPreconditions({ ...NONE, ifNoneMatch: list }, untagged, { rule: BY_RFC, nowMs: NOW });
  assert.deepEqual([checked(''), checked('""'), checked('*')], ['proceed', 'proceed', 'not-modified']);
  assert.equal(isRangeCurrent('', untagged), false);
});
