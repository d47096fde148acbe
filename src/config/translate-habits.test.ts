import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FOREIGN_COMMANDS, HABITS } from './habits.ts';
import { readServeRequest } from './read.ts';
import { renderCommand, translateCommand, translateHabits } from './translate-habits.ts';

const MACHINE = { env: {}, coreCount: 2 };

function written(line: string): string {
  return renderCommand(['serve', ...translateHabits(line.split(' ')).args]);
}

function commanded(line: string): string | undefined {
  const translation = translateCommand(line.split(' '), (word) => word.includes(':'));
  return translation && renderCommand(['serve', ...translation.args]);
}

test('translateHabits() has the command that means the same, with the values that were given', () => {
  const lines: readonly (readonly [string, string])[] = [
    ['app:app --host 0.0.0.0 --port 80', 'portico serve app:app --bind 0.0.0.0:80'],
    ['--port=9000 app:app', 'portico serve app:app --bind 127.0.0.1:9000'],
    ['app:app --host ::1', "portico serve app:app --bind '[::1]:8000'"],
    ['app:app -p 8000', 'portico serve app:app --bind 127.0.0.1:8000'],
    ['app:app --pid x.pid -w auto', 'portico serve app:app --pid-file x.pid'],
    ['app:app --pidfile x.pid --workers AUTO -w 3', 'portico serve app:app --pid-file x.pid -w 3'],
    ['-c conf.py app:app -D', 'portico serve app:app'],
    ['--config=conf.py app:app --daemon', 'portico serve app:app'],
    ['app:app -k gthread --threads 4', 'portico serve app:app --threads 4'],
    ['app:app -kgthread', 'portico serve app:app'],
    ['app:app -k uvicorn.workers.UvicornWorker', 'portico serve app:app'],
    ['app:app --worker-class uvicorn_worker.UvicornWorker', 'portico serve app:app'],
    ['app:app -k eventlet', 'portico serve app:app --worker-class gevent'],
    ['app:app -k gevent', 'portico serve app:app -k gevent'],
    // No ASGI applications run by these: they are not said to need nothing.
    ['app:app -k aiohttp.GunicornWebWorker', 'portico serve app:app -k aiohttp.GunicornWebWorker'],
    ['app:app -k tornado', 'portico serve app:app -k tornado'],
    ['app:app -m 007', 'portico serve app:app --umask 007'],
    ['--wsgi-file app.py --callable shop', 'portico serve app.py:shop'],
    ['--module shop.wsgi:application --http :8000', 'portico serve shop.wsgi:application --bind :8000'],
    ['-w shop.wsgi --http-socket :80', 'portico serve shop.wsgi --bind :80'],
    ['--ini uwsgi.ini --processes 4 --master', 'portico serve --workers 4'],
    ['--socket /run/shop.sock --module shop', 'portico serve shop --bind unix:/run/shop.sock'],
    ['--app shop --debug', 'portico serve shop --reload'],
    ['shop:make --factory --http h11 --timeout-keep-alive 5', "portico serve 'shop:make()' --keep-alive 5"],
    ['--virtualenv /srv/venv app:app', 'portico serve app:app --python /srv/venv/bin/python'],
    ['app:app --prot 80', 'portico serve app:app --bind 127.0.0.1:80'],
    ['app:app -b 0.0.0.0 -p 9000', 'portico serve app:app --bind 0.0.0.0:9000'],
    ['app:app --bind :80 --host 0.0.0.0', 'portico serve app:app --bind 0.0.0.0:80'],
    ['app:app --bind=:80 --host ::1 -w 3', "portico serve app:app -w 3 --bind '[::1]:80'"],
    ['app:app -b 9000 -p 80', 'portico serve app:app -b 9000 --bind 127.0.0.1:80'],
    ['app:app --access-log - --bind :80', 'portico serve app:app --access-log - --bind :80'],
    ["app:app --pid $&-$'.pid", "portico serve app:app --pid-file '$&-$'\\''.pid'"],
    ['app:app -b 10000 --prot 80 -b 32768', 'portico serve app:app -b 10000 --bind 127.0.0.1:80'],
  ];
  for (const [line, command] of lines) {
    assert.equal(written(line), command);
  }
});

