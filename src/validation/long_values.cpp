#include "long_values.hpp"
#include "orderd/core/text.hpp"

#include <algorithm>

namespace orderd::validation {

std::size_t longest_value(const column_info& of) { return of.kind == value_kind::list ? 16'384 : 2'048; }

void report_too_long(const column_info& of, std::size_t bytes, reporter& report)
{
    report.add("value_too_long", of.id, "", {std::to_string(bytes), std::to_string(longest_value(of))});
}

void cut_long_values(judgement& judged, const severities& changed)
{
    for (const auto& of : columns()) {
        auto bytes = judged.normal[of.id].size();
        if (bytes <= longest_value(of)) continue;
        bool told = std::any_of(judged.found.begin(), judged.found.end(), [&](const finding& f) {
            return f.field == of.name && f.level == severity::error && f.rule.ends_with("_length");
        });
        if (!told) {
            std::erase_if(judged.found, [&](const finding& f) { return f.field == of.name; });
            reporter report(changed);
            report_too_long(of, bytes, report);
            for (auto& f : report.take()) judged.found.push_back(std::move(f));
        }
        judged.normal[of.id] = printable(judged.normal[of.id], kept_of_long);
    }
}

}
