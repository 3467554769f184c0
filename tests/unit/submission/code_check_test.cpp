#include "orderd/submission/code_check.hpp"

#include <catch2/catch.hpp>

using namespace orderd;
using namespace orderd::submission;
using Catch::Matchers::Contains;

namespace {

store::followed_order start_of(const std::string& line = "CAF1234567890")
{
    start_order s;
    s.customer_site_name = "東京ﾋﾞﾙ～本館";
    s.line_id = line;
    s.line_access_key = "a1b2c3d4";
    return {{1}, order_type::start, s};
}
store::followed_order cancel_of(const std::string& site)
{
    return {{2}, order_type::cancel, cancel_order{"A10000105", site, "20261231", false}};
}
provider::order_detail detail_of(const std::string& type, const std::string& line, const std::string& key,
                                 const std::string& name, const std::string& site = {})
{
    provider::order_detail d;
    d.order_type = type;
    d.line_id = line;
    d.line_access_key = key;
    d.customer_site_name = name;
    d.customer_site_code = site;
    d.status = "2";
    return d;
}

}

TEST_CASE("a detail of another line, site, access key or type contradicts, and the words say what differs")
{
    code_check check;
    auto line = check.look(start_of(), detail_of("1", "CAF9876543210", "a1b2c3d4", "東京ビル～本館"));
    CHECK_THAT(line.english, Contains("lineId") && Contains("CAF1234567890") && Contains("CAF9876543210"));
    CHECK_THAT(line.japanese, Contains("回線ID"));
    auto site = check.look(cancel_of("A00001"), detail_of("3", "", "", "", "A00002"));
    CHECK_THAT(site.english, Contains("A00001") && Contains("A00002"));
    auto secret = check.look(start_of(), detail_of("1", "", "z9y8x7w6", ""));
    CHECK_THAT(secret.english, Contains("lineAccessKey") && !Contains("a1b2c3d4") && !Contains("z9y8x7w6"));
    auto type = check.look(cancel_of("A00001"), detail_of("1", "CAF1", "", "", ""));
    CHECK_THAT(type.english, Contains("start") && Contains("cancel"));
    CHECK_FALSE(check.look(start_of(), detail_of("3", "", "", "")).none());
}

TEST_CASE("the code of an earlier attempt is none of the next, unless that order lives again")
{
    code_check check;
    auto order = start_of();
    auto told = detail_of("1", "CAF1234567890", "a1b2c3d4", "東京ビル～本館");
    order.of_earlier_attempt = true;
    CHECK_THAT(check.look(order, told).english, Contains("earlier attempt"));
    told.status = "1";
    CHECK(check.look(order, told).none());
    told.status = "3";
    order.taken_by_person = true;
    CHECK(check.look(order, told).none());
}

TEST_CASE("what is not told, hidden, cut or written in another hand contradicts nothing")
{
    const provider::order_detail hands[] = {
        detail_of("1", "", "", ""),
        detail_of("1", "caf1234567890", "A1B2C3D4", "東京ビル〜本館"),
        detail_of("1", "CAF-1234-567890", "a1b2", "東京"),
        detail_of("1", "ＣＡＦ１２３４５６７８９０", "********", "????????"),
        detail_of("1", "CAF12345XXXXX", "XXXXXXXX", "東京ﾋﾞﾙ&#65374;本館"),
        detail_of("受付中", "CAF1234", "", "東京ﾋﾞﾙ～本館　"),
        detail_of("9", "CAF1234567890", "00000000", ""),
        detail_of("1", "CAF0000000000", "00000000", ""),
        detail_of("1", "非公開", "非公開", "非公開"),
    };
    for (const auto& told : hands) {
        INFO(told.line_id << " " << told.order_type);
        code_check check; // one hand each
        CHECK(check.look(start_of(), told).none());
    }
    CHECK(code_check().look(cancel_of("A00001"), detail_of("3", "CAF9", "other", "x", "")).none());
}

TEST_CASE("a provider that tells one type of everything contradicts no order by that")
{
    code_check check;
    CHECK(check.look(cancel_of("A00001"), detail_of("1", "", "", "", "A00001")).none());
    CHECK(check.look(cancel_of("A00002"), detail_of("1", "", "", "", "A00002")).none());
    SECTION("until it has told one of ours as what it is")
    {
        CHECK(check.look(cancel_of("A00003"), detail_of("3", "", "", "", "A00003")).none());
        CHECK_FALSE(check.look(cancel_of("A00001"), detail_of("1", "", "", "", "A00001")).none());
    }
}

