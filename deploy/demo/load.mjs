// Creates what is missing of a demonstration city, through the public API. Can be repeated.
//   node load.mjs city.json      environment: GATEWAY_URL, ADMIN_LOGIN, ADMIN_PASSWORD and what city.json names for accounts
import { readFileSync } from 'node:fs';

const city = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const api = `${process.env.GATEWAY_URL}/api/directory`;
let token;

async function call(method, path, body) {
  const response = await fetch(api + path, {
    method,
    headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  if (!response.ok && response.status !== 409) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 500)}`);
  return { created: response.status !== 409, body: text ? JSON.parse(text) : undefined };
}

/** All values of one member over all pages of a list. */
async function existing(path, member) {
  const found = new Set();
  let cursor;
  do {
    const page = (await call('GET', path + (cursor ? `?cursor=${encodeURIComponent(cursor)}` : ''))).body;
    for (const item of page.items) found.add(item[member]);
    cursor = page.next;
  } while (cursor);
  return found;
}

/** 409 means that it is there already, whatever the list said. */
async function create(path, requests, member) {
  const known = member ? await existing(path, member) : new Set();
  let created = 0;
  for (const request of requests) {
    if (known.has(request[member])) continue;
    if ((await call('POST', path, request)).created) created++;
  }
  console.log(`${path.slice(1)}: ${created} created, ${requests.length - created} already there`);
}

function setting(name) {
  if (!process.env[name]) throw new Error(`${name} is not set; it stands in platform.env`);
  return process.env[name];
}

try {
  token = (await call('POST', '/sessions', { userLogin: setting('ADMIN_LOGIN'), password: setting('ADMIN_PASSWORD') })).body.accessToken;
  const { version } = (await call('GET', '/organisation')).body;
  if (version === 0) await call('PUT', '/organisation', { version, ...city.organisation });
  await create('/units', city.units, 'code');
  await create('/positions', city.positions, 'code');
  await create('/officials', city.officials.map(({ position, account, ...official }) => official), 'employeeNumber');
  await create('/assignments', city.officials.map(({ employeeNumber, position }) => ({ employeeNumber, positionCode: position })));
  await create('/accounts', city.officials.filter((official) => official.account).map(({ employeeNumber, account }) => ({
    employeeNumber, userLogin: setting(account.login), password: setting(account.password), roles: account.roles,
  })), 'userLogin');
} catch (error) {
  console.error(`The demonstration city was not loaded completely: ${error.cause?.message ?? error.message}`);
  process.exit(1);
}
