// Runs that began on an older version go on under this one only if its workflows still ask for the same things in the same order.
import { fileURLToPath } from 'node:url';
import { Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { describe, expect, it } from 'vitest';
import '../quiet.js';
import { historyConverter, historyNames, payloadTexts, readHistory, type HistoryEvent, type HistoryFile } from './history-file.js';
import { recordedRuns } from './recorded-runs.js';

const names = historyNames();
const workflowBundle = { codePath: fileURLToPath(new URL('../../workflow-bundle.cjs', import.meta.url)) };

/** Resolves if the workflows of this build carry out the history; rejects with what they would have done otherwise. */
async function replay(history: HistoryFile): Promise<void> {
  const [start] = history.events;
  const { workflowId = '' } = attributes(start, 'workflowExecutionStartedEventAttributes') as { workflowId?: string };
  await Worker.runReplayHistory({ workflowBundle, dataConverter: historyConverter }, history, workflowId);
}

describe('a recorded run', () => {
  it.each(names)('%s is carried out again, step for step', async (name) => {
    await expect(replay(readHistory(name))).resolves.toBeUndefined();
  });

  it('is on file for every path, and no file is without one', () => {
    expect(names).toEqual(recordedRuns.map(({ name }) => name).sort());
  });

  it.each(names)('%s names no machine and no folder of one', async (name) => {
    const file = readHistory(name);
    const texts = [JSON.stringify(file), ...(await payloadTexts(file))];

    expect(texts.length).toBeGreaterThan(5);
    expect([...JSON.stringify(file).matchAll(/"identity":"([^"]*)"/g)].filter(([, identity]) => identity !== 'recorder')).toEqual([]);
    expect(texts.filter((text) => /file:\/\/\/|node_modules|\/(home|root|tmp|Users|work)\//.test(text))).toEqual([]);
    expect(texts.filter((text) => /BEGIN [A-Z ]*PRIVATE KEY/.test(text))).toEqual([]);
  });
});

describe('a history that this version would not have made', () => {
  it('is refused when a step has another name', async () => {
    const renamed = edited('registered', (text) => text.replaceAll('"preparePlan"', '"prepareOffer"'));

    await expect(replay(renamed)).rejects.toThrow(DeterminismViolationError);
  });

  it('is refused when another step stands in a step’s place', async () => {
    const swapped = edited('registered', (text) => text.replaceAll('"runScript"', '"createConnection"'));

    await expect(replay(swapped)).rejects.toThrow(DeterminismViolationError);
  });

  it('is refused when the run ended otherwise', async () => {
    const changed = edited('deregistered', (text) =>
      text
        .replace('EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED', 'EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED')
        .replace('workflowExecutionCompletedEventAttributes', 'workflowExecutionCanceledEventAttributes'),
    );

    await expect(replay(changed)).rejects.toThrow(DeterminismViolationError);
  });
});

function edited(name: string, change: (text: string) => string): HistoryFile {
  const text = JSON.stringify(readHistory(name));
  const changed = change(text);
  if (changed === text) throw new Error('The edit changed nothing.');
  return JSON.parse(changed) as HistoryFile;
}

function attributes(event: HistoryEvent | undefined, name: string): unknown {
  return event?.[name] ?? {};
}
