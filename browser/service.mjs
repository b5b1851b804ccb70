// Starts `tweetty serve` on a folder of its own with a demo, a seeded or an empty company, and a proxy that serves the
// customer's page from the same origin.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const here = new URL(".", import.meta.url);
const binary = process.env.TWEETTY ?? new URL("../target/debug/tweetty", here).pathname;

const settings = { PATH: process.env.PATH, TWEETTY_BIND: "127.0.0.1:0", TWEETTY_DRAIN_DELAY: "0s" };
const newFolder = () => mkdtemp(join(tmpdir(), "tweetty-browser-"));

/** Serves a fresh demo company, with those flags; answers its address, how to manage its users, and how to end it. */
export async function startDemo(...flags) {
  const service = await start(await newFolder(), "--demo", ...flags);
  return { ...service, mira: new Person(service.address, { id: 1, nickname: "Mira", api_key: "test" }) };
}

/** Serves a company in which there is nobody yet. */
export async function startEmpty() {
  return start(await newFolder());
}

/** Serves a company of three years that ends now; `probe` follows ten of its people. */
export async function startSeeded(users, tweets) {
  const folder = await newFolder();
  const figures = { users, tweets, likes: 10 * tweets, follows: 10 * users, until: "now" };
  const words = ["seed", "--json", ...Object.entries(figures).map(([name, value]) => `--${name}=${value}`)];
  const { stdout } = await promisify(execFile)(binary, words, { cwd: folder, env: settings });
  const [{ nickname, api_key }] = JSON.parse(stdout).probes;
  const service = await start(folder);
  return { ...service, probe: new Person(service.address, { nickname, api_key }) };
}

async function start(folder, ...words) {
  const child = spawn(binary, ["serve", ...words], { cwd: folder, env: settings, stdio: ["ignore", "pipe", "pipe"] });
  const address = await new Promise((resolve, reject) => {
    let text = "";
    const read = (piece) => {
      text += piece;
      const found = /http:\/\/127\.0\.0\.1:[1-9]\d*/.exec(text);
      if (found) resolve(found[0]);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`tweetty ended with ${code}: ${text}`)));
  });
  const stop = async () => {
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const manage = async (...words) => {
    const { stdout } = await promisify(execFile)(binary, ["users", ...words, "--json"], { cwd: folder, env: settings });
    return JSON.parse(stdout);
  };
  /** Adds somebody, such as `add("ann", "-f", "Ann")`. */
  const add = async (nickname, ...words) => new Person(address, await manage("add", nickname, ...words));
  /** Gives somebody a new key; answers when the server has forgotten the old one. */
  const renew = async (person) => {
    const before = person.key;
    person.key = (await manage("new-api-key", person.name)).api_key;
    const ask = () => fetch(`${address}/api/users/me`, { headers: { "api-key": before } });
    while ((await ask()).status !== 401) await new Promise((resolve) => setTimeout(resolve, 100));
  };
  /** Deactivates somebody who leaves the company. */
  const deactivate = (person) => manage("deactivate", person.name);
  return { address, add, manage, renew, deactivate, stop };
}

/** Somebody who does things by the API, to arrange what others see. */
class Person {
  constructor(address, { id, nickname, api_key }) {
    Object.assign(this, { address, id, name: nickname, key: api_key });
  }

  async call(method, path, body) {
    const headers = { "api-key": this.key, ...(body && { "content-type": "application/json" }) };
    const answer = await fetch(this.address + path, { method, headers, body: body && JSON.stringify(body) });
    const said = await answer.json();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${said.error_message}`);
    return said;
  }

  async send(path, file) {
    const form = new FormData();
    form.append("file", new Blob([file.buffer]), file.name);
    const answer = await fetch(this.address + path, { method: "POST", headers: { "api-key": this.key }, body: form });
    return answer.json();
  }

  async upload(file) {
    return (await this.send("/api/medias", file)).media_id;
  }

  /** Makes a picture the avatar. */
  wear(file) {
    return this.send("/api/users/me/avatar", file);
  }

  async publish(text, pictures = []) {
    const media = await Promise.all(pictures.map((file) => this.upload(file)));
    return (await this.call("POST", "/api/tweets", { tweet_data: text, tweet_media_ids: media })).tweet_id;
  }

  follow(person) {
    return this.call("POST", `/api/users/${person.id}/follow`);
  }
}

/** What a company's web server has of its own. */
const EXISTING_PAGE = {
  "/": ["text/html; charset=utf-8", new URL("existing-page/index.html", here)],
  "/page.js": ["text/javascript", new URL("existing-page/page.js", here)],
  "/axios.js": ["text/javascript", new URL("node_modules/axios/dist/axios.min.js", here)],
};

/** Serves those files, and everything else from the service; an answer is passed on once `hold` lets it. */
export async function startProxy(service, { files = EXISTING_PAGE, hold = async () => {} } = {}) {
  const server = http.createServer(async (request, response) => {
    const file = files[request.url];
    if (file) {
      response.writeHead(200, { "Content-Type": file[0] }).end(await readFile(file[1]));
      return;
    }
    const options = { method: request.method, headers: request.headers };
    const onward = http.request(new URL(request.url, service), options, async (answer) => {
      await hold(request);
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return { address: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() };
}