TEST_CASE("another name counts only where nothing else is told and the provider tells names as they were sent")
{
    auto unnamed = detail_of("1", "", "", "ほかの拠点");
    code_check check;
    CHECK(check.look(start_of(), unnamed).none()); // nobody knows how it tells names
    CHECK(check.look(start_of(), detail_of("1", "", "", "東京ビル～本館")).none());
    CHECK_THAT(check.look(start_of(), unnamed).english, Contains("customerSiteName"));
    CHECK(check.look(start_of(), detail_of("1", "CAF1234567890", "", "改名後の拠点")).none());
}

TEST_CASE("what was there before the order was sent is another's, and a person's decision stands")
{
    code_check check;
    auto order = start_of();
    order.seen_before = true;
    CHECK_FALSE(check.look(order, detail_of("1", "CAF1234567890", "a1b2c3d4", "")).none());
    order.taken_by_person = true;
    CHECK(check.look(order, detail_of("3", "CAF9876543210", "", "")).none());
}

TEST_CASE("a code that was told of two orders is only the one's whose line, site or access key its detail shows")
{
    code_check check;
    auto start = start_of();
    auto cancel = cancel_of("A00001");
    start.told_twice = cancel.told_twice = true;
    CHECK(check.look(start, detail_of("1", "CAF1234567890", "", "")).none());
    CHECK(check.look(start, detail_of("1", "caf1234567890", "", "")).none());
    CHECK(check.look(start, detail_of("1", "", "a1b2c3d4", "")).none());
    CHECK(check.look(cancel, detail_of("申込", "", "", "", "A00001")).none());
    CHECK_THAT(check.look(start, detail_of("1", "", "", "東京ビル～本館")).english,
               Contains("another order here, too"));
    CHECK_THAT(check.look(start, detail_of("1", "CAF*********0", "", "")).japanese, Contains("別のオーダにも"));
    CHECK_FALSE(check.look(cancel, detail_of("申込", "CAF1234567890", "", "東京ビル～本館")).none());
    cancel.taken_by_person = true;
    CHECK(check.look(cancel, detail_of("申込", "CAF1234567890", "", "")).none());
}

TEST_CASE("a detail that tells neither a type nor anything of the order leaves it open whose it is")
{
    code_check check;
    auto doubt = check.look(cancel_of("A00001"), detail_of("申込", "CAF1234567890", "", "東京ビル"));
    CHECK(doubt.only_doubt);
    CHECK_THAT(doubt.english, Contains("neither a known order type"));
    CHECK(check.look(start_of(), detail_of("", "", "", "", "A00001")).only_doubt);
    CHECK(check.look(start_of(), detail_of("申込", "CAF12345*****", "", "")).none());
    CHECK(check.look(start_of(), detail_of("申込", "", "", "東京ビル～本館")).none());
    CHECK(check.look(start_of(), detail_of("1", "", "", "")).none());
    CHECK(check.look(cancel_of("A00001"), detail_of("申込", "", "", "", "A00001")).none());
}

TEST_CASE("a line or key with a run of one character may be hidden, until the provider has told one plainly")
{
    code_check check;
    auto sent = start_of("CAF7000000101");
    CHECK(check.look(sent, detail_of("1", "CAF7999999991", "", "")).none());
    CHECK(check.look(sent, detail_of("1", "CAF7999999991", "zzzz0000", "")).none());
    CHECK(check.look(sent, detail_of("1", "CAF7000000101", "", "")).none()); // as it was sent
    CHECK_THAT(check.look(sent, detail_of("1", "CAF7999999991", "", "")).english, Contains("lineId"));
    CHECK(check.look(sent, detail_of("1", "CAF7********1", "", "")).none());
    CHECK(check.look(sent, detail_of("1", "caf-7000000101", "", "")).none());
    CHECK(check.look(sent, detail_of("1", "", "zzzz0000", "")).none());
    CHECK(check.look(sent, detail_of("1", "", "a1b2c3d4", "")).none());
    CHECK_THAT(check.look(sent, detail_of("1", "", "zzzz0000", "")).english, Contains("lineAccessKey"));
    CHECK(check.look(cancel_of("A00001"), detail_of("3", "", "", "", "A99999")).none());
    CHECK(check.look(cancel_of("A00002"), detail_of("3", "", "", "", "A00002")).none());
    CHECK_THAT(check.look(cancel_of("A00001"), detail_of("3", "", "", "", "A99999")).english, Contains("A99999"));
}

TEST_CASE("a start of which line, access key and name are told and none agrees is another's")
{
    code_check check;
    auto sent = start_of("CAF7000000101");
    CHECK_THAT(check.look(sent, detail_of("1", "CAF7999999991", "zzzz0000", "よそ")).english,
               Contains("neither lineId"));
    CHECK(check.look(sent, detail_of("1", "CAF7999999991", "zzzz0000", "東京ビル～本館")).none());
    CHECK(check.look(sent, detail_of("1", "CAF7999999991", "********", "よそ")).none());
}
