// Every statement the account was asked to run, while it runs and afterwards. What QUERY_HISTORY and the monitoring address answer from.

/** [doc] the statuses of QUERY_HISTORY that can occur here. */
export type ExecutionStatus = 'RUNNING' | 'SUCCESS' | 'FAILED_WITH_ERROR';

export interface HistoryEntry {
  readonly queryId: string;
  readonly text: string;
  readonly queryType: string;
  readonly sessionId: number;
  readonly user: string;
  readonly role: string;
  readonly warehouse: string | null;
  readonly database: string | null;
  readonly schema: string | null;
  readonly tag: string;
  readonly startTime: number;
  status: ExecutionStatus;
  /** Undefined while it runs. */
  endTime?: number;
  errorCode?: string;
  errorMessage?: string;
}

export interface HistorySelection {
  readonly user?: string;
  readonly sessionId?: number;
  readonly warehouse?: string;
  readonly endTimeStart?: number;
  readonly endTimeEnd?: number;
  /** Which entries the asking role may see at all. */
  readonly visible?: (entry: HistoryEntry) => boolean;
  readonly limit: number;
}

export class QueryHistory {
  readonly #entries: HistoryEntry[] = [];

  add(entry: HistoryEntry): void {
    this.#entries.push(entry);
  }

  /**
   * [doc] time range and limit apply first, newest first; whatever a WHERE says comes after. Without an end of the range
   * statements that are still running are included; with one, only those that ended inside it.
   */
  select(selection: HistorySelection): HistoryEntry[] {
    const { user, sessionId, warehouse, endTimeStart, endTimeEnd, visible, limit } = selection;
    return this.#entries
      .filter(
        (entry) =>
          (visible === undefined || visible(entry)) &&
          (user === undefined || entry.user === user) &&
          (sessionId === undefined || entry.sessionId === sessionId) &&
          (warehouse === undefined || entry.warehouse === warehouse) &&
          (endTimeStart === undefined || entry.endTime === undefined || entry.endTime >= endTimeStart) &&
          (endTimeEnd === undefined || (entry.endTime !== undefined && entry.endTime <= endTimeEnd)),
      )
      .reverse()
      .slice(0, limit);
  }
}
