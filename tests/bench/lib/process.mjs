// Programs that run beside the measurement and end with it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'

const running = new Set()
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130))
process.on('exit', () => running.forEach(child => child.kill('SIGKILL')))

export function start(command, args, env = {}) {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] })
  running.add(child)
  child.errors = ''
  child.stderr.on('data', text => { child.errors = (child.errors + text).slice(-4000) })
  child.ended = once(child, 'exit').then(([code, signal]) => { running.delete(child); return { code, signal } })
  return child
}

export async function stop(child, signal = 'SIGTERM') {
  if (child.exitCode === null && child.signalCode === null) child.kill(signal)
  return child.ended
}

/** Runs to the end without stopping this one's clock. */
export async function finish(command, args, env = {}) {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  running.add(child)
  let out = '', errors = ''
  child.stdout.on('data', text => { out += text })
  child.stderr.on('data', text => { errors = (errors + text).slice(-4000) })
  const [code] = await once(child, 'close')
  running.delete(child)
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}: ${(errors || out).slice(-600).trim()}`)
  return out
}
