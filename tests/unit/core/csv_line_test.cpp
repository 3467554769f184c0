#include "orderd/core/csv_line.hpp"

#include <catch2/catch.hpp>

using namespace orderd;

TEST_CASE("a cell that a spreadsheet would take for a formula gets an apostrophe, and loses it when it is read again")
{
    for (std::string text : {"=1+1",     "+81312345678", "-5",       "-",   "@SUM(1)",
                             "\t=1",     "\r=1",         "\n=1",     "\tx", "＝1",
                             "＋1",      "－1",          "＠x",      "﹢1", "﹦1",
                             "﹣1",      "﹫x",          "−1",       " =1", "\u3000=1",
                             "\u00a0+1", "\uFEFF=1",     "\u200B=1", "=",   "=HYPERLINK(\"http://x\",\"y\")"}) {
        INFO(text);
        CHECK(harmless_cell(text) == "'" + text);
        CHECK(without_guard(harmless_cell(text)) == text);
        CHECK(without_guard(text) == text);
    }
    for (std::string text :
         {"", "東京拠点", "a=1", "1-1-1-1-2", "2027-03-01", "'=1", "'quoted'", "''", "ー", "〜", " a", "\xff="}) {
        INFO(text);
        CHECK(harmless_cell(text) == text);
    }
    // A value is read without the space before it, so that what stands behind is no formula either.
    CHECK(without_guard("\u3000'=x") == "=x");
    CHECK(without_guard(" 'x") == " 'x");
    CHECK(without_guard("'quoted'") == "'quoted'");
    CHECK(without_guard("'") == "'");
    CHECK(without_guard("'80s") == "'80s");
}
