// Orders that wait, sent and recorded: claim, POST, durable result, event.
import { csvFile } from '../lib/rows_csv.mjs'
import { Installation, states } from '../lib/daemon.mjs'
import { inTurn, until } from '../lib/measure.mjs'
import { settle, urlOf, withDatabase } from '../lib/postgres.mjs'
import { finish } from '../lib/process.mjs'
import { withStub } from '../lib/stub.mjs'

const peer = name => new URL(`../peers/${name}.mjs`, import.meta.url).pathname

/** A database with `count` orders ready to be sent to `api`; `use` gets the installation and a client. */
export const withReady = (count, api, use, more = []) => withDatabase('bench_ours', async (name, client) => {
  const at = new Installation(name, api, more)
  try {
    await at.prepare()
    await at.verb('import', await csvFile(count))
    await settle(client)
    return await use(at, client)
  } finally {
    at.remove()
  }
})

/** Seconds from the first claim (of orders whose request_key begins with `key`) to when the last of `count` orders is seen
 *  accepted, by the database's clock. */
export async function submitted(client, count, started, key = '') {
  await until(async () => {
    if (started.child.exitCode !== null) throw new Error(`the daemon ended: ${started.child.errors}`)
    return (await states(client)).accepted >= count
  }, `${count} orders are accepted`, { every: 25 })
  const { rows: [end] } = await client.query('select clock_timestamp()::text as at')
  const { rows } = await client.query(`select extract(epoch from $2::timestamptz - min(first_submitted_at))::float8 as s
    from orderd."order" where request_key like $1`, [`${key}%`, end.at])
  return rows[0].s
}

export async function oursOnce(count, latency, more) {
  return withStub(latency, api => withReady(count, api, async (at, client) => {
    const daemon = at.start()
    const seconds = await submitted(client, count, daemon)
    const used = { rate: count / seconds, cpu: daemon.cpu() / (count / 1000), peak: daemon.peak() }
    await daemon.stop()
    return used
  }, more))
}

export const peerOnce = (name, count, latency) => withStub(latency, api => withDatabase('bench_peer', async database =>
  JSON.parse(await finish('node', [peer(name)], { DATABASE_URL: urlOf(database), API: api, ORDERS: String(count) }))))

async function submit({ rounds, short }) {
  const count = short ? 40_000 : 100_000
  const [ours, script] = await inTurn(rounds, () => oursOnce(count, 0), () => peerOnce('script', count, 0))
  return [
    { what: 'submit: claim, POST, durable result, event', unit: 'orders/s', ours: ours.rate, reference: script.rate, of: 'batched Node script',
      ratio: ours.rate / script.rate, goal: { of: 'ratio', atLeast: 2 } },
    { what: 'processor time for 1,000 orders', unit: 'ms', ours: ours.cpu, reference: script.cpu, of: 'batched Node script',
      ratio: ours.cpu / script.cpu, goal: { of: 'ours', atMost: 35 } },
    { what: 'peak memory while submitting', unit: 'MB', ours: ours.peak, reference: script.peak, of: 'batched Node script', ratio: ours.peak / script.peak }]
}

async function peers({ rounds, short }) {
  const count = short ? 5_000 : 20_000
  const names = ['pg-boss', 'graphile-worker']
  const [ours, ...theirs] = await inTurn(rounds, () => oursOnce(count, 0), ...names.map(name => () => peerOnce(name, count, 0)))
  return names.map((of, i) => ({ what: `submit beside ${of}`, unit: 'orders/s', ours: ours.rate, reference: theirs[i].rate, of, ratio: ours.rate / theirs[i].rate,
    goal: { of: 'ratio', atLeast: 1 } }))
}

async function latency({ rounds, short }) {
  const count = short ? 6_000 : 20_000
  const seconds = 0.05, places = 64
  const [ours] = await inTurn(rounds, () => oursOnce(count, seconds))
  const limit = places / seconds
  return [{ what: '64 places filled at 50 ms latency', unit: 'orders/s', ours: ours.rate, reference: limit, of: "Little's law", ratio: ours.rate / limit,
    goal: { of: 'ratio', atLeast: 0.95 } }]
}

async function waiting({ short }) {
  const count = short ? 100_000 : 1_000_000
  return withStub(0, api => withReady(count, api, async (at, client) => {
    const daemon = at.start()
    const half = count / 2
    await until(async () => (await states(client)).accepted >= half, `${half} orders are accepted`, { every: 50, atMost: 600_000 })
    const peak = daemon.peak()
    await daemon.stop()
    const script = await peerOnce('script', 20_000, 0)
    return [{ what: `peak memory, ${count.toLocaleString('en-US')} orders waiting`, unit: 'MB', ours: peak, reference: script.peak, of: 'script, 20,000 orders',
      ratio: peak / script.peak, goal: { of: 'ours', atMost: 64 } }]
  }))
}

export const measurements = [
  { name: 'submit', about: 'orders sent and recorded, and the processor time of it', short: true, run: submit },
  { name: 'peers', about: 'the same sent by job queues over PostgreSQL', run: peers },
  { name: 'latency', about: 'places filled while the provider takes 50 ms', short: true, run: latency },
  { name: 'waiting', about: 'memory with a million orders that wait', run: waiting }]
