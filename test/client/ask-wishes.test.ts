import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { askWishes } from '../../client/ask-wishes.js';

const enter = '\r';
const controlC = '\u0003';

/** Answers each question with the keys of its place, once it is asked. */
async function answering(...keys: readonly string[]) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const left = [...keys];
  let asked = '';
  output.on('data', (chunk: Buffer) => {
    asked += chunk.toString();
    const question = /\u25c6/.test(chunk.toString()); // the mark of a question that has just come up
    if (question && left.length > 0) setImmediate(() => input.write(left.shift()));
  });
  const wishes = await askWishes(input, output);
  return { wishes, asked };
}

test('What a person accepts is what is asked for', async () => {
  const { wishes } = await answering(enter, enter, enter, enter, enter, enter, enter);

  expect(wishes).toMatchObject({ technology: 'Snowflake', key: 'snow_prod', database: 'IMMUTA', authentication: 'keyPair' });
});

test('Ctrl-C at a question ends all of them', async () => {
  const { wishes, asked } = await answering(enter, enter, controlC, enter, enter, enter);

  expect(wishes).toBeUndefined();
  expect(asked).toContain('Snowflake account host');
  expect(asked).not.toContain('Warehouse');
});