test('translateHabits() says whose word each is, and what is written here', () => {
  const [host, daemon] = translateHabits(['--host', 'x', '-D']).hints;
  assert.deepEqual(host, {
    at: '--host',
    message: 'this is a word of uvicorn and Flask: here an address is --bind HOST:PORT.',
  });
  assert.match(daemon?.message ?? '', /foreground.*; leave it out\.$/);
  assert.match(translateHabits(['--prot', '80']).hints[0]?.message ?? '', /^--port is a word of/);
  assert.deepEqual(
    translateHabits(['app:app', '--workers', '3', '--bnid', ':80']).hints,
    [],
    'a slip of ours is not a habit',
  );
});

test('translateCommand() knows the commands of others, and one that was left out', () => {
  const lines: readonly (readonly [string, string | undefined])[] = [
    ['gunicorn app:app -w 4', 'portico serve app:app -w 4'],
    ['run app:app', 'portico serve app:app'],
    ['start', 'portico serve'],
    ['runserver', 'portico serve --reload'],
    ['runserver 0:8000', 'portico serve --reload --bind 0.0.0.0:8000'],
    ['manage.py runserver 8080', 'portico serve --reload --bind 8080'],
    ['flask --app shop run --debug', 'portico serve shop --reload'],
    ['fastapi dev main.py', 'portico serve main.py --reload'],
    ['--bind :80 app:app', 'portico serve app:app --bind :80'],
    ['app:app', 'portico serve app:app'],
    ['python -m uvicorn app:app --port 80', 'portico serve app:app --bind 127.0.0.1:80'],
    ['python3 -m gunicorn app:app', 'portico serve app:app'],
    ['python -m flask --app shop run', 'portico serve shop'],
    ['python manage.py', undefined],
    ['sevre', undefined],
  ];
  for (const [line, command] of lines) {
    assert.equal(commanded(line), command, line);
  }
});

test('translateCommand() takes the file of a Django project for what it is, if it is there', () => {
  const translation = translateCommand(['manage.py'], (word) => word === 'manage.py');
  assert.deepEqual(translation?.args, ['manage.py']);
});

test('every habit becomes something that portico serve takes', () => {
  const samples = [
    '8000',
    '127.0.0.1:80',
    '/run/a.sock',
    'auto',
    'off',
    '10.0.0.1',
    'gthread',
    'uvicorn',
    'eventlet',
    'shop.wsgi',
    '65536',
    '/a=/b',
    '10',
    'json',
  ];
  for (const { names, value, when, becomes } of HABITS) {
    const sample = samples.find((text) => (when === undefined || when.test(text)) && isTaken(becomes, text));
    assert.ok(sample !== undefined, `${names.join()} becomes ${becomes}`);
    const given = [names[0] ?? '', ...(value === undefined ? [] : [sample])];
    const { hints, args } = translateHabits(given);
    assert.equal(hints.length, 1, given.join(' '));
    assert.ok(readServeRequest(args, MACHINE).request, args.join(' '));
  }
});

function isTaken(becomes: string, value: string): boolean {
  const args = becomes.startsWith('--') ? becomes.split(' ').map((part) => part.replace('{}', value)) : [];
  if (/^(app|callable) /.test(becomes)) args.push(value);
  return readServeRequest(args, MACHINE).request !== undefined;
}

test('no command of others is one of ours', () => {
  assert.deepEqual(
    ['serve', 'uvicorn', 'daphne', 'hypercorn', 'stop', 'reload'].filter((name) => FOREIGN_COMMANDS.has(name)),
    [],
  );
});

test('renderCommand() can be pasted into a shell', () => {
  assert.equal(renderCommand(['serve', "it's", 'a b', '$x', 'unix:/a']), `portico serve 'it'\\''s' 'a b' '$x' unix:/a`);
});
