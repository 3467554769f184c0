// The daemon under measurement and what it needs: a configuration, a schema, the catalogue, orders that wait.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { urlOf } from './postgres.mjs'
import { finish, start, stop } from './process.mjs'
import { cpuMs, freePort, peakMb, residentMb, until } from './measure.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..')
export const bin = name => join(root, 'build/release/bin', name)

/** A directory with a configuration for `database` and the provider at `api`; `more`: lines of TOML. */
export class Installation {
  constructor(database, api, more = []) {
    this.database = database
    this.directory = mkdtempSync('/tmp/orderd-bench.')
    this.file = join(this.directory, 'orderd.toml')
    this.api = api
    this.configure(more)
    this.env = { ORDERD_CLIENT_SECRET: 'secret-of-the-bench', ORDERD_CONFIG: this.file }
  }
  configure(more) {
    const lines = [
      `database.url = "${urlOf(this.database)}"`,
      `api.base_url = "${this.api}/infoIpoE/v2"`, `api.token_url = "${this.api}/oauth/v1/accesstokens"`,
      'api.client_id = "bench"', 'api.customer_code = "A10000105"',
      'tracking.site_list_interval = "0s"', 'intake.csv.directory = ""', ...more]
    const set = new Map(lines.map(line => [line.slice(0, line.indexOf('=')).trim(), line]))
    if (!set.has('tracking.interval')) set.set('tracking.interval', 'tracking.interval = "1h"')
    if (!set.has('operations.listen')) set.set('operations.listen', 'operations.listen = ""')
    writeFileSync(this.file, [...set.values()].join('\n') + '\n')
  }
  verb(...args) { return finish(bin('ipoe-orderd'), args, this.env) }
  async prepare() {
    await this.verb('migrate')
    await this.verb('products', 'sync')
  }
  /** Starts the daemon; `pid`, `cpu()` in ms, `peak()` and `resident()` in MB, `stop()`. */
  start() {
    const child = start(bin('ipoe-orderd'), ['run'], { env: this.env })
    return {
      child, pid: child.pid,
      cpu: () => cpuMs(child.pid), peak: () => peakMb(child.pid), resident: () => residentMb(child.pid),
      kill: () => stop(child, 'SIGKILL'),
      stop: async () => {
        const { code } = await stop(child)
        if (code !== 0) throw new Error(`the daemon ended with ${code}: ${child.errors}`)
      } }
  }
  remove() { rmSync(this.directory, { recursive: true, force: true }) }
}

export const startSimulator = async settings => {
  const directory = mkdtempSync('/tmp/orderd-sim.')
  writeFileSync(join(directory, 'sim.toml'), '[settings]\n' + settings.join('\n') + '\n')
  const [port, control] = [await freePort(), await freePort()]
  const child = start(bin('ipoe-sim'), ['--listen', `127.0.0.1:${port}`, '--control', `127.0.0.1:${control}`, '--config', join(directory, 'sim.toml')])
  const url = `http://127.0.0.1:${port}`, controlUrl = `http://127.0.0.1:${control}`
  await until(() => fetch(`${controlUrl}/counts`).then(() => true, () => false), 'the simulator listens')
  return { url, control: controlUrl, child, stop: async () => { await stop(child); rmSync(directory, { recursive: true, force: true }) } }
}

/** Orders by state, as a map; reads some rows only. */
export async function states(client) {
  const { rows } = await client.query(`select state, sum(orders)::bigint as n from
    (select state, orders from orderd.tally union all select state, orders from orderd.tally_change) t group by state`)
  return Object.fromEntries(rows.map(r => [r.state, r.n]))
}
