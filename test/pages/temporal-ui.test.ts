import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../dev/free-port.js';
import { findBrowser } from '../../dev/setup/browser.mjs';
import { openStage, pending, until, type Stage } from '../scenarios/stage.js';

// Chromium as Debian has it: no sandbox for root, and no connection of its own accord to anywhere.
const quiet = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];

let stage: Stage;
let browser: Browser;
beforeAll(async () => {
  stage = await openStage({ commands: 'processes', uiPort: await freePort() });
  const executablePath = findBrowser(process.env);
  if (executablePath === undefined) throw new Error('There is no browser. Run `node dev/setup.mjs --for test`, or set CHROMIUM_PATH.');
  browser = await chromium.launch({ executablePath, args: quiet });
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await stage?.close();
});

describe('the Temporal UI beside mooring dev', () => {
  it('shows a run readable, and a Signal sent from its dialog approves it', async () => {
    await stage.writeManifest('by_ui', { policy: 'approval' });
    const following = stage.register('by_ui');
    const { digest, workflowId } = await pending(stage, 'by_ui');
    const { runId } = await stage.handle('by_ui').describe();
    const page = await browser.newPage({ viewport: { width: 1400, height: 1100 } });
    page.setDefaultTimeout(15_000);

    await page.goto(`${stage.sandbox.uiUrl}/namespaces/default/workflows/${encodeURIComponent(workflowId)}/${runId}/user-metadata`);
    const details = await until(() => frameWith(page, 'awaiting-decision'));
    expect(await until(() => frameWith(page, 'Register Snowflake connection by_ui'))).toBeDefined();
    expect(details).toContain('awaiting-decision');
    expect(details).toContain('creates 1 database');
    expect(details).toContain(`"digest": "${digest}"`);

    await sendSignal(page, 'approve', { digest, by: 'from-the-ui@example.com' });

    expect((await following).json).toMatchObject({ outcome: 'registered', decisions: [{ by: 'from-the-ui@example.com', channel: 'signal' }] });
  }, 120_000);

  it('shows the payloads of the history decrypted, and no secret in them', async () => {
    const { workflowId, runId } = await stage.handle('by_ui').describe();
    const page = await browser.newPage({ viewport: { width: 1400, height: 1100 } });

    await page.goto(`${stage.sandbox.uiUrl}/namespaces/default/workflows/${encodeURIComponent(workflowId)}/${runId}/history`);

    const text = await until(async () => {
      const shown = (await page.textContent('body')) ?? '';
      return shown.includes('"connectionKey": "by_ui"') ? shown : undefined;
    });
    expect(text).toContain('secrets/immuta.api-key"'); // the reference, never the key
    expect(text).not.toContain('PRIVATE KEY');
  });
});

/** Summary and details are drawn in frames of their own. */
async function frameWith(page: Page, words: string): Promise<string | undefined> {
  for (const frame of page.frames()) {
    const text = (await frame.textContent('body').catch(() => '')) ?? '';
    if (text.includes(words)) return text;
  }
  return undefined;
}

async function sendSignal(page: Page, name: string, payload: object): Promise<void> {
  await page.getByRole('button', { name: 'More Actions' }).filter({ visible: true }).first().click();
  await page.getByText('Send a Signal').filter({ visible: true }).first().click();
  const dialog = page.getByRole('dialog').filter({ visible: true }).first();
  await dialog.locator('#signal-select').locator('xpath=..').click();
  await page.getByRole('option').filter({ hasText: name }).filter({ visible: true }).first().click();
  await dialog.locator('[contenteditable=true]').first().click();
  // As the editor itself would format it when it loses the focus: else the button moves while it is clicked.
  await page.keyboard.insertText(JSON.stringify(payload, null, 2));
  await dialog.getByRole('button', { name: 'Submit' }).click();
}
