/** What is rendered is read again as what it was: for random heads, bodies and trailers of both directions. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHUNK_END, renderChunkHead, renderLastChunk } from '../../src/protocol/http1/render-chunk.ts';
import type { RenderedField } from '../../src/protocol/http1/render-head.ts';
import { renderFields, renderRequestHead, renderResponseHead } from '../../src/protocol/http1/render-head.ts';
import { inRandomPieces, trace } from '../conformance/http1-vectors.ts';
import { seededRandom } from '../conformance/seeded-random.ts';

const MESSAGES = 3_000;

type Random = () => number;

function words(alphabet: string, random: Random, min: number, max: number): string {
  let text = '';
  for (let count = min + Math.floor(random() * (max - min)); count > 0; count -= 1) {
    text += alphabet[Math.floor(random() * alphabet.length)]!;
  }
  return text;
}

const NAME = "!#$%&'*+-.^_`|~09azAZ";
const VALUE = 'az09 \t,;:"=()<>@\xa0\xff';
const TARGET = 'az09/%.-_~!"<>[]{}|^`\\';

function someFields(random: Random): RenderedField[] {
  return Array.from({ length: Math.floor(random() * 12) }, () => ({
    name: `X-${words(NAME, random, 1, 12)}`,
    // Whitespace around a value is not part of it (RFC 9110 5.5).
    value: words(VALUE, random, 0, 40).replace(/^[ \t]+|[ \t]+$/g, ''),
  }));
}

function fieldLines(fields: readonly RenderedField[], indent: string): string[] {
  return fields.map(({ name, value }) => indent + (value === '' ? `${name}:` : `${name}: ${quote(value)}`));
}

function quote(text: string): string {
  return text.replaceAll('\t', '\\t').replaceAll('\xa0', '\\xa0').replaceAll('\xff', '\\xff');
}

/** The rendered body, the field that announces it, and the events it is read as. */
function someBody(random: Random): { field: RenderedField; text: string; framing: string; events: string[] } {
  const chunks = Array.from({ length: Math.floor(random() * 5) }, () => words('abc ;:', random, 1, 300));
  const data = chunks.join('');
  const dataEvents = data === '' ? [] : [`data ${data}`];
  if (random() < 0.5) {
    const field = { name: 'Content-Length', value: String(data.length) };
    const events = data === '' ? [] : [...dataEvents, 'end'];
    return { field, text: data, framing: data === '' ? '' : ` body=length:${data.length}`, events };
  }
  const trailers = someFields(random);
  const text =
    chunks.map((chunk) => renderChunkHead(chunk.length) + chunk + CHUNK_END).join('') +
    renderLastChunk(renderFields(trailers));
  const events = [...dataEvents, 'end', ...fieldLines(trailers, '  + ')];
  return { field: { name: 'Transfer-Encoding', value: 'chunked' }, text, framing: ' body=chunked', events };
}

test('requests', () => {
  const random = seededRandom(5);
  for (let index = 0; index < MESSAGES; index += 1) {
    const body = someBody(random);
    const method = words('ABCabc-!', random, 1, 12);
    const target = `/${words(TARGET, random, 0, 30)}?${words(TARGET, random, 0, 30)}`;
    const fields = [{ name: 'Host', value: 'a' }, ...someFields(random), body.field];
    const bytes = Buffer.from(renderRequestHead(method, target, fields) + body.text, 'latin1');
    assert.deepEqual(trace(inRandomPieces(bytes, random)).events, [
      `head ${method} ${target} 1.1 host=a${body.framing}`,
      ...fieldLines(fields, '  '),
      ...body.events,
    ]);
  }
});

test('responses', () => {
  const random = seededRandom(6);
  for (let index = 0; index < MESSAGES; index += 1) {
    const body = someBody(random);
    const fields = [...someFields(random), body.field];
    const head = renderResponseHead(200 + Math.floor(random() * 2), index % 2 === 0 ? undefined : 'So so', fields);
    const reason = /^HTTP\/1\.1 (.*)\r\n/.exec(head)![1]!;
    const bytes = Buffer.from(head + body.text, 'latin1');
    assert.deepEqual(trace(inRandomPieces(bytes, random), { methods: ['GET'] }).events, [
      `head ${reason} 1.1${body.framing}`,
      ...fieldLines(fields, '  '),
      ...body.events,
    ]);
  }
});
