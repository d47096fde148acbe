import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { failedTests, passedAgain } from './pythons.ts';

test('failedTests() finds what pytest says of failures and errors in its last lines', () => {
  const output = `F.E
FAILED tests that are quoted in a message
=========================== short test summary info ============================
FAILED python/tests/test_a.py::test_one - assert False
FAILED python/tests/test_a.py::test_two[1-/a b] - assert 'x - y' == 1
FAILED python/tests/test_a.py::test_three
ERROR python/tests/test_b.py::test_four - OSError
ERROR python/tests/test_a.py::test_three - what it began does not end
3 failed, 1 error in 1.00s
`;
  deepEqual(failedTests(output), [
    'python/tests/test_a.py::test_one',
    'python/tests/test_a.py::test_two[1-/a b]',
    'python/tests/test_a.py::test_three',
    'python/tests/test_b.py::test_four',
  ]);
  deepEqual(failedTests('1 passed in 0.10s'), []);
});

test('passedAgain() counts them as passed, and names each', () => {
  const tally = { passed: 5, failed: 1, skipped: 2, notes: ['FAILED python 3.9: see above'] };
  deepEqual(passedAgain(tally, 'python 3.9', ['a.py::b']), {
    passed: 6,
    failed: 0,
    skipped: 2,
    notes: ['UNSTABLE: passed when it ran again alone, failed python 3.9: a.py::b'],
  });
});
