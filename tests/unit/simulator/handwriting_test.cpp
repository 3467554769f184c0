#include "orderd/simulator/handwriting.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace orderd::simulator;

namespace {

handwriting hand(std::string handwriting::*member, std::string_view form)
{
    handwriting h;
    h.*member = form;
    return h;
}

struct written {
    std::string_view form, plain, expected; // `expected` as JSON text
};

/// `write` puts `plain` into JSON in the hand whose `member` is `form`.
template <class Write>
void check(std::string handwriting::*member, std::initializer_list<written> cases, Write write)
{
    for (const auto& c : cases) {
        INFO(c.form << " of \"" << c.plain << "\"");
        auto h = hand(member, c.form);
        CHECK(written_text(write(c.plain, h), h) == c.expected);
    }
}

bool covers(std::initializer_list<written> cases, const std::initializer_list<std::string_view>& forms)
{
    return std::all_of(forms.begin(), forms.end(), [&](auto form) {
        return std::any_of(cases.begin(), cases.end(), [&](const auto& c) { return c.form == form; });
    });
}

}

TEST_CASE("a Japanese day is written in every form that providers use")
{
    const std::initializer_list<written> days{
        {"compact", "20261126", R"("20261126")"},
        {"dashes", "20261126", R"("2026-11-26")"},
        {"slashes", "20261126", R"("2026/11/26")"},
        {"unpadded", "20260105", R"("2026/1/5")"},
        {"unpadded", "20261126", R"("2026/11/26")"},
        {"unpadded", "20261010", R"("2026/10/10")"},
        {"japanese", "20261126", R"("2026年11月26日")"},
        {"japanese", "20260105", R"("2026年01月05日")"},
        {"with_time", "20261126", R"("2026-11-26T00:00:00+09:00")"},
        {"utc", "20261126", R"("2026-11-25T15:00:00Z")"},
        {"utc", "20260101", R"("2025-12-31T15:00:00Z")"},
        {"day_early", "20261126", R"("20261125")"},
        {"day_early", "20240301", R"("20240229")"},
        {"day_early", "20260101", R"("20251231")"},
        {"number", "20261126", "20261126"},
        {"decimal", "20261126", "20261126.0"},
        {"unix", "20261126", "1795618800"},
        {"unix_ms", "20261126", "1795618800000"},
        {"unix", "19700101", "-32400"},
        {"absent", "20261126", "null"},
        {"words", "20261126", R"("申込済")"},
    };
    check(&handwriting::days, days, written_day);
    CHECK(covers(days, day_forms()));
}

TEST_CASE("a month alone, as an end may be given, is written as a month, or as its last day where a day is needed")
{
    check(&handwriting::days,
          {
              {"compact", "201912", R"("201912")"},
              {"dashes", "201912", R"("2019-12")"},
              {"slashes", "201912", R"("2019/12")"},
              {"unpadded", "202002", R"("2020/2")"},
              {"japanese", "201912", R"("2019年12月")"},
              {"with_time", "202002", R"("2020-02-29T00:00:00+09:00")"},
              {"utc", "202002", R"("2020-02-28T15:00:00Z")"},
              {"day_early", "202002", R"("20200228")"},
              {"number", "201912", "201912"},
              {"decimal", "201912", "201912.0"},
          },
          written_day);
}

TEST_CASE("no day is null in every form, and a text that names none is left as it came")
{
    for (auto form : day_forms()) {
        INFO(form);
        CHECK(written_day("", hand(&handwriting::days, form)).is_null());
        if (form == "absent" || form == "words") continue;
        CHECK(written_day("20261399", hand(&handwriting::days, form)) == "20261399");
        CHECK(written_day("soon", hand(&handwriting::days, form)) == "soon");
    }
}

