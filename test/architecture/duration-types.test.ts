// Temporal's durations are typed by the package `ms`, which `paths` in tsconfig.json finds. Without it every text would be a duration, and a typing
// error would show as a run that fails. The compiler proves it: this file does not compile otherwise.
import type { sleep } from '@temporalio/workflow';
import { expect, it } from 'vitest';

type Duration = Parameters<typeof sleep>[0];

const refusesBanana: 'banana' extends Duration ? false : true = true;
const takesSeconds: '5 seconds' extends Duration ? true : false = true;

it("sleep('banana') is an error of the compiler", () => {
  expect({ refusesBanana, takesSeconds }).toEqual({ refusesBanana: true, takesSeconds: true });
});
