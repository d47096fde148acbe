import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { startPasswordThread } from '../start-password-thread.ts';
import type { CheckRequest, CheckThreadEvents } from './check-messages.ts';
import { PASSWORD_LIMITS, PasswordChecker } from './password-checker.ts';

const CLIENT = '192.0.2.1';
const STORED = '$1$saltsalt$QgbQ7EUpcKNQTLgSVL4qr/';

/** A thread whose answers the test gives. */
function newChecker(): {
  readonly checker: PasswordChecker;
  readonly asked: CheckRequest[];
  readonly started: CheckThreadEvents[];
  readonly answer: (isRight: boolean) => void;
} {
  const asked: CheckRequest[] = [];
  const started: CheckThreadEvents[] = [];
  const checker = new PasswordChecker((events) => {
    started.push(events);
    return { send: (request) => asked.push(request) };
  });
  const answer = (isRight: boolean): void => {
    const request = asked.shift();
    started.at(-1)?.onReply({ id: request?.id ?? 0, isRight });
  };
  return { checker, asked, started, answer };
}

test('PasswordChecker answers at once what is quick or hopeless, without a thread', () => {
  const { checker, started } = newChecker();
  equal(checker.check('secret', '{PLAIN}secret', CLIENT), 'right');
  equal(checker.check('Secret', '{PLAIN}secret', CLIENT), 'wrong');
  equal(checker.check('secret', 'secret', CLIENT), 'unknown');
  equal(checker.check('secret\0', '{PLAIN}secret', CLIENT), 'wrong');
  equal(checker.check('s'.repeat(512), STORED, CLIENT), 'wrong');
  equal(started.length, 0);
});

test('PasswordChecker remembers what was right, and not for another stored value', async () => {
  const { checker, asked, answer } = newChecker();
  const first = checker.check('secret', STORED, CLIENT);
  deepEqual(asked, [{ id: 1, password: 'secret', stored: STORED }]);
  answer(true);
  equal(await first, 'right');
  equal(checker.check('secret', STORED, CLIENT), 'right');
  const changed = checker.check('secret', STORED.replace('$1$', '$apr1$'), CLIENT);
  equal(asked.length, 1);
  answer(false);
  equal(await changed, 'wrong');
  equal(checker.check('secret', STORED.replace('$1$', '$apr1$'), CLIENT) instanceof Promise, true);
  equal(asked.length, 1, 'what was wrong is checked again');
});

test('PasswordChecker forgets the one that was not used for the longest time', () => {
  const { checker, asked, answer } = newChecker();
  for (let count = 0; count <= PASSWORD_LIMITS.rememberedMax; count += 1) {
    equal(checker.check(String(count), STORED, CLIENT) instanceof Promise, true);
    answer(true);
    equal(checker.check('0', STORED, CLIENT), 'right');
  }
  equal(checker.check(String(PASSWORD_LIMITS.rememberedMax), STORED, CLIENT), 'right');
  equal(checker.check('1', STORED, CLIENT) instanceof Promise, true);
  equal(asked.length, 1);
});

test('PasswordChecker has one check for the same password, and bounds how many wait', async () => {
  const { checker, asked, answer } = newChecker();
  const first = checker.check('a', STORED, CLIENT);
  const second = checker.check('a', STORED, CLIENT);
  equal(asked.length, 1);
  answer(true);
  deepEqual([await first, await second], ['right', 'right']);
  const busy = checker.check('busy', STORED, 'somebody');
  for (let count = 0; count < PASSWORD_LIMITS.waitingOfClientMax; count += 1) {
    void checker.check(`b${count}`, STORED, CLIENT);
  }
  equal(await checker.check('c', STORED, CLIENT), 'overloaded');
  equal(checker.check('a', STORED, CLIENT), 'right', 'what is remembered needs no place');
  void checker.check('d', STORED, 'another client');
  deepEqual(
    asked.map(({ password }) => password),
    ['busy'],
    'the thread is asked one thing at a time',
  );
  answer(false);
  equal(await busy, 'wrong');
  answer(false);
  equal(asked[0]?.password, 'd', 'who has sent one password waits for one of each other client');
});

test('PasswordChecker does not check what would take a thread for years', () => {
  const { checker, started } = newChecker();
  equal(checker.check('x', '$6$rounds=999999999$abc$x', CLIENT), 'unknown');
  equal(started.length, 0);
});

test('PasswordChecker starts another thread when one has ended', async () => {
  const { checker, asked, started, answer } = newChecker();
  const lost = checker.check('a', STORED, CLIENT);
  asked.length = 0;
  started[0]?.onEnd();
  equal(await lost, 'failed');
  const next = checker.check('a', STORED, CLIENT);
  equal(started.length, 2);
  answer(true);
  equal(await next, 'right');
});

test('PasswordChecker checks slow hashes in a thread of its own', async () => {
  const checker = new PasswordChecker(startPasswordThread);
  const password = Buffer.from('pässword').toString('latin1');
  const right = checker.check(password, STORED, CLIENT);
  const wrong = checker.check('other', STORED, CLIENT);
  deepEqual([await right, await wrong], ['right', 'wrong']);
});
