// Usage: node pages.mjs URL PASSWORD SCREENSHOTS. Looks at every page in headless Chromium, in both languages, with and without
// script, in a wide and a narrow window; holds an order and pauses a batch; leaves a screenshot of each page.
import assert from "node:assert/strict";
import {mkdirSync} from "node:fs";
import {join} from "node:path";
import {chromium} from "playwright-core";

const [url, password, screenshots] = process.argv.slice(2);
mkdirSync(screenshots, {recursive: true});
const browser = await chromium.launch({executablePath: "/usr/bin/chromium", headless: true, args: [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"]});
let passed = 0, failed = 0;
async function test(name, options, body) {
  const context = await browser.newContext({viewport: {width: 1200, height: 900}, locale: "ja-JP", ...options});
  const page = await context.newPage();
  const wrong = [];
  page.on("dialog", d => { if (d.type() === "alert") wrong.push(`alert: ${d.message()}`); d.accept(); });
  page.on("pageerror", e => wrong.push(`error: ${e}`));
  page.on("console", m => { if (m.type() === "error" && !/40[19]|Unauthorized/.test(m.text())) wrong.push(`console: ${m.text()}`); });
  page.on("request", r => { if (!r.url().startsWith(url) && !r.url().startsWith("data:")) wrong.push(`asks elsewhere: ${r.url()}`); });
  try {
    await body(page, context);
    assert.deepEqual(wrong, []);
    passed++;
    console.log(`passed: ${name}`);
  } catch (e) {
    failed++;
    console.log(`FAILED: ${name}\n${e.stack}`);
    await page.screenshot({path: join(screenshots, `failed-${failed}.png`)}).catch(() => {});
  }
  await context.close();
}
const shot = (page, name) => page.screenshot({path: join(screenshots, `${name}.png`), fullPage: true});
const fits = async page => assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth + 1), "the page is wider than the window");

await test("the overview tells states and batches in Japanese, and leads to a batch and an order", {}, async page => {
  await page.goto(url);
  assert.equal(await page.locator("h1").innerText(), "概況");
  assert.ok(await page.locator(".tile").count() >= 3);
  await shot(page, "overview-ja");
  await page.getByRole("link", {name: "shops", exact: true}).first().click();
  assert.equal(await page.locator("h1").innerText(), "shops");
  assert.ok(await page.locator("svg.chart").count() === 1);
  assert.ok((await page.locator("main").innerText()).includes("エラーの原因"));
  await shot(page, "batch-ja");
  await page.locator("table a[href^='/order/']").first().click();
  assert.ok(await page.locator(".story li").count() >= 3);
  await shot(page, "order-ja");
});
await test("the same in English, by the browser's preference", {locale: "en-US"}, async page => {
  await page.goto(url);
  assert.equal(await page.locator("h1").innerText(), "Overview");
  await shot(page, "overview-en");
  await page.getByRole("link", {name: "日本語"}).click();
  assert.equal(await page.locator("h1").innerText(), "概況");
  await page.goto(url + "/orders");
  assert.equal(await page.locator("h1").innerText(), "オーダ"); // it is remembered
});
await test("orders are found by state and by a part of the name", {}, async page => {
  await page.goto(url + "/orders");
  await page.selectOption("select[name=state]", "completed");
  await page.fill("input[name=text]", "渋谷");
  await page.getByRole("button", {name: "検索"}).click();
  assert.ok(await page.locator("tbody tr").count() >= 1);
  for (const row of await page.locator("tbody tr").allInnerTexts()) assert.ok(row.includes("完了") && row.includes("渋谷"));
  await shot(page, "orders-ja");
});
await test("hostile names are words, and no script runs but ours", {}, async page => {
  await page.goto(url + "/orders?text=" + encodeURIComponent("<script>"));
  assert.ok((await page.locator("main").innerText()).includes("<script>alert"));
  assert.equal(await page.locator("main script, main img, main iframe").count(), 0);
});
await test("everything can be read without script, and on a narrow screen in the dark",
    {javaScriptEnabled: false, viewport: {width: 390, height: 800}, colorScheme: "dark"}, async page => {
  await page.goto(url);
  assert.equal(await page.locator("h1").count(), 1);
  await shot(page, "overview-narrow-dark");
});
await test("a narrow screen shows no page wider than itself", {viewport: {width: 390, height: 800}}, async page => {
  for (const path of ["/", "/orders", "/batches/1"]) { await page.goto(url + path); await fits(page); }
});
await test("the page renews itself while somebody looks", {}, async page => {
  await page.goto(url);
  await page.evaluate(() => { document.querySelector("h1").textContent = "old"; });
  await page.locator("h1", {hasText: "概況"}).waitFor({timeout: 15000});
});
await test("a batch is paused and resumed with the operator password", {httpCredentials: {username: "佐藤", password}}, async page => {
  await page.goto(url + "/");
  await page.getByRole("link", {name: "waiting", exact: true}).first().click();
  await page.getByRole("button", {name: "一時停止する"}).click();
  await page.getByRole("button", {name: "再開する"}).waitFor();
  assert.ok((await page.locator("main").innerText()).includes("佐藤 (status page)"));
  await shot(page, "batch-paused");
  await page.getByRole("button", {name: "再開する"}).click();
  await page.getByRole("button", {name: "一時停止する"}).waitFor();
});
await test("a wrong password decides nothing", {httpCredentials: {username: "x", password: "wrong"}}, async page => {
  await page.goto(url + "/");
  await page.getByRole("link", {name: "waiting", exact: true}).first().click();
  await page.getByRole("button", {name: "一時停止する"}).click();
  await page.waitForLoadState();
  await page.goto(url + "/");
  await page.getByRole("link", {name: "waiting", exact: true}).first().click();
  assert.equal(await page.getByRole("button", {name: "再開する"}).count(), 0);
});
await test("who brought a batch cannot approve it; somebody else can, seeing what it costs", {}, async (page, context) => {
  const other = await browser.newContext({locale: "ja-JP", httpCredentials: {username: "佐藤", password}});
  const own = await other.newPage();
  own.on("dialog", d => d.accept());
  await own.goto(url);
  await own.getByRole("link", {name: "承認前", exact: true}).first().click();
  await own.getByRole("button", {name: "承認する"}).click();
  await own.getByText("別の方が承認してください").waitFor();
  await other.close();
  const second = await browser.newContext({locale: "ja-JP", viewport: {width: 1200, height: 900}, httpCredentials: {username: "田中", password}});
  const approver = await second.newPage();
  approver.on("dialog", d => d.accept());
  await approver.goto(url);
  await approver.getByRole("link", {name: "承認前", exact: true}).first().click();
  const words = await approver.locator("main").innerText();
  assert.ok(words.includes("承認待ち") && words.includes("¥522,000") && words.includes("依頼者: 佐藤"), words);
  await shot(approver, "batch-awaiting-approval");
  await approver.getByRole("button", {name: "承認する"}).click();
  await approver.locator("main", {hasText: "承認: 田中"}).waitFor({timeout: 15000});
  assert.equal(await approver.getByRole("button", {name: "承認する"}).count(), 0);
  await shot(approver, "batch-approved");
  await second.close();
});
await browser.close();
console.log(`browser: ${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
