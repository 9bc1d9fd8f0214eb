import { readFileSync } from 'node:fs';

export type Who = 'admin' | 'operator' | 'viewer' | 'second';
/** Which server: that of all journeys, one that may be stopped, one to which nothing was ever applied. */
export type Where = 'main' | 'away' | 'fresh';

interface Server {
  server: string;
  edge?: string;
  tokens: Partial<Record<Who, string>>;
  /** Addresses that sign in once, where the world has some. */
  addresses?: Partial<Record<Who, string>>;
}

interface World extends Record<Where, Server> {
  /** Does what a browser cannot: see world_test.go. */
  control: string;
}

const about = process.env.LOCKSTEP_WORLD;
if (about === undefined) throw new Error('Journeys are run by Go, which starts the servers that they go to: go test ./web -run TestJourneys/sign-in');

export const world = JSON.parse(readFileSync(about, 'utf8')) as World;

export function tokenOf(who: Who, where: Where = 'main'): string {
  const token = world[where].tokens[who];
  if (token === undefined) throw new Error(`there is no ${who} on the server ${where}`);
  return token;
}

export function addressOf(who: Who): string {
  const address = world.main.addresses?.[who];
  if (address === undefined) throw new Error(`there is no address at which the ${who} signs in`);
  return address;
}

/** Asks the world for something: `await control('/away/stop')`. */
export async function control(what: string): Promise<void> {
  const response = await fetch(world.control + what, { method: 'POST' });
  if (!response.ok) throw new Error(`${what}: ${await response.text()}`);
}

/** Calls the API beside the browser, as a colleague would: `await call('POST', '/api/system/environments/x/deploy', {version: '1.0.0'})`. A text is sent as the file that it is. */
export async function call<T>(method: string, path: string, body?: unknown, { who = 'admin', where = 'main', headers = {} }: { who?: Who; where?: Where; headers?: Record<string, string> } = {}): Promise<T> {
  const response = await fetch(world[where].server + path, {
    method,
    headers: { Authorization: `Bearer ${tokenOf(who, where)}`, ...(body === undefined ? {} : { 'Content-Type': typeof body === 'string' ? 'application/yaml' : 'application/json' }), ...headers },
    body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}
