// A runner that, besides, says which of the words it is given stand in its memory. In hexadecimal, so that the question does not put them there.
import vm from 'node:vm';
import { getHeapSnapshot, setFlagsFromString } from 'node:v8';
import '../../platforms/runner-process.js';

process.on('message', ({ wanted }: { readonly wanted?: readonly string[] }) => {
  if (wanted !== undefined) void inMemory(wanted).then((found) => process.send?.({ found }));
});

async function inMemory(wanted: readonly string[]): Promise<boolean[]> {
  setFlagsFromString('--expose-gc');
  const collect = vm.runInNewContext('gc') as () => void;
  for (let times = 0; times < 3; times++) {
    await new Promise((resolve) => setTimeout(resolve, 20)); // what a driver has left to do in a turn or two
    collect();
  }
  const chunks: string[] = [];
  for await (const chunk of getHeapSnapshot()) chunks.push(String(chunk));
  const snapshot = chunks.join('');
  return wanted.map((word) => snapshot.includes(Buffer.from(word, 'hex').toString()));
}
