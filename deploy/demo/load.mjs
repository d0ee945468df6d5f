// Creates what is missing of a demonstration city, through the public API. Can be repeated.
//   node load.mjs city.json      environment: GATEWAY_URL, ADMIN_LOGIN, ADMIN_PASSWORD, ADMIN_TOTP_SECRET and what city.json names for accounts
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { code } from './totp.mjs';

const city = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const api = `${process.env.GATEWAY_URL}/api/directory`;
let token;

async function call(method, path, body, as = token) {
  const response = await fetch(api + path, {
    method,
    headers: { 'Content-Type': 'application/json', ...(as && { Authorization: `Bearer ${as}` }) },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  if (!response.ok && response.status !== 409) {
    throw Object.assign(new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 500)}`), { status: response.status });
  }
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

/** An access token, or undefined if login and password are refused. */
async function signIn(userLogin, password, second) {
  try {
    return (await call('POST', '/sessions', { userLogin, password, code: second }, null)).body.accessToken;
  } catch (error) {
    if (error.status !== 401) throw error;
  }
}

/** A code counts once: after a load just before this one, the next half minute has the next. */
async function signInAdministrator() {
  for (let tries = 0; tries < 3; tries++) {
    const found = await signIn(setting('ADMIN_LOGIN'), setting('ADMIN_PASSWORD'), code(setting('ADMIN_TOTP_SECRET')));
    if (found) return found;
    await setTimeout(30_000 - (Date.now() % 30_000));
  }
  throw new Error('the administrator cannot sign in with what platform.env says');
}

/** The first administrator's account is nobody's, and so gives nobody a password, until it says whose it is. */
async function nameAdministrator(employeeNumber) {
  const [own] = (await call('GET', `/accounts?userLogin=${encodeURIComponent(setting('ADMIN_LOGIN'))}`)).body.items;
  if (!own.employeeNumber) await call('PATCH', `/accounts/${own.id}`, { version: own.version, employeeNumber, reason: 'Kota Contoh' });
}

/** The owner's own first sign-in: an account has no password, or the Administrator's, until he chooses one. */
async function choosePassword(userLogin, password) {
  if (await signIn(userLogin, password)) return;
  const [account] = (await call('GET', `/accounts?userLogin=${encodeURIComponent(userLogin)}`)).body.items;
  const given = randomBytes(18).toString('hex');
  await call('PUT', `/accounts/${account.id}/password`, { version: account.version, password: given, reason: 'Kota Contoh' });
  await call('PUT', '/me/password', { oldPassword: given, newPassword: password }, await signIn(userLogin, given));
}

function setting(name) {
  if (!process.env[name]) throw new Error(`${name} is not set; it stands in platform.env`);
  return process.env[name];
}

try {
  token = await signInAdministrator();
  const { version } = (await call('GET', '/organisation')).body;
  if (version === 0) await call('PUT', '/organisation', { version, ...city.organisation });
  await create('/units', city.units, 'code');
  await create('/positions', city.positions, 'code');
  await create('/officials', city.officials.map(({ position, account, isAdministrator, ...official }) => official), 'employeeNumber');
  await create('/assignments', city.officials.filter((official) => official.position).map(({ employeeNumber, position }) => ({ employeeNumber, positionCode: position })));
  await nameAdministrator(city.officials.find((official) => official.isAdministrator).employeeNumber);
  const accounts = city.officials.filter((official) => official.account);
  await create('/accounts', accounts.map(({ employeeNumber, account }) => ({ employeeNumber, userLogin: setting(account.login), roles: account.roles })), 'userLogin');
  for (const { account } of accounts) await choosePassword(setting(account.login), setting(account.password));
} catch (error) {
  console.error(`The demonstration city was not loaded completely: ${error.cause?.message ?? error.message}`);
  process.exit(1);
}
