#include "conflicts.hpp"
#include "orderd/core/text.hpp"

#include <algorithm>

namespace orderd::store {

std::optional<conflict> conflict_finder::look(const intake_record& row, order_id id)
{
    std::string live(live_key(row));
    auto found = [&](conflict::what kind, const known_order& other) {
        conflict c{kind, row.request_key, live, other.id, other.batch, other.source_row, "", ""};
        c.place_told = other.place_told;
        return c;
    };
    auto at = by_key.find(row.request_key);
    if (at == by_key.end() && !row.earlier_key.empty()) at = by_key.find(row.earlier_key);
    if (at != by_key.end()) {
        const auto& there = at->second.content_hash;
        bool same = there == row.content_hash || (!row.earlier_hash.empty() && there == row.earlier_hash);
        return found(same ? conflict::what::duplicate : conflict::what::key_conflict, at->second);
    }
    if (auto other = by_line.find(live); !live.empty() && other != by_line.end())
        return found(conflict::what::live_order, other->second);
    known_order mine{id, row.content_hash, "", row.source_row};
    by_key.emplace(row.request_key, mine);
    if (!live.empty()) by_line.emplace(live, std::move(mine));
    return std::nullopt;
}

void conflict_finder::forget()
{
    by_key.clear();
    by_line.clear();
}

std::string_view live_key(const intake_record& row)
{
    return row.values[column::order_type] == "2" ? std::string_view() : row.natural_key;
}

void add_finding(intake_record& row, finding found)
{
    bool error = found.level == severity::error;
    row.found.push_back(std::move(found));
    if (!error) return;
    row.state = order_state::rejected;
    row.natural_key.clear();
}

bool set_aside(intake_record& row, const std::string& why, const explain_conflict& explain)
{
    auto told = [](const intake_record& r) { return r.found.size() == 1 && r.found.front().rule == "row_not_stored"; };
    if (told(row)) {
        if (row.cells.empty()) return false;
        row.cells.clear();
        return true;
    }
    conflict refused;
    refused.kind = conflict::what::not_stored;
    for (const auto& c : columns()) refused.bytes += row.values[c.id].size();
    refused.bytes = std::max(refused.bytes, row.cells.joined().size());
    refused.refusal = printable(why, 200);
    auto finding = explain(refused);
    if (!finding) return false;
    intake_record left;
    left.source_row = row.source_row;
    for (std::size_t i = 0; i < row.cells.size(); ++i) left.cells.add(printable(row.cells[i], 4'096));
    row = std::move(left);
    add_finding(row, std::move(*finding));
    return true;
}

bool all_different(const std::vector<intake_record>& rows)
{
    std::vector<std::size_t> keys, lines;
    keys.reserve(rows.size());
    lines.reserve(rows.size());
    for (const auto& row : rows) {
        if (row.state == order_state::rejected) continue;
        keys.push_back(std::hash<std::string_view>{}(row.request_key));
        if (auto live = live_key(row); !live.empty()) lines.push_back(std::hash<std::string_view>{}(live));
    }
    auto twice = [](std::vector<std::size_t>& hashes) {
        std::sort(hashes.begin(), hashes.end());
        return std::adjacent_find(hashes.begin(), hashes.end()) != hashes.end();
    };
    return !twice(keys) && !twice(lines);
}

bool may_be_known_otherwise(const std::vector<intake_record>& rows)
{
    return std::any_of(rows.begin(), rows.end(), [](const intake_record& row) { return !row.earlier_key.empty(); });
}

std::vector<unmarked_row> settle(conflict_finder& finder, std::vector<intake_record>& rows, std::int64_t first,
                                 const explain_conflict& explain)
{
    std::vector<unmarked_row> conflicts;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto& row = rows[i];
        if (row.state == order_state::rejected) continue;
        auto clash = finder.look(row, {first + static_cast<std::int64_t>(i)});
        if (!clash) continue;
        conflicts.push_back({i, row});
        if (clash->kind == conflict::what::duplicate) {
            row.duplicate = true;
            row.duplicate_of = clash->other;
            continue;
        }
        if (auto found = explain(*clash)) add_finding(row, std::move(*found));
    }
    return conflicts;
}

}
