#include "orderd/intake/header.hpp"
#include "orderd/core/text.hpp"

#include <algorithm>

namespace orderd::intake {
namespace {

/// What people put around a header's name, mostly to say how the column is filled in.
constexpr std::string_view marks[] = {"※", "*", "＊", "●",  "■", "◆",  "▲", "▼",  "○",  "◎", "□",
                                      "◇", "★", "☆",  "・", "#", "＃", ":", "：", "\r", "\n"};
struct bracket {
    std::string_view open, close;
};
constexpr bracket brackets[] = {{"(", ")"},   {"（", "）"}, {"[", "]"}, {"［", "］"},
                                {"【", "】"}, {"〔", "〕"}, {"<", ">"}, {"＜", "＞"}};
constexpr std::string_view about_form[] = {"必須", "任意",     "半角", "全角", "英数",     "数字",    "文字", "桁",
                                           "形式", "例",       "入力", "記入", "選択",     "区切",    "新規", "なし",
                                           "0/1",  "ハイフン", "YYYY", "yyyy", "required", "optional"};

bool take_mark(std::string_view& text)
{
    for (auto mark : marks)
        if (text.starts_with(mark)) {
            text.remove_prefix(mark.size());
            return true;
        }
    return false;
}

bool take_bracket(std::string_view& text)
{
    for (const auto& b : brackets) {
        if (!text.starts_with(b.open)) continue;
        auto end = text.find(b.close);
        if (end == text.npos) return false;
        text.remove_prefix(end + b.close.size());
        return true;
    }
    return false;
}

/// A header that says more than a name.
struct long_header {
    std::string name;       // 回線ID of 【必須】回線ID, of 回線ID ※必須 and of 回線ID（旧）
    bool only_form = false; // what it says more is how to fill in the column, and not which of two it is
};

long_header read_long(const std::string& header)
{
    std::string_view rest = header;
    while (take_mark(rest) || take_bracket(rest)) {
    }
    auto from = header.size() - rest.size();
    auto end = rest.size();
    for (auto mark : marks) end = std::min(end, rest.find(mark));
    for (const auto& b : brackets) end = std::min(end, rest.find(b.open));
    for (std::string_view word : {"必須", "任意"}) end = std::min(end, rest.find(word));
    auto more = header.substr(0, from) + std::string(rest.substr(end));
    bool form = std::any_of(std::begin(about_form), std::end(about_form),
                            [&](auto word) { return more.find(word) != more.npos; });
    std::string_view signs = more;
    while (take_mark(signs)) {
    }
    return {trimmed(rest.substr(0, end)), form || signs.empty()};
}

bool in_japanese(const std::string& cell) { return !ascii(half_width(cell)); }

std::string not_used(const std::string& cell, const std::string& name)
{
    auto near = nearest_header(name);
    return "見出し「" + cell + "」は使われません" + (near.empty() ? "" : "（「" + near + "」の誤りではありませんか）") +
           "。 / the header \"" + cell + "\" is not used" + (near.empty() ? "" : "; did you mean \"" + near + "\"?");
}

}

bool is_answer_column(const std::string& header)
{
    return std::find(std::begin(answer_columns), std::end(answer_columns), header) != std::end(answer_columns);
}

header_map read_header(const std::vector<std::string>& cells)
{
    header_map out;
    std::array<std::string, column_count> named; // by column: the header that names it
    int known = 0, japanese = 0;
    auto is = [&](column c) -> std::string& { return named[static_cast<std::size_t>(c)]; };
    auto take = [&](column c, const std::string& cell) {
        is(c) = cell;
        ++known;
        if (in_japanese(cell)) ++japanese;
    };
    for (const auto& raw : cells) {
        auto cell = trimmed(raw);
        auto found = column_from_header(cell);
        out.columns.push_back(found);
        if (!found) continue;
        if (!is(*found).empty())
            out.errors.push_back("見出し「" + cell + "」が2回あります。どちらかを削除してください。 / the header \"" +
                                 cell + "\" stands there twice; delete one of the columns");
        take(*found, cell);
    }
    // Those that say more than a name come after those that are one: 拠点名（カナ） beside 拠点名 is another column.
    auto exact = named;
    constexpr long most_told = 20;
    long unused = 0;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        auto cell = trimmed(cells[i]);
        if (out.columns[i] || cell.empty() || is_answer_column(cell)) continue;
        auto read = read_long(cell);
        auto meant = column_from_header(read.name);
        bool taken = meant && !exact[static_cast<std::size_t>(*meant)].empty();
        if (!meant || !read.only_form || taken) {
            if (++unused <= most_told) out.notes.push_back(not_used(cell, taken ? cell : read.name));
            continue;
        }
        auto name = std::string(in_japanese(cell) ? info(*meant).japanese : info(*meant).name);
        if (!is(*meant).empty())
            out.errors.push_back("見出し「" + is(*meant) + "」と「" + cell + "」はどちらも「" + name +
                                 "」と読めます。使う列の見出しを「" + name + "」だけにしてください。 / the headers \"" +
                                 is(*meant) + "\" and \"" + cell + "\" both read as \"" + name +
                                 "\"; call the one to use just that");
        else
            out.notes.push_back("見出し「" + cell + "」を「" + name + "」として読みます。 / the header \"" + cell +
                                "\" is read as \"" + name + "\"");
        out.columns[i] = meant;
        take(*meant, cell);
    }
    if (unused > most_told)
        out.notes.push_back("ほかに" + std::to_string(unused - most_told) + "個の見出しが使われません。 / " +
                            std::to_string(unused - most_told) + " more headers are not used");
    out.japanese = japanese * 2 > known;
    if (known == 0) {
        out.notes.clear(); // it is no header, so its cells are no unused ones
        out.errors.push_back("見出し行がありません。1行目に列名（オーダ種別、回線ID、商品コードなど）を入れてください。"
                             " / there is no header "
                             "line; the first line must name the columns (order_type, line_id, product_codes …)");
    } else if (is(column::order_type).empty())
        out.errors.push_back(
            "列「オーダ種別」がありません。各行に1（新規）、2（変更）、3（廃止）を入れてください。 / the column "
            "\"order_type\" is missing; every row needs 1 (start), 2 (change) or 3 (cancel)");
    return out;
}

}
