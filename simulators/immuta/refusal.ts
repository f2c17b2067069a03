import { STATUS_CODES } from 'node:http';

/** An error answer in hapi's shape: `{ statusCode, error, message }` and, for failed prerequisites, `validationResults`. */
export class Refusal extends Error {
  readonly status: number;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(status: number, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.details = details;
  }

  get body(): Record<string, unknown> {
    return { statusCode: this.status, error: STATUS_CODES[this.status] ?? 'Unknown', message: this.message, ...this.details };
  }
}
