#include "orderd/provider/api.hpp"
#include "around_list.hpp"
#include "failure_from.hpp"
#include "growing_list.hpp"
#include "orderd/core/memory.hpp"
#include "orderd/provider/codec.hpp"

#include <algorithm>
#include <boost/url.hpp>
#include <utility>

namespace orderd::provider {
namespace {

constexpr std::size_t shown = 16 * 1024; // of a body that is not kept
// What is kept of a list that others wait for, of one that is compared, too.
constexpr std::size_t big_list = 2u << 20, big_compared_list = 512u << 10;
constexpr list_bounds compared_list{100'000, 8u << 20};

list_bounds operator-(const list_bounds& most, const list_bounds& used)
{
    return {most.elements - std::min(used.elements, most.elements), most.bytes - std::min(used.bytes, most.bytes)};
}

/// A page's reader that waits for its turn where the list becomes a big one.
class waiting_taker final : public http::body_taker {
public:
    waiting_taker(http::body_taker& reader, std::function<bool()> big, async::turns& line, async::turns::turn& turn)
        : reader_(reader), big_(std::move(big)), line_(line), turn_(turn)
    {
    }
    void begin() override
    {
        taken_ = true;
        reader_.begin();
    }
    std::string take(std::string_view piece) override { return reader_.take(piece); }
    std::string beginning() const override { return reader_.beginning().substr(0, shown); }
    bool must_wait() const override { return !turn_ && big_(); }
    asio::awaitable<void> wait() override { turn_ = co_await line_.take(); }
    /// Whether the answer came through here.
    bool taken() const { return taken_; }

private:
    http::body_taker& reader_;
    std::function<bool()> big_;
    async::turns& line_;
    async::turns::turn& turn_;
    bool taken_ = false;
};

template <class T>
failure no_list(http::response& answer, std::string_view operation, const page_reader<T>& reader)
{
    if (answer.body.empty()) answer.body = reader.beginning();
    auto why = reader.refused();
    auto words = why.empty() ? std::string(" is not a list") : " is " + why;
    // Reading a long one to say what it is would cost more than it is worth.
    if (why.empty() && answer.body.size() <= short_answer) words += ": " + shape_of(answer.body);
    return unusable(answer, "the answer to " + std::string(operation) + words);
}

class api_over_transport final : public api {
public:
    api_over_transport(std::unique_ptr<transport> way, std::string base_path, std::string base_url)
        : base_path_(std::move(base_path)), base_url_(std::move(base_url)), way_(std::move(way))
    {
    }

    asio::awaitable<result<order_code>> post_order(order_request order, std::function<bool()> may_send) override
    {
        call what{"POST", "POST /orders", base_path_ + "/orders", encode(order), short_answer};
        auto answer = co_await way_->send(std::move(what), std::move(may_send));
        if (!answer) co_return answer.error();
        if (answer->status / 100 != 2) co_return failure_from(*answer);
        auto code = decode_created(answer->body);
        if (!code || repeats_request(code->text, order))
            co_return unusable(*answer, "a success without a usable orderCode");
        if (auto why = why_not_json(answer->fields); !why.empty()) co_return unusable(*answer, "POST /orders: " + why);
        co_return *code;
    }

    asio::awaitable<result<listing<order_summary>>> list_orders(order_filter filter) override
    {
        boost::urls::url target(base_path_ + "/orders");
        auto add = [&](std::string_view name, const std::string& value) {
            if (!value.empty()) target.params().append({name, value});
        };
        add("orderType", filter.order_type);
        add("status", filter.status);
        add("lineId", filter.line_id);
        add("customerSiteCode", filter.customer_site_code);
        add("caseName", filter.case_name);
        add("hopeToStartAtFrom", filter.hope_to_start_from);
        add("hopeToStartAtTo", filter.hope_to_start_to);
        auto read = [most = filter.compared ? compared_list : list_bounds{}](const list_bounds& used) {
            return read_orders(most - used, used.elements);
        };
        auto& big = filter.compared ? compared_ : big_;
        bool search = !filter.line_id.empty() || !filter.customer_site_code.empty();
        auto all = co_await all_pages<order_summary>("GET /orders", std::move(target), big, read,
                                                     search ? wanted::search : wanted::list);
        co_return all;
    }

    asio::awaitable<result<order_detail>> get_order(order_code code) override
    {
        boost::urls::url target(base_path_ + "/orders");
        target.segments().push_back(code.text);
        auto answer = co_await get("GET /orders/{orderCode}", target);
        if (!answer) co_return answer.error();
        if (answer->status != 200) co_return refusal(*answer, target, wanted::one_thing);
        auto detail = decode_order(answer->body);
        if (!detail)
            co_return with_url(unusable(*answer, "the answer is not an order: " + shape_of(answer->body)), *answer,
                               target);
        if (auto why = why_not_json(answer->fields); !why.empty())
            co_return unusable(*answer, "the detail of order " + code.text + ": " + why);
        if (detail->code.text.empty()) detail->code = code;
        if (detail->code != code) // of another order: nothing it says is about the one that was asked for
            co_return unusable(*answer, "order " + code.text + " was asked for, and " + detail->code.text + " came");
        co_return std::move(*detail);
    }

    asio::awaitable<result<site_detail>> get_site(site_code code) override
    {
        boost::urls::url target(base_path_ + "/customerSites");
        target.segments().push_back(code.text);
        auto answer = co_await get("GET /customerSites/{customerSiteCode}", target);
        if (!answer) co_return answer.error();
        if (answer->status != 200) co_return refusal(*answer, target, wanted::one_thing);
        auto detail = decode_site(answer->body);
        if (!detail)
            co_return with_url(
                unusable(*answer, "the answer for site " + code.text + " is not a site: " + shape_of(answer->body)),
                *answer, target);
        if (auto why = why_not_json(answer->fields); !why.empty())
            co_return unusable(*answer, "the detail of site " + code.text + ": " + why);
        if (detail->too_many_contracts)
            co_return unusable(*answer, "site " + code.text + " has more than " + std::to_string(most_contracts) +
                                            " contracts in the provider's answer");
        if (detail->code != code)
            co_return unusable(*answer, "site " + code.text + " was asked for, and " + detail->code.text + " came");
        co_return std::move(*detail);
    }

    asio::awaitable<result<listing<product>>> list_products() override
    {
        boost::urls::url target(base_path_ + "/customerProducts");
        auto read = [](const list_bounds& used) { return read_products(list_bounds{} - used, used.elements); };
        auto all = co_await all_pages<product>("GET /customerProducts", std::move(target), big_, read, wanted::list);
        if (all && all->none_by_error) co_return *all->none_by_error; // a catalogue is only replaced by a list
        co_return all;
    }

    asio::awaitable<result<listing<site_summary>>> list_sites(site_filter filter) override
    {
        boost::urls::url target(base_path_ + "/customerSites");
        auto add = [&](std::string_view name, const std::string& value) {
            if (!value.empty()) target.params().append({name, value});
        };
        add("status", filter.status);
        add("startAtFrom", filter.start_at_from);
        add("startAtTo", filter.start_at_to);
        auto read = [](const list_bounds& used) { return read_sites(list_bounds{} - used, used.elements); };
        auto all = co_await all_pages<site_summary>("GET /customerSites", std::move(target), big_, read, wanted::list);
        if (all && all->none_by_error && filter.status.empty()) co_return *all->none_by_error; // so is a list of sites
        co_return all;
    }

    asio::awaitable<result<std::monostate>> authenticate() override { return way_->authenticate(); }
    bool authenticated() const override { return way_->authenticated(); }
    std::optional<std::chrono::milliseconds> token_age() const override { return way_->token_age(); }

private:
    enum class wanted { one_thing, list, search };

    /// What an answer other than 200 says, with the URL where that may be what is wrong. A 404 that is not in the API's
    /// words says nothing about the thing or list that was asked for; that of a search is believed beside its controls.
    failure refusal(const http::response& answer, const boost::urls::url& target, wanted what) const
    {
        auto failed = failure_from(answer, true);
        bool doubtful = (answer.status == 403 || answer.status == 404) && !may_be_the_apis(answer, failed);
        if (doubtful && what != wanted::search && failed.kind == failure::what_happened::not_found)
            failed.kind = failure::what_happened::forbidden;
        bool silent = answer.status == 404 && failed.errors.empty() && what != wanted::one_thing;
        if (doubtful || silent || failed.kind == failure::what_happened::redirected) failed.asked = url_of(target);
        return failed;
    }

    /// An answer that does not hold what it should; with the URL where it is a page, which no API gives.
    failure with_url(failure failed, const http::response& answer, const boost::urls::url& target) const
    {
        auto begin = answer.body.find_first_not_of(" \t\r\n");
        if (begin != answer.body.npos && answer.body[begin] == '<') failed.asked = url_of(target);
        return failed;
    }

    std::string url_of(const boost::urls::url& target) const
    {
        std::string path(target.encoded_path());
        return base_url_.empty() ? path : base_url_ + path.substr(std::min(path.size(), base_path_.size()));
    }

    asio::awaitable<result<http::response>> get(std::string_view operation, const boost::urls::url& target,
                                                http::body_taker* taker = nullptr)
    {
        auto limit = taker ? long_answer : short_answer;
        return way_->send({"GET", std::string(operation), std::string(target.buffer()), {}, limit, taker}, nullptr);
    }

    /// One page, or what came of it and why it cannot be used. `page` is empty behind the last.
    template <class T>
    struct asked_page {
        list_page<T> page;
        told_around head;
        std::optional<failure> none, failed; // `none`: "there is none" was told by an error
    };

    /// Every page. What came of a list that is compared, and broke off, is not lost.
    template <class T, class F>
    asio::awaitable<result<listing<T>>> all_pages(std::string_view operation, boost::urls::url target,
                                                  async::turns& big, F read, wanted what)
    {
        growing_list<T> list;
        bool compared = &big == &compared_;
        while (true) {
            auto reader = read(list.used());
            auto is_big = [&] {
                return list.used().bytes + reader->cost() > (compared ? big_compared_list : big_list);
            };
            waiting_taker taker(*reader, is_big, big, list.all.turn);
            auto asked = co_await ask_page<T>(operation, target, list, taker, *reader, what);
            if (asked.failed) {
                if (!compared) asked.page = {}; // nobody looks at half of it
                auto broken = std::move(list).broken_off(std::move(asked.page), std::move(*asked.failed));
                if (!compared || broken.items.size() + broken.unreadable.size() == 0)
                    co_return std::move(*broken.broke_off);
                co_return broken;
            }
            if (asked.none && list.received() == 0) list.all.none_by_error = std::move(asked.none);
            if (asked.none || !list.add(std::move(asked.page), asked.head)) co_return std::move(list).whole();
        }
    }

    template <class T>
    asio::awaitable<asked_page<T>> ask_page(std::string_view operation, const boost::urls::url& target,
                                            const growing_list<T>& before, waiting_taker& taker, page_reader<T>& reader,
                                            wanted what)
    {
        asked_page<T> out;
        auto offset = before.offset();
        auto page_target = target;
        page_target.params().append({"limit", std::to_string(most_elements)});
        if (offset) page_target.params().append({"offset", std::to_string(offset)});
        auto answer = co_await get(operation, page_target, &taker);
        if (answer && !taker.taken()) reader.take(answer->body); // it came in one piece, or with an error
        auto page = reader.end();
        out.page = page ? std::move(*page) : reader.so_far();
        if (!answer) {
            out.failed = answer.error();
        } else if (offset > 0 && (answer->status == 204 || answer->status == 416)) {
            out.page = {}; // behind the last
        } else if (answer->status != 200) {
            auto failed = refusal(*answer, target, what);
            bool none = failed.kind == failure::what_happened::not_found;
            (none ? out.none : out.failed) = std::move(failed);
        } else if (!page) {
            out.failed = with_url(no_list(*answer, operation, reader), *answer, target);
        } else if (auto why = why_not_json(answer->fields); !why.empty()) {
            if (answer->body.empty()) answer->body = reader.beginning();
            out.failed = unusable(*answer, std::string(operation) + ": " + why);
        } else {
            bool empty = out.page.items.empty() && out.page.unreadable.empty();
            out.head = around_list(answer->fields, before.received());
            if (auto why_not = empty ? why_not_empty(out.head) : ""; !why_not.empty())
                out.failed = unusable(*answer, "the answer to " + std::string(operation) + " is " + why_not);
        }
        co_return out;
    }

    std::string base_path_, base_url_;
    async::turns big_{give_back_memory}, compared_{give_back_memory};
    std::unique_ptr<transport> way_;
};

}

std::string why_no_catalogue(const listing<product>& listed)
{
    auto elements = listed.items.size() + listed.unreadable.size();
    if (elements == 0) return "the provider lists no product for this customer; check the contract with it";
    if (std::any_of(listed.items.begin(), listed.items.end(), [](const product& p) { return p.main(); })) return {};
    auto why = "no main product can be recognised among the " + std::to_string(elements) +
               " products that the provider lists: ";
    return why + (listed.unreadable.empty() ? "none has the productType 1" : listed.unreadable.front().why);
}

order_filter filter_by(order_type type, std::string line_or_site)
{
    order_filter by;
    (type == order_type::start ? by.line_id : by.customer_site_code) = std::move(line_or_site);
    return by;
}

std::unique_ptr<api> make_api(std::unique_ptr<transport> way, std::string base_path, std::string base_url)
{
    return std::make_unique<api_over_transport>(std::move(way), std::move(base_path), std::move(base_url));
}

std::unique_ptr<api> make_api(asio::any_io_executor on, const api_options& options, logger& log, metrics& m)
{
    return make_api(make_http_transport(std::move(on), options, log, m), options.base_path, options.base_url);
}

}
