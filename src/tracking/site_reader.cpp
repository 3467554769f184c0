#include "orderd/async/concurrently.hpp"
#include "orderd/provider/told.hpp"
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
      log_(log),
      outage_(log, "reading sites"),
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
        std::vector<std::string> due;
        std::string failed;
        try {
            due = co_await database_.run([](store::session& s) { return store::due_sites(s, 200); });
            std::function<bool()> stopping = [this] { return stopping_; };
            std::function<asio::awaitable<void>(std::string)> work = [this](std::string code) {
                return read(std::move(code));
            };
            co_await async::for_each_at_once(executor_, 8, due, stopping, work);
        } catch (const std::exception& e) {
            failed = e.what();
        }
        if (!failed.empty()) outage_.failed(failed);
        if (due.empty() || !failed.empty()) co_await tick_.wait_for(interval_);
    }
}

asio::awaitable<void> site_reader::read(std::string code)
{
    site_code asked{code};
    auto detail = co_await api_.get_site(asked);
    if (!detail) { // it is due again after a pause
        outage_.failed(provider::summary(detail.error()));
        co_return;
    }
    auto record = record_of(*detail);
    record.code = code;
    auto box = box_;
    auto save = [record, box](store::session& s) {
        store::save_site(s, record, box.get());
        return true;
    };
    co_await database_.run(save);
    outage_.recovered();
}

}
