#include "memory_provider.hpp"

#include <algorithm>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace orderd::simulation {
namespace {

using provider::failure;
using what = failure::what_happened;

failure failed(what kind, int status = 0, std::string code = {})
{
    failure f;
    f.kind = kind;
    f.status = status;
    f.text = std::string(provider::name(kind));
    if (!code.empty()) f.errors.push_back({std::move(code), "words", "", "", "id"});
    return f;
}

}

order_request request_of(order_type type, const std::string& line, const std::string& site, const std::string& name,
                         const std::vector<std::string>& products)
{
    if (type == order_type::start) {
        start_order o;
        o.line_id = line;
        o.customer_site_name = name;
        return o;
    }
    if (type == order_type::change) {
        change_order o;
        o.customer_site_code = site;
        for (const auto& p : products) o.products.push_back({1, p});
        return o;
    }
    cancel_order o;
    o.customer_site_code = site;
    return o;
}

std::string key_in_book(const order_request& request)
{
    auto key = natural_key(request);
    if (const auto* change = std::get_if<change_order>(&request)) // two changes of one site are two orders
        for (const auto& p : change->products) key += "|" + p.product_code;
    return key;
}

provider::result<order_code> memory_provider::perform(const order_request& asked, std::uint64_t request)
{
    created_order o;
    o.type = type_of(asked);
    if (const auto* start = std::get_if<start_order>(&asked)) {
        o.line_id = start->line_id;
        o.site_name = start->customer_site_name;
    } else if (const auto* change = std::get_if<change_order>(&asked)) {
        o.site_code = change->customer_site_code;
        for (const auto& p : change->products) o.products.push_back(p.product_code);
    } else
        o.site_code = std::get<cancel_order>(asked).customer_site_code;
    std::sort(o.products.begin(), o.products.end());
    o.natural_key = key_in_book(asked);
    if (faults.line_guard && o.type != order_type::change)
        for (const auto& other : book)
            if (other.natural_key == o.natural_key && other.status(world_.now()) == "1")
                return failed(what::refused, 400, "4000139");
    o.code = "P" + std::to_string(book.size() + 1);
    o.created = world_.now();
    o.ends = world_.now() + world_.between(2min, 15min);
    const char* ends[] = {"2", "2", "2", "3", "4", "5"};
    o.status_at_end = ends[world_.below(6)];
    o.request = request;
    book.push_back(o);
    return order_code{o.code};
}

void memory_provider::sent(std::uint64_t request, process& by)
{
    on_the_wire[request] = &by;
    std::size_t now = 0;
    for (auto& [id, p] : on_the_wire) now += p->running();
    most_on_the_wire = std::max(most_on_the_wire, now);
}

asio::awaitable<void> memory_api::wait(duration how_long)
{
    auto initiate = [this, how_long](auto handler) {
        auto executor = asio::get_associated_executor(handler);
        auto kept = std::make_shared<decltype(handler)>(std::move(handler));
        time_.call_at(time_.now() + how_long,
                      [kept, executor] { asio::post(executor, [kept] { std::move (*kept)(); }); });
    };
    return asio::async_initiate<const asio::use_awaitable_t<>, void()>(initiate, asio::use_awaitable);
}

