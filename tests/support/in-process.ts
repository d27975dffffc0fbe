import { StartUpError } from '../../src/config/index.js';

/** What a command's own function says, as its process would: tests that need no process of its own are quicker without. */
export async function asCommand(
  run: () => Promise<{ readonly lines: readonly string[]; readonly ok: boolean; readonly remarks?: readonly string[] }>,
): Promise<{ code: number; stdout: string; stderr: string }> {
  try {
    const { lines, ok, remarks = [] } = await run();
    return { code: ok ? 0 : 1, stdout: `${lines.join('\n')}\n`, stderr: remarks.map((one) => `${one}\n`).join('') };
  } catch (error) {
    if (!(error instanceof StartUpError)) throw error;
    return { code: 1, stdout: '', stderr: `${error.message}\n` };
  }
}
