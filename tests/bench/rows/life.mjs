// What the daemon costs while nothing or little happens, and what does not get worse with size, time or accidents.
import { csvFile } from '../lib/rows_csv.mjs'
import { Installation, startSimulator, states } from '../lib/daemon.mjs'
import { inTurn, median, sleep, until } from '../lib/measure.mjs'
import { settle, withClient, withDatabase } from '../lib/postgres.mjs'
import { withStub } from '../lib/stub.mjs'
import { oursOnce, submitted, withReady } from './submission.mjs'

/** Kills the daemon at full speed and counts what is in doubt then; nothing of it is sent twice or forgotten. */
async function doubt({ rounds, short }) {
  const count = 20_000, places = 64
  const simulator = await startSimulator(['latency_min_ms = 0', 'latency_max_ms = 2', 'progress_min_ms = 3600000', 'progress_max_ms = 7200000'])
  try {
    return await withReady(count, simulator.url, async (at, client) => {
      const counts = []
      let daemon
      for (let kill = 0; kill < (short ? 2 : 3 * rounds); ++kill) {
        daemon = at.start()
        const before = (await states(client)).accepted ?? 0
        await until(async () => ((await states(client)).accepted ?? 0) >= before + 1000, 'orders are sent', { every: 2 })
        await daemon.kill()
        const { rows } = await client.query(`select count(*)::int as n from orderd."order" where state = 'submitting'`)
        counts.push(rows[0].n)
      }
      daemon = at.start()
      await until(async () => (await states(client)).accepted >= count, 'all orders are accepted', { atMost: 180_000, every: 50 })
      await daemon.stop()
      const ledger = await (await fetch(`${simulator.control}/ledger`)).json()
      const lines = new Set(ledger.map(order => order.naturalKey)).size
      const doubled = ledger.length - lines, lost = count - lines
      if (doubled !== 0 || lost !== 0) throw new Error(`${doubled} orders were doubled, ${lost} lost`)
      return [{ what: `in doubt after kill -9 at full speed (${counts.length} kills; doubled 0, lost 0)`, unit: 'orders', ours: Math.max(...counts),
        reference: 3 * places, of: '3 × max_in_flight', ratio: Math.max(...counts) / (3 * places), goal: { of: 'ratio', atMost: 1 } }]
    }, ['api.request_timeout = "2s"', 'submission.settle_time = "2s"', 'submission.lease = "5s"'])
  } finally {
    await simulator.stop()
  }
}

async function rest({ rounds, short }) {
  return withStub(0, api => withReady(1000, api, async (at, client) => {
    const started = []
    for (let i = 0; i < rounds; ++i) {
      const began = performance.now()
      const daemon = at.start()
      await until(() => daemon.child.errors.includes('ready'), 'the daemon is ready', { every: 1 })
      started.push(performance.now() - began)
      if (i + 1 < rounds) await daemon.stop()
      else {
        await submitted(client, 1000, daemon)
        await sleep(3000)
        const seconds = short ? 10 : 60
        const before = daemon.cpu()
        await sleep(seconds * 1000)
        const idle = (daemon.cpu() - before) / (seconds * 10), resident = daemon.resident()
        const alone = await oneOrder(client)
        await daemon.stop()
        return [
          { what: 'processor at rest', unit: '% of a core', ours: idle, goal: { of: 'ours', atMost: 0.5 } },
          { what: 'memory at rest', unit: 'MB', ours: resident, goal: { of: 'ours', atMost: 30 } },
          { what: 'start to ready', unit: 'ms', ours: median(started), goal: { of: 'ours', atMost: 300 } },
          { what: 'a row of the intake table alone: commit to claim', unit: 'ms', ours: alone, goal: { of: 'ours', atMost: 50 } }]
      }
    }
  }))
}

