// Loaded by path into the workflow sandbox as well: no Node in here.
import { DefaultFailureConverter } from '@temporalio/common';

/** Failure messages and stacks are encoded like every payload: Temporal leaves them in clear by default. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
