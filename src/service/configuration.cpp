#include "configuration_keys.hpp"
#include "orderd/core/text.hpp"
#include "orderd/validation/rules.hpp"
#include "stray_characters.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace orderd::service {
namespace {

[[noreturn]] void fail(const std::string& file, node at, const std::string& message)
{
    throw configuration_error(file + ", line " + std::to_string(at.source().begin.line) + ": " + message);
}

/// Rules that could be lowered until 0.10.0: a configuration that does so still starts, and is told that they stay as
/// they are.
constexpr std::string_view fixed_since[] = {
    "change_products_format", "change_products_required", "overwrite_check_flag_format", "dhcp_how_to_use_format",
    "submit_after_format",    "line_id_required",         "customer_site_code_required", "product_codes_required",
};

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
    bool lowered_before = std::find(std::begin(fixed_since), std::end(fixed_since), rule_id) != std::end(fixed_since);
    if (!rule->adjustable && !lowered_before)
        fail(file, value, "the rule \"" + rule_id + "\" cannot be changed: without it there is nothing to send");
    auto* word = value.as_string();
    for (auto level : {severity::off, severity::warning, severity::error})
        if (word && word->get() == name(level)) {
            if (rule->adjustable)
                c.severities[rule_id] = level;
            else if (level != severity::error)
                c.warnings.push_back(file + ", line " + std::to_string(value.source().begin.line) + ": the rule \"" +
                                     rule_id +
                                     "\" stays an error: what breaks it cannot be sent as it is written. Take the line "
                                     "out; a later release will refuse it");
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
    constexpr std::uintmax_t most = 1 << 20;
    std::error_code absent;
    auto kind = std::filesystem::status(file, absent).type();
    // A pipe would keep the daemon waiting.
    if (kind != std::filesystem::file_type::not_found && kind != std::filesystem::file_type::none &&
        kind != std::filesystem::file_type::regular)
        throw configuration_error(file + ": is not a file that can be read as a configuration");
    errno = 0;
    std::ifstream in(file, std::ios::binary);
    if (!in)
        throw configuration_error(file + ": cannot be read: " + std::strerror(errno) +
                                  "; name the file with --config or ORDERD_CONFIG");
    std::string text(most + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (in.bad()) throw configuration_error(file + ": cannot be read: " + std::strerror(errno));
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (text.size() > most) throw configuration_error(file + ": is larger than 1 MiB; this is no configuration");
    return parse_configuration(text, file);
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
