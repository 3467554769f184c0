// Rows as a buyer hands them over: half of them with the provider's router at the site (all columns filled), half with their own.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, existsSync, readdirSync, rmSync } from 'node:fs'

const place = ['zip_code', 'prefectures', 'address', 'company_name', 'department_name', 'client_name', 'tel']
export const header = ['request_key', 'order_type', 'customer_code', 'customer_site_name', 'case_name', 'line_id', 'line_access_key',
  'hope_to_open_at', 'product_codes', ...place.map(p => `installation_${p}`), ...place.map(p => `terminal_${p}`), 'terminal_hope_to_at',
  'lan_network_address', 'lan_interface_address', 'dhcp_how_to_use', 'dhcp_start_address', 'dhcp_end_address', 'dhcp_dns1', 'dhcp_dns2']
const towns = [['東京都', '千代田区丸の内', '100'], ['京都府', '京都市下京区東塩小路町', '600'], ['宮城県', '仙台市青葉区中央', '980'],
  ['広島県', '広島市南区松原町', '732'], ['沖縄県', '那覇市旭町', '900']]

/** Opening days lie in the next spring, whenever this runs. */
const year = new Date().getFullYear() + 1

function row(i, prefix) {
  const [prefecture, town, zip] = towns[i % towns.length]
  const digits = (n, width) => String(n % 10 ** width).padStart(width, '0')
  const cells = [`${prefix}${digits(i, 8)}`, '1', 'A10000105', `${prefecture}第${digits(i, 7)}店`, `佐藤商会${Math.floor(i / 500)}`,
    `CAF${1_000_000_000 + i}`, digits(i * 2654435761, 8)]
  if (i % 2) return [...cells, '', '1-1-1-1-2', ...Array(22).fill('')]
  const where = [zip + digits(i * 7, 4), prefecture, `${town}${1 + i % 8}-${1 + i % 29}-${1 + i % 31}`, `株式会社佐藤商会${i % 1000}`,
    '"総務部, 第二課"', '高橋花子', `0${digits(i * 48271 + 312345678, 9)}`]
  const net = `10.${(i >> 16) & 255}.${(i >> 8) & 255}`
  return [...cells, `${year}0401`, '1-1-1-1-1', ...where, ...where, `${year}0326`, `${net}.0/24`, `${net}.1`, '1', `${net}.10`, `${net}.200`, '', '']
}

/** A CSV file in CP932, as Excel in Japanese writes it, of `count` rows from number `first` on; made once for several measurements. */
export async function csvFile(count, prefix = 'K', first = 0) {
  const path = `/tmp/orderd-bench-${process.pid}-${prefix}-${count}.csv`
  if (existsSync(path)) return path
  const out = createWriteStream(path + '.utf-8')
  out.write(header.join(',') + '\r\n')
  for (let i = 0; i < count;) {
    let text = ''
    for (let end = Math.min(count, i + 2000); i < end; ++i) text += row(first + i, prefix).join(',') + '\r\n'
    if (!out.write(text)) await once(out, 'drain')
  }
  out.end()
  await once(out, 'finish')
  execFileSync('sh', ['-c', `iconv -f UTF-8 -t CP932 "$1.utf-8" > "$1" && rm "$1.utf-8"`, 'sh', path])
  return path
}

process.on('exit', () => {
  for (const name of readdirSync('/tmp')) if (name.startsWith(`orderd-bench-${process.pid}-`)) rmSync(`/tmp/${name}`, { force: true })
})
