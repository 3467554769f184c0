// A stub of the provider that answers faster than any client asks: nginx with one worker. It knows the token, POST /orders and
// the product catalogue, nothing else.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { start, stop } from './process.mjs'
import { freePort, until } from './measure.mjs'

const product = (number, cpe, initial, monthly) => ({
  customerProductId: number, customerCode: 'A10000105', productCode: `1-1-1-1-${number}`, productName: `product ${number}`, productType: 1,
  detail: { service: '1', course: '1', plan: '1', ipaddress: '1', cpe, line: '1' }, shortestPeriod: 12, purchasePrice: initial,
  monthlyPrice: monthly, measuredPrice: null, productDependencies: [] })
const catalogue = JSON.stringify({ customerProduct: [product(1, '1', 7000, 1900), product(2, '2', 3000, 1200)] })
const token = JSON.stringify({ accessToken: 'stub', tokenType: 'BearerToken', expiresIn: '3599', scope: '', issuedAt: '1559289842141' })

function configuration(directory, port, latency) {
  const created = '{"orderCode":"A$request_id"}'
  const orders = latency > 0 ? `echo_status 201; echo_sleep ${latency}; echo -n '${created}';` : `return 201 '${created}';`
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(kind => `${kind}_temp_path ${directory}/${kind};`).join(' ')
  return `load_module /usr/lib/nginx/modules/ngx_http_echo_module.so;
daemon off;
worker_processes 1;
pid ${directory}/pid;
error_log stderr;
events { worker_connections 2048; }
http {
  access_log off;
  ${temporary}
  keepalive_timeout 1h;
  keepalive_requests 1000000000;
  client_body_buffer_size 64k;
  default_type application/json;
  server {
    listen 127.0.0.1:${port};
    location = /oauth/v1/accesstokens { return 201 '${token}'; }
    location = /infoIpoE/v2/customerProducts { return 200 '${catalogue}'; }
    location = /infoIpoE/v2/orders { ${orders} }
  }
}
`
}

const answers = port => new Promise(resolve => {
  const probe = connect(port, '127.0.0.1', () => { probe.destroy(); resolve(true) })
  probe.once('error', () => resolve(false))
})

/** Starts a stub that answers an order after `latency` seconds; gives its address and how to end it. */
export async function startStub(latency = 0) {
  const directory = mkdtempSync('/tmp/orderd-stub.')
  const port = await freePort()
  writeFileSync(`${directory}/nginx.conf`, configuration(directory, port, latency))
  const server = start('nginx', ['-c', `${directory}/nginx.conf`])
  await until(() => answers(port), 'nginx listens', { atMost: 10_000 }).catch(e => { throw new Error(`${e.message}\n${server.errors}`) })
  return { url: `http://127.0.0.1:${port}`, stop: async () => { await stop(server); rmSync(directory, { recursive: true, force: true }) } }
}

export async function withStub(latency, use) {
  const stub = await startStub(latency)
  try { return await use(stub.url) } finally { await stub.stop() }
}
