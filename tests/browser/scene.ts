import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { createInterface, type Interface } from "node:readline";

const kRepository = path.resolve(__dirname, "../..");
const kPython = process.env.PYTHON ?? path.join(kRepository, ".venv/bin/python");
const kPythonPath = ["integration", "hub"]
  .map((part) => path.join(kRepository, "tests", part))
  .join(path.delimiter);
const kAnswerMs = 90_000;

// What was recorded before the tests began: a cluster that is over, and its computations.
export interface Recorded {
  cluster: number;
  squares: number;
  tides: number;
  more_squares: number;
  gauges: number;
  lost_worker: number;
}

// The hub and the clusters of the tests, in scene.py.
export class Scene {
  address = "";
  token = "";
  private readonly answers: AsyncIterator<string>;
  private readonly lines: Interface;

  private constructor(private readonly process: ChildProcess) {
    if (!process.stdout) throw new Error("the scene has no standard output");
    this.lines = createInterface({ input: process.stdout });
    this.answers = this.lines[Symbol.asyncIterator]();
  }

  static async start(): Promise<Scene> {
    const scene = new Scene(
      spawn(kPython, [path.join(__dirname, "scene.py")], {
        stdio: ["pipe", "pipe", "inherit"],
        env: { ...process.env, PYTHONPATH: kPythonPath },
      }),
    );
    Object.assign(scene, await scene.tell<object>("where"));
    return scene;
  }

  // The answer of a method of the scene.
  async tell<Answer = void>(what: string, options: object = {}): Promise<Answer> {
    this.process.stdin?.write(`${JSON.stringify({ do: what, with: options })}\n`);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`the scene has not answered: ${what}`)), kAnswerMs);
    });
    const line = await Promise.race([this.answers.next(), late]).finally(() => clearTimeout(timer));
    if (line.done) throw new Error("the scene has ended");
    const answer = JSON.parse(line.value);
    if (answer.error) throw new Error(answer.error);
    return answer.result;
  }

  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.stdin?.end();
    const timer = setTimeout(() => this.process.kill("SIGTERM"), 60_000);
    await ended;
    clearTimeout(timer);
  }
}
