#include "orderd/intake/header.hpp"
#include "orderd/core/text.hpp"

#include <algorithm>

namespace orderd::intake {

header_map read_header(const std::vector<std::string>& cells)
{
    header_map out;
    std::array<bool, column_count> seen{};
    int known = 0, japanese = 0;
    for (const auto& raw : cells) {
        auto cell = trimmed(raw);
        auto found = column_from_header(cell);
        out.columns.push_back(found);
        if (found) {
            ++known;
            if (header_key(cell) == header_key(info(*found).japanese)) ++japanese;
            auto& before = seen[static_cast<std::size_t>(*found)];
            if (before)
                out.errors.push_back("見出し「" + cell +
                                     "」が2回あります。どちらかを削除してください。 / the header \"" + cell +
                                     "\" stands there twice; delete one of the columns");
            before = true;
            continue;
        }
        bool ours = std::find(std::begin(answer_columns), std::end(answer_columns), cell) != std::end(answer_columns);
        if (cell.empty() || ours) continue;
        auto near = nearest_header(cell);
        out.notes.push_back("見出し「" + cell + "」は使われません" +
                            (near.empty() ? "" : "（「" + near + "」の誤りではありませんか）") + "。 / the header \"" +
                            cell + "\" is not used" + (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
    }
    out.japanese = japanese * 2 > known;
    if (known == 0)
        out.errors.push_back("見出し行がありません。1行目に列名（オーダ種別、回線ID、商品コードなど）を入れてください。"
                             " / there is no header "
                             "line; the first line must name the columns (order_type, line_id, product_codes …)");
    else if (!seen[static_cast<std::size_t>(column::order_type)])
        out.errors.push_back(
            "列「オーダ種別」がありません。各行に1（新規）、2（変更）、3（廃止）を入れてください。 / the column "
            "\"order_type\" is missing; every row needs 1 (start), 2 (change) or 3 (cancel)");
    return out;
}

}
