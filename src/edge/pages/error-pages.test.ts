import { doesNotMatch, equal, match } from 'node:assert/strict';
import { test } from 'node:test';
import { preferredForm, renderErrorPage } from './error-pages.ts';

test('preferredForm() follows Accept and its weights', () => {
  equal(preferredForm('text/html,application/xhtml+xml,*/*;q=0.8'), 'html');
  equal(preferredForm('application/json, text/plain, */*'), 'json');
  equal(preferredForm('text/html;q=0.3, application/problem+json;q=0.9'), 'json');
  equal(preferredForm('*/*'), 'text');
  equal(preferredForm('text/html;q=0'), 'text');
  equal(preferredForm(undefined), 'text');
});

test('renderErrorPage() names the request and escapes what it shows', () => {
  const page = renderErrorPage(500, 'text/html', '0a1b', 'Traceback <script>alert("x")</script>');
  match(page.body, /500 Internal Server Error/);
  match(page.body, /Request 0a1b/);
  doesNotMatch(page.body, /<script>/);
  match(renderErrorPage(404, 'application/json', 'x', undefined).body, /^\{"status":404,"error":"Not Found",/);
  match(renderErrorPage(503, undefined, '', undefined).body, /^503 Service Unavailable\n/);
});
