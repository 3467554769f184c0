#include "orderd/reporting/summary.hpp"
#include "orderd/core/money.hpp"
#include "orderd/core/shown.hpp"

#include <optional>

namespace orderd::reporting {

std::string with_commas(long amount)
{
    auto digits = std::to_string(amount);
    for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > (amount < 0 ? 1 : 0); at -= 3)
        digits.insert(static_cast<std::size_t>(at), ",");
    return digits;
}

std::string text(const summary& s, std::string_view line_break)
{
    std::string out;
    auto line = [&](const std::string& words) { (out += shown(words)) += line_break; };
    auto n = [](std::int64_t value) { return std::to_string(value); };
    auto rows = [&](std::int64_t count) { return n(count) + (count == 1 ? " row" : " rows"); };
    line(s.name);
    line("");
    line((s.tried ? "受付可能 " : "受付 ") + n(s.taken) + "行、入力エラー " + n(s.rejected) + "行、受付済み（重複） " +
         n(s.duplicate) + "行");
    if (s.rejected && !s.tried)
        line("入力エラーの行は " + s.name + ".rejected.csv にあります。直して、そのままincomingに入れてください。");
    for (const auto& r : s.by_rule) line("  " + n(r.rows) + "行  " + r.rule + "（例: " + r.message_ja + "）");
    auto cost = [&](bool japanese, std::string_view once, std::string_view month, std::string_view yen) {
        return with_unpriced(std::string(once) + with_commas(s.purchase_price) + std::string(month) +
                                 with_commas(s.monthly_price) + std::string(yen),
                             s.unpriced, japanese);
    };
    auto first_year = s.unpriced ? std::optional<std::string>() : with_commas(s.purchase_price + 12 * s.monthly_price);
    line((s.tried ? "受付可能な分の費用: " : "受け付けた分の費用: ") + cost(true, "初期 ", "円、月額 ", "円"));
    if (s.awaiting_approval)
        line("承認待ち: " + n(s.awaiting_approval) + "件。承認されるまで発注されません。初年度費用（初期＋月額×12） " +
             (first_year ? *first_year + "円" : "不明"));
    line("");
    if (s.tried)
        line(rows(s.taken) + " would be taken in, " + n(s.rejected) + " would be rejected, " + n(s.duplicate) +
             " came before and would create nothing");
    else
        line(rows(s.taken) + " taken in, " + n(s.rejected) + " rejected, " + n(s.duplicate) +
             " that had come before and created nothing");
    if (s.rejected && !s.tried)
        line("the rejected rows are in " + s.name + ".rejected.csv: mend them and drop that file into incoming");
    for (const auto& r : s.by_rule) line("  " + rows(r.rows) + "  " + r.rule + " (such as: " + r.message_en + ")");
    line((s.tried ? "cost of what would be accepted: " : "cost of what was accepted: ") +
         cost(false, "initial ", " yen, monthly ", " yen"));
    if (s.awaiting_approval)
        line(n(s.awaiting_approval) +
             " orders wait for approval and are not sent before; first year (initial and twelve "
             "monthly fees) " +
             (first_year ? *first_year + " yen" : "not known"));
    if (!s.notes.empty()) line("");
    for (const auto& note : s.notes) line(note);
    return out;
}

}
