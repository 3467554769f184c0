#include "orderd/core/money.hpp"
#include "orderd/reporting/summary.hpp"

#include <catch2/catch.hpp>

using namespace orderd;
using namespace orderd::reporting;

TEST_CASE("a sum that misses a price does not look complete")
{
    CHECK(with_unpriced("5 yen once", 0, false) == "5 yen once");
    CHECK(with_unpriced("5 yen once", 1, false) == "not known for 1 order (as far as known: 5 yen once)");
    CHECK(with_unpriced("初期 5円", 2, true) == "2件は価格不明（わかっている分だけで初期 5円）");

    summary told;
    told.name = "b";
    told.taken = 2;
    told.monthly_price = 1200;
    told.awaiting_approval = 2;
    auto complete = text(told, "\n");
    CHECK(complete.find("初期 0円、月額 1,200円") != complete.npos);
    CHECK(complete.find("not known") == complete.npos);
    told.unpriced = 1;
    auto partial = text(told, "\n");
    CHECK(partial.find("受け付けた分の費用: 1件は価格不明") != partial.npos);
    CHECK(partial.find("cost of what was accepted: not known for 1 order") != partial.npos);
    CHECK(partial.find("14,400") == partial.npos); // the first year of a part
    CHECK(partial.find("（初期＋月額×12） 不明") != partial.npos);
}

TEST_CASE("a summary has a line of its own for each thing, whatever it is named")
{
    summary told;
    told.name = "b\x1B[2J\r\nlevel=error msg=fake\u202E";
    told.rejected = 1;
    told.by_rule = {{"rule", 1, "「\x1B]0;pwn\x07」", "\"\x1B]0;pwn\x07\""}};
    told.notes = {"note\u2028two"};
    auto lines = text(told, "\r\n");
    for (auto raw : {"\x1B", "\x07", "\u202E", "\u2028", "\nlevel="}) CHECK(lines.find(raw) == lines.npos);
}
