// Single parts of the way, each beside what stands under it.
import { csvFile, header } from '../lib/rows_csv.mjs'
import { bin, Installation } from '../lib/daemon.mjs'
import { inTurn } from '../lib/measure.mjs'
import { settle, urlOf, withDatabase } from '../lib/postgres.mjs'
import { finish } from '../lib/process.mjs'
import { withStub } from '../lib/stub.mjs'
import { withReady } from './submission.mjs'

const post = new URL('../lib/post.lua', import.meta.url).pathname
const micro = async (...args) => JSON.parse(await finish(bin('micro-bench'), args.map(String)))

async function http({ rounds, short }) {
  const requests = short ? 100_000 : 300_000
  return withStub(0, async api => {
    const port = new URL(api).port
    const wrk = async () => {
      const out = await finish('wrk', ['-t1', '-c64', short ? '-d2s' : '-d5s', '-s', post, `${api}/infoIpoE/v2/orders`])
      return { rate: Number(out.match(/Requests\/sec:\s+([\d.]+)/)[1]) }
    }
    const [ours, reference] = await inTurn(rounds, () => micro('post', '127.0.0.1', port, requests, 64), wrk)
    return [{ what: 'HTTP client alone, 64 connections', unit: 'requests/s', ours: ours.rate, reference: reference.rate, of: 'wrk',
      ratio: ours.rate / reference.rate, goal: { of: 'ratio', atLeast: 0.8 } }]
  })
}

async function claim({ rounds, short }) {
  const count = short ? 20_000 : 60_000
  const group = 500
  const ours = () => withStub(0, api => withReady(count, api, at => micro('claim-record', urlOf(at.database), count, group)))
  const bare = () => withDatabase('bench_bare', name => micro('bare-claim-record', urlOf(name), count, group))
  const [store, loop] = await inTurn(rounds, ours, bare)
  return [{ what: 'claim and record alone, 500 at a time', unit: 'rows/s', ours: store.rate, reference: loop.rate, of: 'bare libpqxx loop, narrow table',
    ratio: store.rate / loop.rate, goal: { of: 'ratio', atLeast: 0.8 } }]
}

/** The import verb under GNU time: rows a second, peak memory in MB. */
async function imported(at, file, count) {
  const began = performance.now()
  const out = await finish('sh', ['-c', `/usr/bin/time -f '{"peak_kb": %M}' "$1" import "$2" --json 2>&1 >/dev/null | tail -1`, 'sh', bin('ipoe-orderd'), file], at.env)
  return { rate: count / ((performance.now() - began) / 1000), peak: JSON.parse(out).peak_kb / 1024 }
}

async function intake({ rounds, short }) {
  const count = short ? 50_000 : 200_000
  const small = await csvFile(count / 5), large = await csvFile(count)
  return withStub(0, api => withDatabase('bench_ours', async (name, client) => {
    const at = new Installation(name, api)
    const emptied = async () => {
      await client.query('truncate orderd."order", orderd.order_event, orderd.batch, orderd.tally, orderd.tally_change cascade')
      await client.query('checkpoint')
    }
    try {
      await at.prepare()
      const copy = async () => {
        await client.query(`drop table if exists copied; create table copied (id bigserial primary key, ${header.map(c => `${c} text`).join(', ')});
          create unique index on copied (request_key)`)
        await client.query('checkpoint')
        const began = performance.now()
        await finish('psql', ['-X', '-q', '-d', urlOf(name), '-c', `\\copy copied(${header.join(',')}) from '${large}' csv header`], { PGCLIENTENCODING: 'SJIS' })
        return { rate: count / ((performance.now() - began) / 1000) }
      }
      await imported(at, large, count) // the server's first writing of so much is not what is measured
      const [ours, reference] = await inTurn(rounds, async () => { await emptied(); return imported(at, large, count) }, copy)
      await emptied()
      const fifth = await imported(at, small, count / 5)
      return [
        { what: `CSV import, ${count.toLocaleString('en-US')} rows of 31 columns in CP932`, unit: 'rows/s', ours: ours.rate, reference: reference.rate, of: 'psql \\copy',
          ratio: ours.rate / reference.rate, goal: { of: 'ratio', atLeast: 0.5 } },
        { what: 'its peak memory', unit: 'MB', ours: ours.peak, reference: fifth.peak, of: 'a fifth of the rows', ratio: ours.peak / fifth.peak,
          goal: { of: 'ours', atMost: 64 } }]
    } finally {
      at.remove()
    }
  }))
}

export const measurements = [
  { name: 'import', about: 'a CSV file taken in', short: true, run: intake },
  { name: 'http', about: 'the HTTP client alone', short: true, run: http },
  { name: 'claim', about: 'claims and records alone', short: true, run: claim }]
