import { describe, expect, it } from 'vitest';
import { sourceFolders } from '../../dev/setup/build.mjs';
import { processExits } from './process-exits.js';
import { read, sources } from './sources.js';

/** The only files that may end their process: each is the first file of one. */
const entryFiles = ['client/main.cts', 'worker/main.ts', 'simulators/main.ts', 'platforms/runner-process.ts'];
const longestFile = 400; // lines; what is longer holds more than one decision

describe('the sources', () => {
  it('are compiled and hashed from the same folders', () => {
    const { include } = JSON.parse(read('tsconfig.json')) as { include: string[] };

    const compiled = new Set(include.map((pattern) => pattern.split('/')[0]).filter((name) => name !== 'vitest.config.ts'));

    expect(compiled).toEqual(new Set(sourceFolders));
  });

  it('hold no file that is too long to be one decision', () => {
    const tooLong = sources().filter(({ text }) => text.split('\n').length - 1 > longestFile);

    expect(tooLong.map(({ path }) => path)).toEqual([]);
  });

  it('end a process nowhere but in its entry file', () => {
    const exiting = sources().filter(({ text }) => processExits(text));

    expect(exiting.map(({ path }) => path).filter((path) => !entryFiles.includes(path))).toEqual([]);
  });

  it('silence no check and skip no test', () => {
    const silencer = new RegExp(
      [String.raw`\b(it|test|describe)\.(skip|todo|only)\b`, 'ts-' + 'ignore', 'ts-' + 'nocheck', 'oxlint-' + 'disable', 'biome-' + 'ignore'].join(
        '|',
      ),
    );

    expect(
      sources()
        .filter(({ text }) => silencer.test(text))
        .map(({ path }) => path),
    ).toEqual([]);
  });
});

describe('the search for process exits', () => {
  // Texts to be judged; nothing is ended, skipped or silenced here.
  it.each([
    ['process.' + 'exit(1);', true],
    ['process\n  .' + 'exit();', true],
    ['process?.' + 'exit(2)', true],
    ["import { exit } from 'node:" + "process';", true],
    ["process['" + "exit'](1)", true],
    ['process.exitCode = 1;', false],
    ["process.once('exit', done);", false],
    ['// never calls process.' + 'exit() itself', false],
  ])('judges %j as %s', (text, expected) => {
    expect(processExits(text)).toBe(expected);
  });
});
