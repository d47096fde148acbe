import { deepEqual } from 'node:assert/strict';
import { mock, test } from 'node:test';
import { EDGE_LIMITS } from '../limits.ts';
import type { RequestPipeline } from '../transport/connection-services.ts';
import { PastPlans } from './past-plans.ts';

interface Asked {
  readonly pipeline: RequestPipeline;
  status: number;
}

function newPipeline(): RequestPipeline {
  return { handle: () => undefined, refuse: () => undefined, onFinished: undefined };
}

function newStory() {
  const requests: (Asked | undefined)[] = [];
  const heard: string[] = [];
  const plans = new PastPlans({
    connections: () => requests.map((request) => ({ request })),
    onAnswered: (plan) => heard.push(`answered ${plan}`),
  });
  const planOf = (name: string) => {
    const pipeline = newPipeline();
    const plan = {
      has: (each: RequestPipeline) => each === pipeline,
      close: () => void heard.push(`${name} closed`),
    };
    const ask = (): Asked => {
      const request = { pipeline, status: 0 };
      requests.push(request);
      return request;
    };
    const end = (request: Asked) => requests.splice(requests.indexOf(request), 1, undefined);
    return { plan, ask, end };
  };
  const said = (): string[] => {
    mock.timers.tick(EDGE_LIMITS.pastPlansLookMs);
    return heard.splice(0);
  };
  return { plans, planOf, said };
}

test('a plan without requests ends at once', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const { plans, planOf, said } = newStory();
  plans.add(planOf('a').plan, 1);
  deepEqual(said(), ['answered 1', 'a closed']);
  mock.timers.reset();
});

test('applications may end when all requests have answers, and logs are closed with the last of them', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const { plans, planOf, said } = newStory();
  const [first, second] = [planOf('a'), planOf('b')];
  const [slow, download] = [first.ask(), first.ask()];
  download.status = 200;
  plans.add(first.plan, 1);
  deepEqual(said(), []);
  plans.add(second.plan, 2);
  deepEqual(said(), ['b closed'], 'what the second does not name the first may');
  slow.status = 200;
  first.end(slow);
  deepEqual(said(), ['answered 2']);
  deepEqual(said(), []);
  first.end(download);
  deepEqual(said(), ['a closed']);
  mock.timers.reset();
});
