import type { Reporter, TestModule } from 'vitest/node';

/** Names the tests that failed at first: each one is a fault of its own, or of what it tests. */
export const secondAttempts: Reporter = {
  onTestRunEnd(modules) {
    const flaky = modules.flatMap((module) => flakyTests(module));
    if (flaky.length > 0) console.log(`\n Passed at the second attempt only:\n${flaky.join('\n')}`);
  },
};

function flakyTests(module: TestModule): string[] {
  const tests = [...module.children.allTests('passed')].filter((test) => test.diagnostic()?.flaky);
  return tests.map((test) => {
    const [error] = test.result().errors ?? [];
    return `  ${module.relativeModuleId} > ${test.fullName}: ${error?.message ?? 'no message'}`;
  });
}