TEST_CASE("a name is written in every form that providers use")
{
    const std::initializer_list<written> names{
        {"as_sent", "㈱ガ～ア 1号", R"("㈱ガ～ア 1号")"},
        {"half_width", "ガパヴーン・「サーバ」", R"("ｶﾞﾊﾟｳﾞｰﾝ･｢ｻｰﾊﾞ｣")"},
        {"half_width", "㈱ＡＢＣ　東京（１）", "\"㈱ABC 東京(1)\""},
        {"full_width", "ABC 1-2 ｶﾞﾊﾟｱ", R"("ＡＢＣ　１－２　ガパア")"},
        {"nfkc", "㈱Ａ①ｶﾞ　髙", R"("(株)A1ガ 髙")"},
        {"wave_dash", "1〜2−3", R"("1～2－3")"},
        {"wave_dash", "1～2－3ー", R"("1〜2−3ー")"},
        {"html", R"(A&B <'1'>)", R"("A&amp;B &lt;&#39;1&#39;&gt;")"},
        {"html", R"(")", R"("&quot;")"},
        {"cut", "一二三四五六七八九十東", R"("一二三四五六七八九十")"},
        {"cut", "一二三四五六七八九十", R"("一二三四五六七八九十")"},
        {"cut", "𠮷2345678900", R"("𠮷234567890")"},
        {"question_marks", "東京髙é𠮷店", R"("?京髙??店")"},
        {"question_marks", "Tokyo 1", R"("Tokyo 1")"},
        {"question_marks", "東1〜2", R"("?1?2")"},
        {"replacement", "A東京é", "\"A\xEF\xBF\xBD京\xEF\xBF\xBD\""},
        {"padded", "東京 支店", R"(" 東京  支店 ")"},
        {"padded", "東京　支店", R"(" 東京　 支店 ")"},
        {"padded", "東京", R"(" 東京 ")"},
        {"absent", "東京", "null"},
        {"other", "東京", R"("別の拠点")"},
        {"other", "別の拠点", R"("もう一つの拠点")"},
        {"other", "", R"("別の拠点")"},
        {"half_width", "", "null"},
        {"padded", "", "null"},
    };
    check(&handwriting::names, names, written_name);
    CHECK(covers(names, name_forms()));
}

TEST_CASE("a status or type is written in every form that providers use")
{
    const std::initializer_list<written> numbers{
        {"strings", "1", R"("1")"},
        {"integers", "1", "1"},
        {"decimals", "1", "1.0"},
        {"decimal_strings", "1", R"("1.0")"},
        {"zero_padded", "1", R"("01")"},
        {"spaced", "1", R"(" 1 ")"},
        {"exponent", "1", "1e0"},
        {"full_width", "1", R"("１")"},
        {"full_width", "50", R"("５０")"},
        {"words", "1", R"("受付中")"},
        {"integers", "完了", R"("完了")"},
        {"decimals", "9999999999999999999", R"("9999999999999999999")"},
        {"sample", "1", "1"},
        {"exponent", "", "null"},
    };
    check(&handwriting::numbers, numbers,
          [](std::string_view digits, const handwriting& h) { return written_number(digits, true, h); });
    CHECK(covers(numbers, number_forms()));
    CHECK(written_number("1", false, handwriting{}) == "1");
}

TEST_CASE("a list of orders is wrapped, or says nothing, as the envelope asks")
{
    const std::initializer_list<written> envelopes{
        {"array", "", R"([{"orderCode":"A1"}])"},
        {"orders", "", R"({"orders":[{"orderCode":"A1"}]})"},
        {"order", "", R"({"order":[{"orderCode":"A1"}]})"},
        {"result", "", R"({"result":[{"orderCode":"A1"}]})"},
        {"data", "", R"({"data":[{"orderCode":"A1"}]})"},
        {"items", "", R"({"items":[{"orderCode":"A1"}]})"},
        {"with_total", "", R"({"total":1,"orders":[{"orderCode":"A1"}]})"},
        {"empty_object", "", "{}"},
        {"null", "", "null"},
        {"null_member", "", R"({"orders":null})"},
        {"empty_body", "", ""},
        {"message", "", R"({"message":"ただいまご利用いただけません。"})"},
    };
    auto wrapped = [](std::string_view, const handwriting& h) {
        return written_list({json::object{{"orderCode", "A1"}}}, h);
    };
    check(&handwriting::list_envelope, envelopes, wrapped);
    auto errors = written_list({}, hand(&handwriting::list_envelope, "errors"));
    CHECK(errors.at("errors").at(0).as_object().contains("errorCode"));
    for (auto form : envelope_forms()) CHECK((form == "errors" || covers(envelopes, {form})));
}

TEST_CASE("a form that says nothing never contains an element")
{
    for (auto form : unusable_forms()) {
        auto h = hand(&handwriting::list_envelope, form);
        auto text = written_text(written_list({json::object{{"orderCode", "A1"}}}, h), h);
        INFO(form << ": " << text);
        CHECK(text.find("A1") == text.npos);
        CHECK(std::find(envelope_forms().begin(), envelope_forms().end(), form) != envelope_forms().end());
    }
    CHECK(json::serialize(unusable_list("null_member", "customerSite")) == R"({"customerSite":null})");
}

TEST_CASE("an answer with decimals is the same JSON otherwise")
{
    json::value answer{{"a", {1, -2.5, true, nullptr}}, {"東\"京", json::object{}}, {"b", json::array{}}, {"c", 3.0}};
    handwriting h;
    h.numbers = "decimals";
    auto text = written_text(answer, h);
    CHECK(json::parse(text) == answer);
    CHECK(text.find(R"("c":3.0)") != text.npos);
    h.days = "decimal";
    h.numbers = "exponent";
    CHECK(written_text(json::array{written_number("2", true, h), written_day("20261126", h)}, h) == "[2e0,20261126.0]");
}
