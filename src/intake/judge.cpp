#include "orderd/intake/judge.hpp"
#include "orderd/core/order_request.hpp"
#include "orderd/core/text.hpp"
#include "orderd/intake/content_hash.hpp"

#include <algorithm>

namespace orderd::intake {
namespace {

/// Of a start order all products, of a change those that are added.
std::vector<std::string> products_that_cost(const row_values& row)
{
    if (row[column::order_type] == "1") return split(row[column::product_codes], '|');
    std::vector<std::string> added;
    if (row[column::order_type] == "2")
        for (const auto& part : split(row[column::change_products], '|'))
            if (auto change = product_change_from(part); change && change->change_type == 1)
                added.push_back(std::move(change->product_code));
    return added;
}

/// The line as releases before 0.12.0 kept it; nothing where that is the same.
std::optional<std::string> line_as_written(const row_values& row)
{
    const auto& cell = row[column::line_id];
    auto small = [](char b) { return (b >= 'a' && b <= 'z') || static_cast<unsigned char>(b) >= 0x80; };
    if (std::none_of(cell.begin(), cell.end(), small)) return std::nullopt; // nearly every row
    auto written = trimmed(half_width(cell));
    std::erase_if(written, [](char b) { return b == '-' || b == ' '; });
    if (written == line_form(written)) return std::nullopt;
    return written;
}

/// Where the other row is, in Japanese and English; of what others brought it is not told.
std::pair<std::string, std::string> place_of_other(const store::conflict& c)
{
    auto row = std::to_string(c.other_row);
    if (!c.place_told) return {"ほかで受付済み", "taken in elsewhere"};
    if (c.other_batch.empty()) return {"このファイルの" + row + "行目", "row " + row + " of this batch"};
    return {c.other_batch + "の" + row + "行目", "row " + row + " of " + c.other_batch};
}

/// Of a value of which only the beginning came here, nothing is said but that it is too long.
void tell_whole_lengths(findings& found, const std::vector<store::cut_value>& cut,
                        const validation::severities& changed)
{
    for (const auto& value : cut) {
        const auto& of = info(value.of);
        std::erase_if(found, [&](const finding& f) { return f.field == of.name; });
        validation::reporter report(changed);
        report.add("value_too_long", value.of, "",
                   {std::to_string(value.bytes), std::to_string(validation::longest_value(of))});
        found.push_back(report.take().front());
    }
}

}

bool unpriced(const store::intake_record& record)
{
    bool known = record.purchase_price && record.monthly_price;
    return !known && !products_that_cost(record.values).empty();
}

judge::judge(const judge_settings& settings, const std::optional<catalogue>& products, std::string content_key,
             utc_time now)
    : settings_(settings), catalogue_(products ? &*products : nullptr), content_key_(std::move(content_key))
{
    context_.products = catalogue_;
    context_.today = tokyo_day(now);
    context_.customer_code = settings.customer_code;
    context_.changed = settings.severities;
    context_.calendar = settings.calendar;
}

store::intake_record judge::operator()(std::int64_t source_row, row_values values,
                                       const std::vector<store::cut_value>& cut) const
{
    auto written_line = line_as_written(values);
    auto verdict = validation::validate(std::move(values), context_);
    tell_whole_lengths(verdict.found, cut, context_.changed);
    store::intake_record record;
    record.source_row = source_row;
    record.content_hash = content_hash(content_key_, verdict.normal);
    auto& key = verdict.normal[column::request_key];
    auto key_or = [&](const std::string& hash) { return key.empty() ? "auto-" + hash : key; };
    record.request_key = key_or(record.content_hash);
    if (written_line) {
        auto earlier = verdict.normal;
        earlier[column::line_id] = *written_line;
        record.earlier_hash = content_hash(content_key_, earlier);
        record.earlier_key = key_or(record.earlier_hash);
    }
    record.found = std::move(verdict.found);
    record.not_before = verdict.submit_after;
    record.values = std::move(verdict.normal);
    if (record.values[column::customer_code].empty()) record.values[column::customer_code] = settings_.customer_code;
    if (any_error(record.found)) {
        record.state = order_state::rejected;
        return record;
    }
    // A start order's products can only be judged with the catalogue; until it was read once, the row waits.
    record.natural_key = natural_key(record.values);
    const auto& type = record.values[column::order_type];
    if (!catalogue_ && type != "3") {
        record.state = order_state::received;
        return record;
    }
    record.state = settings_.approval.wanted() ? order_state::awaiting_approval : order_state::ready;
    add_prices(record);
    return record;
}

void judge::add_prices(store::intake_record& record) const
{
    if (!catalogue_) return;
    auto codes = products_that_cost(record.values);
    if (codes.empty()) return;
    auto add = [](std::optional<long>& sum, const std::optional<long>& value) {
        sum = sum && value ? std::optional(*sum + *value) : std::nullopt;
    };
    std::optional<long> purchase = 0, monthly = 0, shortest;
    for (const auto& code : codes) {
        const auto* p = catalogue_->find(code);
        if (!p) return; // what one of them costs is not known, so neither is what all do
        add(purchase, p->purchase_price);
        add(monthly, p->monthly_price);
        if (p->shortest_period && shortest.value_or(-1) < *p->shortest_period) shortest = p->shortest_period;
    }
    record.purchase_price = purchase;
    record.monthly_price = monthly;
    record.shortest_period = shortest;
}

std::optional<finding> judge::clash(const store::conflict& c) const
{
    using what = store::conflict::what;
    validation::reporter report(context_.changed);
    auto [japanese_place, english_place] = place_of_other(c);
    std::string_view field = "customer_site_code";
    switch (c.kind) {
    case what::duplicate: return std::nullopt;
    case what::key_conflict:
        field = "request_key";
        report.add_row("request_key_conflict", {c.request_key, japanese_place, english_place});
        break;
    case what::live_order: {
        bool line = c.natural_key.starts_with("start:");
        if (line) field = "line_id";
        report.add_row("live_order_exists",
                       {line ? "回線ID" : "保守番号", japanese_place, line ? "line" : "site", english_place});
        break;
    }
    case what::not_stored: report.add_row("row_not_stored", {std::to_string(c.bytes), c.refusal}); break;
    case what::site_ended: report.add_row("site_ended", {c.site, c.as_of}); break;
    case what::site_unknown: report.add_row("site_unknown", {c.site, c.as_of}); break;
    }
    auto found = report.take();
    if (found.empty()) return std::nullopt;
    found.front().field = c.kind == what::not_stored ? "" : field;
    return found.front();
}

}
