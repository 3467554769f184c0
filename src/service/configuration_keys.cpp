#include "configuration_keys.hpp"
#include "host_names.hpp"
#include "orderd/core/text.hpp"
#include "orderd/http/server_address.hpp"
#include "orderd/store/exportable.hpp"

namespace orderd::service {
namespace {

/// A key that a reload applies.
key live(key k)
{
    k.at_run_time = true;
    return k;
}

template <class Section>
key made(std::string name, Section section, std::function<void(configuration&, node)> read)
{
    return {std::move(name), std::move(read),
            [section](const configuration& a, const configuration& b) { return section(a) == section(b); },
            [section](configuration& to, const configuration& from) { section(to) = section(from); }};
}

std::string text_of(node n)
{
    if (auto* s = n.as_string()) return s->get();
    throw wrong_value{"a text in quotation marks"};
}

template <class Section>
key text(std::string name, Section section, std::string (*check)(const std::string&) = nullptr)
{
    return made(std::move(name), section, [section, check](configuration& c, node n) {
        auto value = text_of(n);
        if (check)
            if (auto expected = check(value); !expected.empty()) throw wrong_value{expected};
        section(c) = value;
    });
}

template <class Section>
key whole(std::string name, Section section, long least, long most)
{
    return made(std::move(name), section, [=](configuration& c, node n) {
        auto* value = n.as_integer();
        if (!value || value->get() < least || value->get() > most)
            throw wrong_value{"a whole number from " + std::to_string(least) + " to " + std::to_string(most)};
        section(c) = static_cast<int>(value->get());
    });
}

template <class Section>
key rate(std::string name, Section section)
{
    return made(std::move(name), section, [=](configuration& c, node n) {
        auto value = n.is_integer()          ? std::optional(static_cast<double>(n.as_integer()->get()))
                     : n.is_floating_point() ? std::optional(n.as_floating_point()->get())
                                             : std::nullopt;
        bool good = value && (*value == 0 || (*value >= 0.001 && *value <= 100'000));
        if (!good) throw wrong_value{"a number of requests a second, 0.001 to 100000, or 0 for no limit"};
        section(c) = *value;
    });
}

template <class Section>
key flag(std::string name, Section section)
{
    return made(std::move(name), section, [=](configuration& c, node n) {
        auto* value = n.as_boolean();
        if (!value) throw wrong_value{"true or false"};
        section(c) = value->get();
    });
}

template <class Section>
key duration(std::string name, Section section, milliseconds least, milliseconds most)
{
    return made(std::move(name), section, [=](configuration& c, node n) {
        auto* value = n.as_string();
        auto read = value ? parse_duration(value->get()) : std::nullopt;
        if (!read || *read < least || *read > most)
            throw wrong_value{"a duration such as \"30s\" or \"5m\", from " + std::to_string(least.count()) + "ms to " +
                              std::to_string(most.count() / 1000) + "s"};
        section(c) = *read;
    });
}

std::string check_url(const std::string& value)
{
    try {
        http::parse_server_address(value);
        return {};
    } catch (const std::invalid_argument& e) {
        return std::string("a URL: ") + e.what();
    }
}

template <const auto& words>
std::string one_of(const std::string& value)
{
    std::string all;
    for (std::string_view word : words) {
        if (value == word) return {};
        all += (all.empty() ? "\"" : ", \"") + std::string(word) + "\"";
    }
    return "one of " + all;
}
std::string check_marker(const std::string& value)
{
    bool good = value.empty() || (value.size() > 1 && value[0] == '.' && value.find('/') == value.npos);
    return good ? "" : "an ending such as \".done\", or \"\" for none";
}
constexpr std::string_view file_orders[] = {"time", "name"};
constexpr std::string_view encodings[] = {"auto", "utf-8", "cp932"};
constexpr std::string_view levels[] = {"debug", "info", "warning", "error"};
constexpr std::string_view formats[] = {"text", "json"};

constexpr std::string_view export_formats[] = {"csv", "jsonl", "xlsx"};
constexpr std::string_view export_encodings[] = {"utf-8-bom", "utf-8", "cp932"};

void read_exports(configuration& c, node n)
{
    std::string names;
    for (const auto& view : store::exportable()) names += (names.empty() ? "" : ", ") + std::string(view.name);
    std::vector<std::string> wanted;
    auto* list = n.as_array();
    bool good = list;
    if (list)
        for (const auto& each : *list) {
            good = good && each.is_string() && store::find_exportable(each.as_string()->get());
            if (good) wanted.push_back(each.as_string()->get());
        }
    if (!good) throw wrong_value{"a list of these: " + names};
    c.reporting.exports = std::move(wanted);
}

void read_host_names(configuration& c, node n)
{
    std::vector<std::string> names;
    auto* list = n.as_array();
    bool good = list;
    if (list)
        for (const auto& each : *list) {
            auto name = each.is_string() ? host_name_in(each.as_string()->get()) : std::nullopt;
            good = good && name;
            if (name) names.push_back(*name);
        }
    if (!good) throw wrong_value{"a list of host names without port, such as [\"orders.example.jp\"]"};
    c.operations.host_names = std::move(names);
}

#define AT(member)                                                                                                     \
    [](auto& c) -> auto& { return c.member; }

}

const std::vector<key>& keys()
{
    using ms = milliseconds;
    using namespace std::chrono_literals;
    constexpr auto day = ms(24h);
    static const std::vector<key> all{
        text("database.url", AT(database.url)),
        whole("database.connections", AT(database.connections), 2, 64),
        text("database.credential_key_file", AT(database.credential_key_file)),
        live(duration("database.keep_events", AT(database.keep_events), 0ms, 36500 * day)),
        live(duration("database.keep_details", AT(database.keep_details), 0ms, 36500 * day)),
        live(duration("database.keep_rejected", AT(database.keep_rejected), 0ms, 36500 * day)),
        text("api.base_url", AT(api.base_url), check_url),
        text("api.token_url", AT(api.token_url), check_url),
        text("api.client_id", AT(api.client_id)),
        text("api.client_secret_file", AT(api.client_secret_file)),
        text("api.customer_code", AT(api.customer_code)),
        text("api.ca_file", AT(api.ca_file)),
        duration("api.request_timeout", AT(api.request_timeout), 100ms, 1h),
        duration("api.connect_timeout", AT(api.connect_timeout), 100ms, 5min),
        whole("submission.max_in_flight", AT(submission.max_in_flight), 1, 1024),
        whole("submission.instance_max_in_flight", AT(submission.instance_max_in_flight), 0, 1024),
        live(rate("submission.requests_per_second", AT(submission.requests_per_second))),
        live(rate("submission.instance_requests_per_second", AT(submission.instance_requests_per_second))),
        live(made("submission.window", AT(submission.window),
                  [](configuration& c, node n) {
                      auto window = parse_daily_window(text_of(n));
                      if (!window)
                          throw wrong_value{
                              "hours of the Japanese day such as \"09:00-18:00\" or \"22:00-05:00\", or \"\" for "
                              "the whole day"};
                      c.submission.window = *window;
                  })),
        live(whole("submission.max_attempts", AT(submission.max_attempts), 1, 1000)),
        duration("submission.settle_time", AT(submission.settle_time), 100ms, day),
        duration("submission.lease", AT(submission.lease), 1s, 1h),
        live(duration("submission.poll_interval", AT(submission.poll_interval), 50ms, 1h)),
        live(duration("submission.backoff_base", AT(submission.backoff_base), 10ms, 1h)),
        live(duration("submission.backoff_cap", AT(submission.backoff_cap), 10ms, day)),
        whole("submission.circuit_threshold", AT(submission.circuit_threshold), 1, 10000),
        live(flag("submission.retry_line_state", AT(submission.retry_line_state))),
        live(duration("submission.search_limit", AT(submission.search_limit), 1s, 30 * day)),
        live(flag("submission.resend_without_control", AT(submission.resend_without_control))),
        live(flag("submission.require_approval", AT(submission.require_approval))),
        live(whole("submission.approval_above", AT(submission.approval_above), 0, 2'000'000'000)),
        live(duration("tracking.interval", AT(tracking.interval), 50ms, day)),
        live(duration("tracking.max_interval", AT(tracking.max_interval), 0ms, day)),
        live(duration("tracking.catalogue_interval", AT(tracking.catalogue_interval), 1s, 7 * day)),
        live(duration("tracking.sites_interval", AT(tracking.sites_interval), 50ms, day)),
        live(duration("tracking.site_list_interval", AT(tracking.site_list_interval), 0ms, 30 * day)),
        live(duration("tracking.site_detail_interval", AT(tracking.site_detail_interval), 0ms, 365 * day)),
        whole("tracking.details_in_flight", AT(tracking.details_in_flight), 1, 256),
        text("intake.csv.directory", AT(csv.directory)),
        text("intake.csv.encoding", AT(csv.encoding), one_of<encodings>),
        text("intake.csv.marker", AT(csv.marker), check_marker),
        text("intake.csv.order", AT(csv.order), one_of<file_orders>),
        flag("intake.csv.subdirectories", AT(csv.subdirectories)),
        live(duration("intake.csv.keep_files", AT(csv.keep_files), 0ms, 3650 * day)),
        live(duration("intake.csv.stable_for", AT(csv.stable_for), 0ms, 1h)),
        flag("intake.table.enabled", AT(table.enabled)),
        live(duration("intake.table.poll_interval", AT(table.poll_interval), 50ms, 1h)),
        live(made("validation.company_holidays", AT(calendar),
                  [](configuration& c, node n) {
                      auto* list = n.as_array();
                      bool good = list;
                      if (list)
                          for (const auto& each : *list)
                              good = each.is_string() && c.calendar.close(each.as_string()->get()) && good;
                      if (!good)
                          throw wrong_value{
                              "a list of days such as [\"2026-12-28\", \"12-29\"] (the second is closed every year)"};
                  })),
        live(duration("reporting.result_interval", AT(reporting.result_interval), 100ms, day)),
        live(text("reporting.directory", AT(reporting.directory))),
        live(made("reporting.exports", AT(reporting.exports), read_exports)),
        live(made("reporting.at", AT(reporting.at),
                  [](configuration& c, node n) {
                      auto window = parse_daily_window(text_of(n) + "-24:00");
                      if (!window || text_of(n).size() != 5)
                          throw wrong_value{"a time of the Japanese day such as \"06:00\""};
                      c.reporting.at = window->from;
                  })),
        live(text("reporting.format", AT(reporting.format), one_of<export_formats>)),
        live(text("reporting.encoding", AT(reporting.encoding), one_of<export_encodings>)),
        text("operations.listen", AT(operations.listen)),
        made("operations.host_names", AT(operations.host_names), read_host_names),
        text("operations.operator_password_file", AT(operations.operator_password_file)),
        text("operations.instance_name", AT(operations.instance_name)),
        duration("operations.stop_timeout", AT(operations.stop_timeout), 1s, 1h),
        live(text("log.level", AT(log.level), one_of<levels>)),
        text("log.format", AT(log.format), one_of<formats>),
    };
    return all;
}

}
