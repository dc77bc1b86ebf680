import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';

const LISTENER = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print("bound", flush=True)
while True:
    print(s.recv(4096).decode().replace("\\n", ";"), flush=True)
`;

/** A socket as systemd gives it to its services, and what was said to it; Node has none for datagrams of this kind. */
export class NotifySocket implements Disposable {
  readonly #process: ChildProcessWithoutNullStreams;
  #text = '';

  private constructor(path: string) {
    this.#process = spawn('python3', ['-c', LISTENER, path]);
    this.#process.stdout.setEncoding('utf8').on('data', (text: string) => (this.#text += text));
  }

  static async open(path: string): Promise<NotifySocket> {
    const socket = new NotifySocket(path);
    await socket.until('bound');
    return socket;
  }

  /** What was said, oldest first. */
  get messages(): readonly string[] {
    return this.#lines.split('\n').slice(1, -1);
  }

  /** What has come up to the last end of a line: a message may arrive before its own. */
  get #lines(): string {
    return this.#text.slice(0, this.#text.lastIndexOf('\n') + 1);
  }

  /** Waits until `word` has been said `times` times. @throws when the listener ends */
  async until(word: string, times = 1): Promise<void> {
    while (this.#lines.split(word).length <= times) {
      const said = await Promise.race([once(this.#process.stdout, 'data'), once(this.#process, 'exit')]);
      const ended: unknown = said[0];
      if (typeof ended === 'number') throw new Error(`the listener ended with status ${ended}`);
    }
  }

  [Symbol.dispose](): void {
    this.#process.kill();
  }
}
