import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLeftOut, isSource } from './watch.ts';

test('isSource() and isLeftOut() know what a developer edits', () => {
  const sources = ['views.py', 'base.html', 'page.jinja2', '.env', '.env.local', 'pyproject.toml', 'django.mo'];
  const others = ['db.sqlite3', 'views.pyc', 'photo.jpg', '.views.py.swp', 'access.log', 'x.env'];
  assert.deepEqual([...sources, ...others].filter(isSource), sources);
  assert.deepEqual(['.git', '.venv', 'venv', 'node_modules', '__pycache__', 'media'].every(isLeftOut), true);
  assert.deepEqual(['templates', 'mysite', 'static'].some(isLeftOut), false);
});
