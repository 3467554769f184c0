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
    const file = join(this.directory, 'orderd.toml')
    const lines = [
      `database.url = "${urlOf(database)}"`, `api.base_url = "${api}/infoIpoE/v2"`, `api.token_url = "${api}/oauth/v1/accesstokens"`,
      'api.client_id = "bench"', 'api.customer_code = "A10000105"', 'intake.csv.directory = ""', 'operations.listen = ""',
      'tracking.interval = "1h"', 'tracking.site_list_interval = "0s"', ...more]
    const keys = new Map(lines.map(line => [line.slice(0, line.indexOf('=')).trim(), line])) // a later line replaces
    writeFileSync(file, [...keys.values()].join('\n') + '\n')
    this.env = { ORDERD_CLIENT_SECRET: 'secret-of-the-bench', ORDERD_CONFIG: file }
  }
  verb(...args) { return finish(bin('ipoe-orderd'), args, this.env) }
  async prepare() {
    await this.verb('migrate')
    await this.verb('products', 'sync')
  }
  /** Starts the daemon; `cpu()` in ms, `peak()` and `resident()` in MB, `stop()`, `kill()`. */
  start() {
    const child = start(bin('ipoe-orderd'), ['run'], this.env)
    return {
      child,
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
  return { url, control: controlUrl, stop: async () => { await stop(child); rmSync(directory, { recursive: true, force: true }) } }
}

/** Orders by state, as a map; reads some rows only. */
export async function states(client) {
  const { rows } = await client.query('select state, sum(orders)::bigint as n from orderd.tally_now group by state')
  return Object.fromEntries(rows.map(r => [r.state, r.n]))
}
