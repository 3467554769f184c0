#include "orderd/service/configuration.hpp"
#include "orderd/core/text.hpp"
#include "orderd/http/server_address.hpp"
#include "orderd/validation/rules.hpp"
#include "stray_characters.hpp"

#include <cstdlib>
#include <fstream>
#include <functional>
#include <limits>
#include <sstream>
#include <toml++/toml.h>

namespace orderd::service {
namespace {

using node = const toml::node&;

/// A key: how its value gets into the configuration, and whether two configurations agree on it. `read` throws what is
/// wrong with the value, without the place.
struct key {
    std::string name; // "submission.max_in_flight"
    std::function<void(configuration&, node)> read;
    std::function<bool(const configuration&, const configuration&)> same;
    std::function<void(configuration&, const configuration&)> take_over; // the value of another
    bool at_run_time = false;                                            // a reload applies it
};

/// A key that a reload applies.
key live(key k)
{
    k.at_run_time = true;
    return k;
}

struct wrong_value {
    std::string expected;
};

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

#define AT(member)                                                                                                     \
    [](auto& c) -> auto& { return c.member; }

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
        live(flag("submission.require_approval", AT(submission.require_approval))),
        live(whole("submission.approval_above", AT(submission.approval_above), 0, 2'000'000'000)),
        live(duration("tracking.interval", AT(tracking.interval), 50ms, day)),
        live(duration("tracking.catalogue_interval", AT(tracking.catalogue_interval), 1s, 7 * day)),
        live(duration("tracking.sites_interval", AT(tracking.sites_interval), 50ms, day)),
        live(duration("tracking.site_list_interval", AT(tracking.site_list_interval), 0ms, 30 * day)),
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
        text("operations.listen", AT(operations.listen)),
        text("operations.operator_password_file", AT(operations.operator_password_file)),
        text("operations.instance_name", AT(operations.instance_name)),
        duration("operations.stop_timeout", AT(operations.stop_timeout), 1s, 1h),
        live(text("log.level", AT(log.level), one_of<levels>)),
        text("log.format", AT(log.format), one_of<formats>),
    };
    return all;
}

[[noreturn]] void fail(const std::string& file, node at, const std::string& message)
{
    throw configuration_error(file + ", line " + std::to_string(at.source().begin.line) + ": " + message);
}

void read_severity(configuration& c, const std::string& file, const std::string& rule_id, node value)
{
    const auto* rule = validation::find_rule(rule_id);
    if (!rule) {
        std::vector<std::string> ids;
        for (const auto& r : validation::rules()) ids.emplace_back(r.id);
        auto near = nearest(rule_id, ids);
        fail(file, value,
             "there is no rule \"" + rule_id + "\"" + (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
    }
    if (!rule->adjustable)
        fail(file, value, "the rule \"" + rule_id + "\" cannot be changed: without it there is nothing to send");
    auto* word = value.as_string();
    for (auto level : {severity::off, severity::warning, severity::error})
        if (word && word->get() == name(level)) {
            c.severities[rule_id] = level;
            return;
        }
    fail(file, value, "validation.severity." + rule_id + " must be \"error\", \"warning\" or \"off\"");
}

void read_table(configuration& c, const std::string& file, const std::string& prefix, const toml::table& table)
{
    for (const auto& [part, value] : table) {
        auto full = prefix.empty() ? std::string(part.str()) : prefix + "." + std::string(part.str());
        if (prefix == "validation.severity") {
            read_severity(c, file, std::string(part.str()), value);
            continue;
        }
        const key* found = nullptr;
        bool inner = full == "validation" || full == "validation.severity";
        for (const auto& k : keys()) {
            if (k.name == full) found = &k;
            inner = inner || k.name.starts_with(full + ".");
        }
        if (found) {
            try {
                found->read(c, value);
            } catch (const wrong_value& w) {
                fail(file, value, full + " must be " + w.expected);
            }
        } else if (inner && value.is_table())
            read_table(c, file, full, *value.as_table());
        else if (inner)
            fail(file, value, "\"" + full + "\" must be a table, [" + full + "]");
        else {
            auto near = nearest(full, configuration_keys());
            fail(file, value,
                 "there is no key \"" + full + "\"" + (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
        }
    }
}

void check_together(const configuration& c)
{
    auto need = [&](bool good, const std::string& message) {
        if (!good) throw configuration_error(c.file + ": " + message);
    };
    need(!c.database.url.empty(),
         "database.url is missing, such as \"postgresql://orderd@localhost/orderd\" (or set ORDERD_DATABASE_URL)");
    need(c.submission.settle_time >= c.api.request_timeout,
         "submission.settle_time must not be shorter than api.request_timeout: a request that is still running at the "
         "provider "
         "would be taken for one that was never made");
    need(c.submission.backoff_cap >= c.submission.backoff_base,
         "submission.backoff_cap must not be shorter than submission.backoff_base");
}

}

configuration parse_configuration(std::string_view text, const std::string& file)
{
    configuration c;
    c.file = file;
    if (auto stray = find_stray_character(text))
        throw configuration_error(file + ", line " + std::to_string(stray->line) + ": \"" + printable(stray->text, 8) +
                                  "\" stands outside quotation marks; only half-width letters, digits and signs may (" +
                                  "look for full-width spaces and quotation marks)");
    toml::table read;
    try {
        read = toml::parse(text, file);
    } catch (const toml::parse_error& e) {
        throw configuration_error(file + ", line " + std::to_string(e.source().begin.line) + ": " +
                                  std::string(e.description()));
    }
    read_table(c, file, "", read);
    if (auto* url = std::getenv("ORDERD_DATABASE_URL"); url && *url) c.database.url = url;
    check_together(c);
    return c;
}

configuration read_configuration(const std::string& file)
{
    std::ifstream in(file, std::ios::binary);
    if (!in) throw configuration_error(file + ": cannot be read; name the file with --config or ORDERD_CONFIG");
    std::stringstream text;
    text << in.rdbuf();
    return parse_configuration(text.str(), file);
}

std::string configuration_file(const std::string& given)
{
    if (!given.empty()) return given;
    if (auto* named = std::getenv("ORDERD_CONFIG"); named && *named) return named;
    return "/etc/ipoe-orderd/orderd.toml";
}

std::optional<milliseconds> parse_duration(std::string_view text)
{
    static constexpr std::pair<std::string_view, long long> units[] = {
        {"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
    if (text.empty()) return std::nullopt;
    long long total = 0;
    while (!text.empty()) {
        std::size_t digits = 0;
        long long value = 0;
        while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9')
            value = value * 10 + (text[digits++] - '0');
        if (digits == 0 || digits > 9) return std::nullopt;
        text.remove_prefix(digits);
        auto letters = text.substr(0, text.find_first_of("0123456789"));
        text.remove_prefix(letters.size());
        bool known = false;
        for (auto [unit, factor] : units)
            if (letters == unit) {
                total += value * factor;
                known = true;
            }
        if (!known) return std::nullopt;
    }
    return milliseconds(total);
}

configuration_changes changes_between(const configuration& now, const configuration& wanted)
{
    configuration_changes out;
    for (const auto& k : keys()) {
        if (k.same(now, wanted)) continue;
        (k.at_run_time ? out.applied : out.at_restart).push_back(k.name);
    }
    if (now.severities != wanted.severities) out.applied.emplace_back("validation.severity");
    return out;
}

void take_over_live_keys(configuration& to, const configuration& from)
{
    for (const auto& k : keys())
        if (k.at_run_time) k.take_over(to, from);
    to.severities = from.severities;
}

bool applied_at_run_time(const std::string& name)
{
    for (const auto& k : keys())
        if (k.name == name) return k.at_run_time;
    return name.starts_with("validation.severity");
}

std::vector<std::string> configuration_keys()
{
    std::vector<std::string> names;
    for (const auto& k : keys()) names.push_back(k.name);
    return names;
}

}