/** Milliseconds from the commit of a lone row of the intake table to its claim; the median of ten. */
async function oneOrder(client) {
  const all = []
  for (let i = 0; i < 10; ++i) {
    const { rows } = await client.query(`insert into intake.order_row (batch_name, request_key, order_type, customer_site_name, line_id, line_access_key, product_codes)
      values ('alone', $1, '1', '東京本店', $2, 'a1b2c3d4', '1-1-1-1-2') returning clock_timestamp() as at`, [`alone-${i}`, `CAF${5_000_000_000 + i}`])
    await until(async () => (await client.query(`select from orderd."order" where request_key = $1 and state = 'accepted'`, [`alone-${i}`])).rowCount > 0, 'the row is sent', { every: 5 })
    const claimed = await client.query(`select extract(epoch from e.at - $2::timestamptz) * 1000 as ms from orderd.order_event e join orderd."order" o on o.id = e.order_id
      where o.request_key = $1 and e.event = 'claimed'`, [`alone-${i}`, rows[0].at])
    all.push(Number(claimed.rows[0].ms))
  }
  return median(all)
}

/** So many orders that ended long ago, each with the events of its life, as the daemon leaves them. */
async function addFinished(client, count) {
  await client.query(`alter table orderd."order" disable trigger user`)
  await client.query(`insert into orderd.batch (name, source, reported_at) values ('old', 'csv', 'infinity')`)
  for (let from = 0; from < count; from += 500_000) {
    const to = Math.min(count, from + 500_000)
    await client.query(`with made as (
      insert into orderd."order" (batch_id, source_row, request_key, content_hash, state, revision, order_type, natural_key, attempts, customer_code,
             customer_site_name, case_name, line_id, product_codes, order_code, provider_status, customer_site_code, details, received_at, submitted_at,
             first_submitted_at, accepted_at, finished_at)
      select (select id from orderd.batch where name = 'old'), n, 'old-' || n, md5(n::text), 'completed', 3, 1, 'start:CAF' || 7000000000 + n, 1, 'A10000105',
             '旧店舗' || n, '旧案件' || n / 500, 'CAF' || 7000000000 + n, '1-1-1-1-2', 'Z' || n, '2', 'S' || n, '[]', t, t, t, t, t + interval '3 days'
        from generate_series($1::int + 1, $2::int) n, lateral (select now() - interval '30 days' - n * interval '1 second') as old (t)
      returning id, received_at, order_code)
      insert into orderd.order_event (order_id, at, from_state, to_state, event, order_code)
      select id, received_at, 'submitting', 'accepted', 'accepted_by_provider', order_code from made`, [from, to])
  }
  await client.query(`insert into orderd.tally select (select id from orderd.batch where name = 'old'), 'completed', $1, 0, 0`, [count])
  await client.query(`alter table orderd."order" enable trigger user`)
}

/** Beside somebody's transaction that has been open since before: nothing that is updated meanwhile can be cleaned away. */
const withinTransaction = count => withStub(0, api => withReady(count, api, (at, client) => withClient(at.database, async other => {
  await other.query('begin isolation level repeatable read')
  await other.query('select count(*) from orderd."order"')
  const daemon = at.start()
  const seconds = await submitted(client, count, daemon)
  await daemon.stop()
  await other.query('rollback')
  return { rate: count / seconds }
})))

