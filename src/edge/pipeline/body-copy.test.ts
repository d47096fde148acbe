import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { BodySink } from '../../protocol/http/exchange.ts';
import { BodyCopy } from './body-copy.ts';

function copying(bytesMax: number): { copy: BodyCopy; told: string[] } {
  const told: string[] = [];
  const reader: BodySink = {
    data: (bytes) => told.push(`data ${bytes.toString()}`) > 0,
    end: () => told.push('end'),
    fail: () => told.push('fail'),
  };
  const events = {
    onWhole: (body: Buffer) => told.push(`whole ${body.toString()}`),
    onLost: (why: string) => told.push(why),
  };
  return { copy: new BodyCopy(reader, bytesMax, events), told };
}

test('a body is read as ever, and copied', () => {
  const { copy, told } = copying(4);
  const lent = Buffer.from('ab');
  copy.data(lent);
  lent.fill('x');
  copy.data(Buffer.from('cd'));
  copy.end();
  deepEqual(told, ['data ab', 'data cd', 'whole abcd', 'end']);
});

test('one that is too long, or breaks off, is read and not copied', () => {
  const long = copying(3);
  long.copy.data(Buffer.from('ab'));
  long.copy.data(Buffer.from('cd'));
  long.copy.end();
  deepEqual(long.told, ['data ab', 'too-long', 'data cd', 'end']);
  const broken = copying(3);
  broken.copy.data(Buffer.from('ab'));
  broken.copy.fail('left');
  deepEqual(broken.told, ['data ab', 'failed', 'fail']);
});
