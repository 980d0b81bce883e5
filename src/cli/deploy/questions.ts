/** Questions on a terminal; elsewhere nothing is asked, and nothing is taken for a yes. */
import { createInterface } from 'node:readline/promises';
import { Interrupted } from '../../core/errors.ts';

/** Both ends must be a person's. */
export function isInteractive(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** The answer without blanks around it; Ctrl-C and the end of the input stop the run. */
export async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const stopped = new Promise<never>((_resolve, reject) => {
    const stop = () => reject(new Interrupted('stopped by the user'));
    terminal.once('SIGINT', stop).once('close', stop);
  });
  try {
    return (await Promise.race([terminal.question(question), stopped])).trim();
  } finally {
    stopped.catch(() => {});
    terminal.close();
  }
}

/** Only `y` and `yes` are a yes. */
export async function confirm(question: string): Promise<boolean> {
  return /^y(es)?$/i.test(await ask(`${question} [y/N] `));
}
