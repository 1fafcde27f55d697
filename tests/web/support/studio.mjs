// One real studio: the binary under test with a fresh data folder, started, killed and started again at will.
import { spawn, execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Studio {
  constructor(binary, data) {
    this.binary = binary;
    this.home = mkdtempSync(join(tmpdir(), 'studio-web-'));
    this.data = data ?? join(this.home, 'data');
    this.child = null;
    this.log = '';
  }
  get url() {
    return `https://127.0.0.1:${this.port}`;
  }
  env() {
    return { PATH: process.env.PATH, HOME: this.home, TMPDIR: this.home, LANG: 'C.UTF-8', DREAMOMNI2_PLAIN: 'off' };
  }
  async start() {
    this.port ??= await freePort();
    this.child = spawn(this.binary, ['serve', '--data', this.data, '--listen', `127.0.0.1:${this.port}`], {
      env: this.env(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const hear = (bytes) => (this.log = (this.log + bytes).slice(-20000));
    this.child.stdout.on('data', hear);
    this.child.stderr.on('data', hear);
    this.ended = new Promise((resolve) => this.child.once('exit', resolve));
    for (let tries = 0; tries < 300; tries += 1) {
      if (this.child.exitCode !== null) throw new Error(`the studio ended while starting:\n${this.log}`);
      if (await this.healthy()) return;
      await pause(100);
    }
    throw new Error(`the studio does not answer:\n${this.log}`);
  }
  healthy() {
    return new Promise((resolve) => {
      const request = https.get(`${this.url}/healthz`, { rejectUnauthorized: false, timeout: 1000 }, (answer) => {
        answer.resume();
        resolve(answer.statusCode === 200);
      });
      request.on('error', () => resolve(false));
      request.on('timeout', () => request.destroy());
    });
  }
  /** Ends the server as an accident would. */
  async kill() {
    this.child?.kill('SIGKILL');
    await this.ended;
  }
  async stop() {
    if (!this.child || this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGTERM');
    const late = setTimeout(() => this.child.kill('SIGKILL'), 8000);
    await this.ended;
    clearTimeout(late);
  }
  async setupCode() {
    const { stdout } = await run(this.binary, ['setup-url', '--data', this.data, '--json'], { env: this.env() });
    return JSON.parse(stdout).code;
  }
  async remove() {
    await this.stop();
    rmSync(this.home, { recursive: true, force: true });
  }
}
