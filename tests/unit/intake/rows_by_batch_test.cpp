#include "intake/rows_by_batch.hpp"

#include <catch2/catch.hpp>

using namespace orderd;
using namespace orderd::intake;

namespace {

judged_table_row row(std::int64_t id, const std::string& batch, const std::string& key, const std::string& line = "")
{
    judged_table_row out;
    out.record.source_row = id;
    out.record.request_key = key;
    out.record.natural_key = line.empty() ? "" : "start:" + line;
    out.record.values[column::order_type] = "1";
    out.batch_name = batch;
    return out;
}

/// "a 1 3, b 2": the numbers of each batch's rows.
std::string sorted(std::vector<judged_table_row> rows, std::size_t most = 50)
{
    std::string out;
    for (const auto& batch : by_batch(std::move(rows), most)) {
        out += (out.empty() ? "" : ", ") + batch.batch_name;
        for (const auto& record : batch.records) out += " " + std::to_string(record.source_row);
    }
    return out;
}

}

TEST_CASE("rows of batches that alternate are stored batch by batch, each in the order of its rows")
{
    CHECK(sorted({row(1, "a", "1"), row(2, "b", "2"), row(3, "a", "3"), row(4, "c", "4"), row(5, "b", "5")}) ==
          "a 1 3, b 2 5, c 4");
    CHECK(sorted({}) == "");
}

TEST_CASE("of two rows of different batches with one key or line the older one is stored first")
{
    CHECK(sorted({row(1, "a", "1"), row(2, "b", "same"), row(3, "a", "same"), row(4, "a", "4")}) == "a 1, b 2");
    CHECK(sorted({row(1, "a", "1"), row(2, "b", "2", "CAF"), row(3, "a", "3", "CAF")}) == "a 1, b 2");
    // In one batch nothing changes place.
    CHECK(sorted({row(1, "a", "same"), row(2, "a", "same"), row(3, "b", "3")}) == "a 1 2, b 3");
    // What came in before this release may have had another key.
    auto renamed = row(3, "a", "3");
    renamed.record.earlier_key = "2";
    CHECK(sorted({row(1, "a", "1"), row(2, "b", "2"), renamed}) == "a 1, b 2");
    // A rejected row keeps its key from nobody; a site may have several change orders.
    auto rejected = row(2, "b", "same");
    rejected.record.state = order_state::rejected;
    CHECK(sorted({row(1, "a", "1"), rejected, row(3, "a", "same")}) == "a 1 3, b 2");
    auto change = row(2, "b", "2", "SITE"), again = row(3, "a", "3", "SITE");
    change.record.values[column::order_type] = again.record.values[column::order_type] = "2";
    CHECK(sorted({row(1, "a", "1"), change, again}) == "a 1 3, b 2");
}

TEST_CASE("beyond so many batches rows wait, and so does what must come after them")
{
    CHECK(sorted({row(1, "a", "1"), row(2, "b", "2"), row(3, "c", "3"), row(4, "a", "4")}, 2) == "a 1 4, b 2");
    CHECK(sorted({row(1, "a", "1"), row(2, "b", "2"), row(3, "c", "3"), row(4, "a", "3")}, 2) == "a 1, b 2");
}

TEST_CASE("rows of two roles of one login are two batches, and each person is named once")
{
    auto mine = row(1, "a", "1"), yours = row(2, "a", "2"), mine_again = row(3, "a", "3");
    yours.inserted_as = "other";
    for (auto* r : {&mine, &yours, &mine_again}) r->brought_by = "suzuki";
    auto batches = by_batch({mine, yours, mine_again}, 50);
    REQUIRE(batches.size() == 2);
    CHECK(batches[0].brought_by == std::set<std::string>{"suzuki"});
    CHECK(batches[0].records.size() == 2);
    CHECK(batches[1].inserted_as == "other");
}
