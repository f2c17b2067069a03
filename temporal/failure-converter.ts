// Loaded by path into the workflow sandbox as well: no Node in here.
import { DefaultFailureConverter } from '@temporalio/common/lib/converter/failure-converter.js';

/** Failure messages and stacks are encoded like every payload: Temporal leaves them in clear by default. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
