import { writeSync } from 'node:fs';
import { DefaultLogger, Runtime, type LogLevel } from '@temporalio/worker';
import { pino } from 'pino';
import { prettyLine } from './pretty-line.js';

/** One logger for ours and Temporal's words: JSON lines on stderr, readable ones where that is a terminal and nobody asked for JSON. Only fields on the list are written; payloads and errors have no place in it. */
export function installTelemetry(level: string, json: boolean): void {
  const out = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    process.stderr.isTTY && !json ? terminal : pino.destination({ fd: 2, sync: true }),
  );
  const logger = new DefaultLogger(temporalLevel(level), ({ level: entryLevel, message, meta }) => {
    const fields = Object.fromEntries(shownFields.flatMap((name) => (meta?.[name] === undefined ? [] : [[name, String(meta[name])]])));
    out[pinoLevel(entryLevel)](fields, message);
  });
  Runtime.install({ logger, telemetryOptions: { logging: { filter: { core: 'WARN', other: 'WARN' }, forward: {} } } });
}

const terminal = { write: (line: string): void => void writeSync(2, prettyLine(line)) };

const shownFields = ['workflowId', 'runId', 'workflowType', 'activityType', 'activityId', 'attempt', 'taskQueue', 'namespace', 'state'] as const;

function temporalLevel(level: string): LogLevel {
  return ({ trace: 'TRACE', debug: 'DEBUG', info: 'INFO', warn: 'WARN', error: 'ERROR', fatal: 'ERROR' } as const)[level] ?? 'INFO';
}

function pinoLevel(level: LogLevel): 'trace' | 'debug' | 'info' | 'warn' | 'error' {
  return ({ TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const)[level];
}
