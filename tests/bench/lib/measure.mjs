// What a process used, and what to make of several rounds.
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { createServer } from 'node:net'

export { sleep }
const ticks = 100 // USER_HZ: Linux says it to every program as 100

/** Processor time of a process so far, in ms. */
export function cpuMs(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 1000 / ticks
}
const status = (pid, name) =>
  Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm'))[1]) / 1024
export const peakMb = pid => status(pid, 'VmHWM')
export const residentMb = pid => status(pid, 'VmRSS')

export const median = values => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** Waits until `ready()` gives something true, asked every `every` ms; throws after `atMost` ms. */
export async function until(ready, what, { every = 10, atMost = 120_000 } = {}) {
  const began = performance.now()
  for (;;) {
    const got = await ready()
    if (got) return got
    if (performance.now() - began > atMost) throw new Error(`waited in vain: ${what}`)
    await sleep(every)
  }
}

export const freePort = () => new Promise((resolve, reject) => {
  const probe = createServer()
  probe.once('error', reject)
  probe.listen(0, '127.0.0.1', () => {
    const { port } = probe.address()
    probe.close(() => resolve(port))
  })
})

/** Every kind once a round, one after the other; of each figure the median. */
export async function inTurn(rounds, ...kinds) {
  const all = kinds.map(() => [])
  for (let round = 0; round < rounds; ++round)
    for (const [i, kind] of kinds.entries()) all[i].push(await kind())
  return all.map(results => Object.fromEntries(Object.keys(results[0]).map(key => [key, median(results.map(r => r[key]))])))
}