async function flat({ rounds, short }) {
  const count = short ? 20_000 : 60_000, old = short ? 200_000 : 10_000_000
  const [empty, held] = await inTurn(rounds, () => oursOnce(count, 0), () => withinTransaction(count))
  const withOld = await withStub(0, api => withDatabase('bench_ours', async (name, client) => {
    const at = new Installation(name, api)
    try {
      await at.prepare()
      await addFinished(client, old)
      await settle(client)
      // What a daemon does every six hours with so many orders is not what is measured.
      const before = at.start()
      await until(async () => (await client.query('select from orderd.difference_count')).rowCount > 0, 'differences are counted', { every: 200, atMost: 600_000 })
      await before.stop()
      const rates = []
      for (let round = 0; round < rounds; ++round) {
        await at.verb('import', await csvFile(count, `R${round}L`, round * count))
        await settle(client)
        const daemon = at.start()
        const seconds = await submitted(client, (round + 1) * count, daemon, 'R' + round)
        rates.push(count / seconds)
        await daemon.stop()
      }
      return median(rates)
    } finally {
      at.remove()
    }
  }))
  return [
    { what: `submit with ${old.toLocaleString('en-US')} finished orders`, unit: 'orders/s', ours: withOld, reference: empty.rate, of: 'empty tables',
      ratio: withOld / empty.rate, goal: { of: 'ratio', atLeast: 0.9 } },
    { what: `submit, ${count.toLocaleString('en-US')} orders within another's open transaction`, unit: 'orders/s', ours: held.rate, reference: empty.rate, of: 'no such transaction',
      ratio: held.rate / empty.rate, goal: { of: 'ratio', atLeast: 0.9 } }]
}

async function instances({ rounds, short }) {
  const count = short ? 20_000 : 60_000
  const several = n => withStub(0, api => withReady(count, api, async (at, client) => {
    const all = Array.from({ length: n }, () => at.start())
    const seconds = await submitted(client, count, all[0])
    for (const daemon of all) await daemon.stop()
    return { rate: count / seconds }
  }))
  const results = await inTurn(rounds, () => several(1), () => several(2), () => several(4))
  return results.slice(1).map((r, i) => ({ what: `submit with ${[2, 4][i]} daemons on one database`, unit: 'orders/s', ours: r.rate,
    reference: results[0].rate, of: 'one daemon', ratio: r.rate / results[0].rate }))
}

/** `count` orders that end evenly over `sweeps` looks at them, `interval` seconds apart, counted in requests about orders. */
async function followed(count, sweeps, interval) {
  const last = sweeps * interval * 1000
  const simulator = await startSimulator(['latency_min_ms = 0', 'latency_max_ms = 1', `progress_min_ms = ${last / 20}`, `progress_max_ms = ${last}`])
  try {
    return await withReady(count, simulator.url, async (at, client) => {
      const before = await total(simulator)
      const daemon = at.start()
      await until(async () => (await states(client)).completed >= count, 'all orders are completed', { atMost: 2 * last + 240_000, every: 200 })
      const calls = (await total(simulator)) - before, peak = daemon.peak()
      await daemon.stop()
      return [
        { what: `provider calls an order, ${count.toLocaleString('en-US')} orders over ${sweeps} sweeps (their sites not counted)`, unit: '', ours: calls / count,
          reference: sweeps, of: 'each polled alone', ratio: calls / count / sweeps, goal: { of: 'ours', atMost: 2.2 } },
        { what: 'peak memory while following them', unit: 'MB', ours: peak }]
    }, [`tracking.interval = "${interval * 1000}ms"`, 'tracking.sites_interval = "1h"'])
  } finally {
    await simulator.stop()
  }
}
/** More than one list of the provider shows: 100,000. */
const tracking = async ({ short }) => short ? followed(2_000, 20, 0.5) : [...await followed(10_000, 200, 0.5), ...await followed(100_000, 20, 5)]
const total = async simulator => Object.entries(await (await fetch(`${simulator.control}/counts`)).json())
  .filter(([operation]) => operation.includes('/orders')).reduce((sum, [, c]) => sum + c.requests, 0)

export const measurements = [
  { name: 'doubt', about: 'orders in doubt after a kill, and none doubled or lost', short: true, run: doubt },
  { name: 'rest', about: 'an idle daemon, its start, and a row alone', short: true, run: rest },
  { name: 'tracking', about: 'calls of the provider over an order\'s life', run: tracking },
  { name: 'instances', about: 'several daemons on one database', run: instances },
  { name: 'flat', about: 'ten million finished orders; a transaction left open', run: flat }]
