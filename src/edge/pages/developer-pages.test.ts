import { doesNotMatch, match } from 'node:assert/strict';
import { test } from 'node:test';
import { refusalsFor, renderForDeveloper } from './developer-pages.ts';
import type { RefusedRequest } from './error-pages.ts';

const FRAME = {
  file: '/srv/<b>.py',
  line: 2,
  name: '<lambda>',
  column: 3,
  isApplication: true,
  first: 1,
  code: ['x = 1', 'y = "<script>"'],
};
const FAULT = {
  error: 'ValueError: <script>alert("x")</script>',
  text: 'Traceback <script>',
  errors: [
    { error: 'KeyError: <i>', link: 'cause', frames: [], leftOut: 0 },
    { error: 'ValueError', link: '', frames: [FRAME], leftOut: 3 },
  ],
};

function request(address = '127.0.0.1', accept = 'text/html', method = 'GET'): RefusedRequest {
  const block = { get: (name: string) => (name === 'accept' ? accept : undefined), getAll: () => [] };
  return { method, target: '/?<script>', requestId: 'id', client: { address }, host: 'localhost', version: 11, block };
}

function page(detail: unknown, asked = request()): string {
  return renderForDeveloper(asked, 500, typeof detail === 'string' ? detail : JSON.stringify(detail)).body;
}

test('renderForDeveloper() shows errors, calls and lines, and escapes all of them', () => {
  const html = page(FAULT);
  match(html, /<mark><i> {4}2<\/i> {2}y = &#34;&#60;script&#62;&#34;\n {9}\^<\/mark>/);
  match(html, /KeyError: &#60;i&#62;.*This was the cause of/s);
  match(html, /3 more calls/);
  doesNotMatch(html, /<script|<b>\.py|<lambda/);
});

test('renderForDeveloper() waits on a page that may be loaded again, and on no other', () => {
  const broken = { ...FAULT, number: 7 };
  match(page(broken), /Portico-Fault'\) !== '7'/);
  doesNotMatch(page(broken, request('', 'text/html', 'POST')), /<script>/);
});

test('renderForDeveloper() gives programs the traceback, and whoever is far away nothing', () => {
  match(page(FAULT, request('10.1.2.3', '*/*')), /^500 Internal[\s\S]*Traceback <script>/);
  match(page(FAULT, request('fd00::1', 'application/json')), /"detail":"Traceback/);
  for (const address of ['203.0.113.1', '2001:db8::1', 'not an address']) {
    doesNotMatch(page(FAULT, request(address)), /ValueError|Traceback/);
  }
});

test('renderForDeveloper() relies on nothing that a worker has written', () => {
  for (const detail of ['', 'a sentence', '{', '{}', '{"errors":[1,{"frames":[null,{"code":[1]}]}],"number":"x"}']) {
    match(page(detail), /500 Internal Server Error/);
  }
});

test('refusalsFor() shows visitors no detail', () => {
  doesNotMatch(refusalsFor(false)(request(), 500, JSON.stringify(FAULT)).body, /ValueError|Traceback/);
});
