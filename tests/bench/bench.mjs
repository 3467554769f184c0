// The rows of the benchmark, in order; see tests/bench/run.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { psql } from './lib/postgres.mjs'
import { asTable } from './lib/table.mjs'
import * as life from './rows/life.mjs'
import * as parts from './rows/parts.mjs'
import * as submission from './rows/submission.mjs'

const measurements = [...submission.measurements, ...parts.measurements, ...life.measurements]

const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { short: { type: 'boolean' }, rounds: { type: 'string' }, json: { type: 'string' }, list: { type: 'boolean' } } })
if (options.list) {
  for (const m of measurements) console.log(`${m.name.padEnd(14)}${m.about}`)
  process.exit(0)
}
const unknown = wanted.filter(name => !measurements.some(m => m.name === name))
if (unknown.length > 0) {
  console.error(`tests/bench/run: there is no row ${unknown.join(', ')}; --list names them`)
  process.exit(2)
}
const rounds = Number(options.rounds ?? (options.short ? 1 : 3))
if (!(rounds >= 1)) {
  console.error('tests/bench/run: --rounds takes a number, 1 or more')
  process.exit(2)
}
const chosen = measurements.filter(m => (wanted.length > 0 ? wanted.includes(m.name) : !options.short || m.short))
const root = join(dirname(fileURLToPath(import.meta.url)), '../..')

const results = []
let broken = 0
for (const m of chosen) {
  const began = performance.now()
  process.stderr.write(`${m.name} …`)
  try {
    results.push(...await m.run({ rounds, short: options.short ?? false }))
  } catch (e) {
    ++broken
    results.push({ what: m.about, failed: String(e.message ?? e) })
  }
  process.stderr.write(` ${((performance.now() - began) / 1000).toFixed(0)} s\n`)
}

const machine = {
  processor: cpus()[0].model, cores: cpus().length, memory_gb: Math.round(totalmem() / 2 ** 30), kernel: release(),
  postgresql: psql('postgres', '-At', '-c', 'show server_version').trim(), fsync: psql('postgres', '-At', '-c', 'show fsync').trim(),
  version: readFileSync(join(root, 'CMakeLists.txt'), 'utf8').match(/^project\(ipoe-orderd VERSION ([\d.]+)/m)[1] }
console.log(asTable(results, { machine, rounds }))
const file = options.json ?? join(root, 'build/bench.json')
mkdirSync(dirname(file), { recursive: true })
writeFileSync(file, JSON.stringify({ machine, rounds, short: options.short ?? false, rows: results }, null, 1) + '\n')
console.log(`\nwritten to ${file}`)
process.exit(broken > 0 ? 1 : 0)
