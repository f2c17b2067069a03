import { readFile } from 'node:fs/promises';

/** VmRSS of a process, as the kernel has it, in MB. */
export async function residentMegabytes(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1]) / 1_000;
}
