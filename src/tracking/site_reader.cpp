#include "orderd/async/concurrently.hpp"
#include "orderd/provider/told.hpp"
#include "orderd/store/left_out_rows.hpp"
#include "orderd/store/sites.hpp"
#include "orderd/tracking/tracker.hpp"

#include <boost/json.hpp>

namespace orderd::tracking {
namespace {

namespace json = boost::json;

/// Members without the secrets; those go to `secrets`.
json::object open_members(const provider::named_values& values,
                          std::vector<std::pair<std::string, std::string>>& secrets)
{
    json::object out;
    for (const auto& [name, value] : values) {
        if (provider::secret_site_member(name))
            secrets.emplace_back(name, value);
        else
            out[name] = value;
    }
    return out;
}

}

store::site_record record_of(const provider::site_detail& d)
{
    store::site_record r;
    auto detail = open_members(d.values, r.credentials);
    json::array contracts;
    for (const auto& c : d.contracts)
        contracts.push_back(json::object{{"productCode", c.product_code},
                                         {"productName", c.product_name},
                                         {"productType", c.product_type},
                                         {"startAt", provider::plain_day(c.start_at)},
                                         {"endAt", provider::plain_day(c.end_at)}});
    detail["contracts"] = std::move(contracts);
    auto part = [&](std::string_view name, const provider::named_values& values) {
        if (!values.empty()) detail[name] = open_members(values, r.credentials);
    };
    part("customerSiteInstallationLocation", d.installation_location);
    part("customerSiteLanAddress", d.lan_address);
    part("customerSiteDhcpServerFunction", d.dhcp_server_function);
    part("customerSiteIpipParam", d.ipip_param);
    r.code = d.code.text;
    r.name = d.value("customerSiteName");
    r.case_name = d.value("caseName");
    r.status = d.value("status");
    r.line_id = d.value("lineId");
    r.global_ip = d.value("globalIp");
    r.start_at = provider::plain_day(d.value("startAt"));
    r.end_at = provider::plain_day(d.value("endAt"));
    r.detail_json = json::serialize(detail);
    return r;
}

site_reader::site_reader(asio::any_io_executor on, timekeeper& time, store::database& db, provider::api& api,
                         std::shared_ptr<const store::credential_box> box, std::chrono::milliseconds interval,
                         logger& log)
    : executor_(on),
      database_(db),
      api_(api),
      box_(std::move(box)),
      interval_(interval),
      database_trouble_(log, "reading sites"),
      outage_(log, "reading sites"),
      failing_(log),
      tick_(time)
{
}

void site_reader::stop()
{
    stopping_ = true;
    tick_.notify();
}

asio::awaitable<void> site_reader::run()
{
    while (!stopping_) {
        bool pause = true;
        std::exception_ptr failed;
        try {
            pause = !co_await read_due();
            database_trouble_.recovered();
        } catch (const std::exception&) {
            failed = std::current_exception();
        }
        if (failed) database_trouble_.failed(failed);
        if (pause) co_await tick_.wait_for(interval_);
    }
}

/// Those of a round that were not asked for, because nobody answers, are due again after a pause, as the others are.
asio::awaitable<bool> site_reader::read_due()
{
    auto [due, refused] = co_await database_.run([](store::session& s) { return store::due_sites(s, 200); });
    for (const auto& [code, why] : refused) failing_.not_kept(code, why);
    std::function<bool()> stopping = [this] { return stopping_ || failing_.nobody_answers(); };
    std::function<asio::awaitable<void>(std::string)> work = [this](std::string code) { return read(std::move(code)); };
    bool any = !due.empty();
    co_await async::for_each_at_once(executor_, 8, std::move(due), stopping, work);
    auto round = failing_.end_round();
    if (!round.outage.empty())
        outage_.failed(round.outage);
    else if (round.answered)
        outage_.recovered();
    if (!round.give_up.empty()) {
        auto forget = [codes = std::move(round.give_up)](store::session& s) {
            store::give_up_refreshing(s, codes);
            return true;
        };
        co_await database_.run(forget);
    }
    co_return any&& round.outage.empty();
}

asio::awaitable<void> site_reader::read(std::string code)
{
    site_code asked{code};
    auto detail = co_await api_.get_site(asked);
    if (!detail) { // it is due again after a pause
        failing_.failed(code, detail.error());
        co_return;
    }
    failing_.read(code);
    auto record = record_of(*detail);
    record.code = code;
    auto box = box_;
    auto save = [record, box](store::session& s) { return store::save_site(s, record, box.get()); };
    std::string refused;
    try {
        if (!co_await database_.run(save)) refused = store::kept_as_it_was;
    } catch (const store::statement_failed& e) { // the others are nothing to it
        refused = e.what();
    }
    if (refused.empty())
        failing_.kept(code);
    else
        failing_.not_kept(code, refused);
}

}
