// The private PostgreSQL of the run: one database a measurement.
import pg from 'pg'
import { execFileSync } from 'node:child_process'

const { PGHOST, PGPORT, PGUSER } = process.env
export const urlOf = name => `postgresql://${PGUSER}@${PGHOST}:${PGPORT}/${name}`
pg.types.setTypeParser(20, Number) // bigint: no count here is beyond 2^53

export async function withClient(name, use) {
  const client = new pg.Client({ connectionString: urlOf(name) })
  await client.connect()
  try { return await use(client) } finally { await client.end() }
}

/** A new database that is gone when `use` has ended. `use` gets its name and a client. */
export async function withDatabase(name, use) {
  await withClient('postgres', async c => {
    await c.query(`drop database if exists ${name} with (force)`)
    await c.query(`create database ${name}`)
  })
  try {
    return await withClient(name, client => use(name, client))
  } finally {
    await withClient('postgres', c => c.query(`drop database if exists ${name} with (force)`))
  }
}

/** The same bytes to write from here on, whoever comes next. */
export const settle = async client => {
  await client.query('vacuum analyze')
  await client.query('checkpoint')
}

export const psql = (name, ...args) =>
  execFileSync('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', urlOf(name), ...args], { encoding: 'utf8' })