asio::awaitable<provider::result<order_code>> memory_api::post_order(order_request asked,
                                                                     std::function<bool()> may_send)
{
    auto& world = provider_.world();
    auto& f = provider_.faults;
    co_await place_();
    co_await wait(world.between(0ms, 30ms)); // a connection is made
    if (!may_send()) co_return failed(what::kept_back);
    if (f.away || world.chance(f.not_sent)) {
        co_await wait(world.between(1ms, 2s));
        co_return failed(what::not_sent);
    }
    auto request = provider_.next_request();
    provider_.arrivals.push_back(world.now());
    provider_.sent(request, process_);
    auto latency = world.between(5ms, 300ms);
    struct home {
        memory_provider& at;
        std::uint64_t request;
        ~home() { at.came_home(request); }
    } coming{provider_, request};

    if (f.maintenance) {
        co_await wait(latency);
        co_return failed(what::server_error, 503);
    }
    if (world.chance(f.dropped)) {
        co_await wait(world.chance(0.5) ? timeout_ : latency);
        co_return failed(what::unknown);
    }
    if (world.chance(f.late)) { // performed when the client is gone
        world.after(world.between(timeout_ / 2, std::max<duration>(timeout_, f.latest)),
                    [this, asked, request, there = &provider_] { there->perform(asked, request); });
        co_await wait(world.chance(0.7) ? timeout_ : latency);
        co_return failed(what::unknown);
    }
    if (world.chance(f.error_before)) {
        co_await wait(latency);
        co_return failed(what::server_error, 500);
    }
    if (world.chance(f.throttled)) {
        co_await wait(latency);
        auto answer = failed(what::throttled, 429);
        if (world.chance(0.5)) answer.retry_after = std::chrono::seconds(1 + world.below(30));
        co_return answer;
    }
    if (world.chance(f.unauthorized)) {
        co_await wait(latency);
        co_return failed(what::unauthorized, 401);
    }
    if (world.chance(f.forbidden)) {
        co_await wait(latency);
        co_return failed(what::forbidden, 403);
    }
    // It is performed whatever becomes of this process.
    auto answer = std::make_shared<std::optional<provider::result<order_code>>>();
    world.after(latency / 2, [answer, asked, request, there = &provider_] {
        auto made = there->perform(asked, request);
        answer->emplace(std::move(made));
    });
    if (world.chance(f.duplicated)) // a gateway sends it twice
        world.after(latency + 1s, [asked, request, there = &provider_] { there->perform(asked, request); });
    co_await wait(latency);
    if (world.chance(f.answer_lost)) {
        if (world.chance(0.5)) co_await wait(timeout_ - latency);
        co_return failed(what::unknown);
    }
    if (world.chance(f.error_after)) co_return failed(what::server_error, 502);
    if (world.chance(f.unusable)) co_return failed(what::unusable, 201);
    co_return std::move(**answer);
}

asio::awaitable<provider::result<time_point>> memory_api::read()
{
    auto& world = provider_.world();
    auto& f = provider_.faults;
    co_await place_();
    provider_.arrivals.push_back(world.now());
    auto seen = world.now() - (f.stalest > 0s ? world.between(0s, f.stalest) : 0s);
    co_await wait(world.between(5ms, 500ms));
    if (f.away) co_return failed(what::not_sent);
    if (f.maintenance) co_return failed(what::server_error, 503);
    if (world.chance(f.read_fails)) co_return failed(world.chance(0.5) ? what::unknown : what::server_error, 500);
    co_return seen;
}

asio::awaitable<provider::result<provider::listing<provider::order_summary>>>
memory_api::list_orders(provider::order_filter by)
{
    auto seen = co_await read();
    if (!seen) co_return seen.error();
    provider::listing<provider::order_summary> out;
    for (const auto& o : provider_.book) {
        if (o.created > *seen) continue;
        auto type = std::to_string(static_cast<int>(o.type));
        if (!by.order_type.empty() && by.order_type != type) continue;
        if (!by.line_id.empty() && by.line_id != o.line_id) continue;
        if (!by.customer_site_code.empty() && by.customer_site_code != o.site_code) continue;
        if (!by.status.empty() && by.status != o.status(*seen)) continue;
        provider::order_summary s;
        s.code = {o.code};
        s.order_type = type;
        s.customer_site_code = o.site_code;
        s.customer_site_name = o.site_name;
        s.status = o.status(*seen);
        auto since = std::chrono::floor<std::chrono::milliseconds>(provider_.world().now() - o.created);
        s.application_date = to_yyyymmdd(tokyo_day(provider_.world().utc_now() - since));
        out.items.push_back(std::move(s));
    }
    co_return out;
}

asio::awaitable<provider::result<provider::order_detail>> memory_api::get_order(order_code code)
{
    auto seen = co_await read();
    if (!seen) co_return seen.error();
    for (const auto& o : provider_.book) {
        if (o.code != code.text || o.created > *seen) continue;
        provider::order_detail d;
        d.code = code;
        d.status = o.status(*seen);
        for (const auto& p : o.products) d.contracts.push_back({p, "", "", "", ""});
        co_return d;
    }
    co_return failed(what::not_found, 400, "4000137");
}

asio::awaitable<provider::result<provider::site_detail>> memory_api::get_site(site_code)
{
    co_return failed(what::not_found, 400, "4000137");
}

asio::awaitable<provider::result<std::vector<product>>> memory_api::list_products()
{
    auto seen = co_await read();
    if (!seen) co_return seen.error();
    co_return std::vector<product>(1);
}

asio::awaitable<provider::result<provider::listing<provider::site_summary>>>
memory_api::list_sites(provider::site_filter)
{
    co_return provider::listing<provider::site_summary>{};
}

asio::awaitable<provider::result<std::monostate>> memory_api::authenticate() { co_return std::monostate{}; }

}
