#include "orderd/core/text.hpp"
#include "unit/validation/rows.hpp"

#include <catch2/catch.hpp>

// The last good and the first bad value of every rule. Whoever moves a bound by one fails here
// (`scripts/prove mutations` moves each of them and looks).
using namespace orderd;
using namespace orderd::tests;
using c = column;

namespace {

const auto today = "20261124"; // a Tuesday

std::string times(std::size_t n, const std::string& piece)
{
    std::string out;
    for (std::size_t i = 0; i < n; ++i) out += piece;
    return out;
}

validation::context without_catalogue()
{
    auto w = today_is(today);
    w.products = nullptr;
    return w;
}

row_values changed(row_values r, c field, const std::string& value)
{
    r[field] = value;
    return r;
}

void good(const row_values& base, c field, const std::vector<std::string>& values,
          const validation::context& with = today_is(today))
{
    for (const auto& value : values) {
        INFO(info(field).name << " = " << value);
        CHECK(broken(changed(base, field, value), with) == std::set<std::string>{});
    }
}

order_request ordered(const row_values& row)
{
    auto verdict = validation::validate(row, today_is(today));
    REQUIRE(verdict.valid());
    return request_from(verdict.normal, "A10000105");
}

void bad(const row_values& base, c field, const std::string& rule, const std::vector<std::string>& values,
         const validation::context& with = today_is(today))
{
    for (const auto& value : values) {
        INFO(info(field).name << " = " << value);
        auto found = validation::validate(changed(base, field, value), with);
        CHECK(broken(changed(base, field, value), with) == std::set<std::string>{rule});
        // A message that shows the value shows this one.
        const auto* told = validation::find_rule(rule);
        auto shown = info(field).secret ? "********" : printable(found.normal[field], 240);
        for (const auto& f : found.found)
            if (f.rule == rule && told->english.find("{1}") != told->english.npos)
                CHECK(f.english.find('"' + shown) != f.english.npos);
    }
}

}

TEST_CASE("lengths are counted in characters, from the first to the last that is allowed")
{
    auto p = partner_start();
    good(p, c::line_id,
         {"ABCDEFGHIJK", "abcdefghijklmnop", "01234567890", "ＣＡＦ１２３４５６７８９", "CAF-1234-567890",
          "CAF 1234 567890", "ＣＡＦ－１２３４－５６７８９０", "A-B-C-D-E-F-G-H-I-J-K", "-abcdefghijklmnop"});
    bad(p, c::line_id, "line_id_format", {"A-B-C-D-E-F-G-H-I-J", "abcdefgh-ijklmnopq", "CAF_1234567890"});
    bad(p, c::line_id, "line_id_format",
        {"ABCDEFGHIJ", "abcdefghijklmnopq", "CAF12345678/", "CAF12345678:", "CAF12345678@", "CAF12345678[",
         "CAF12345678`", "CAF12345678{", "回線ＩＤ１２３４５６７"});
    // Only like letters and digits: a ligature, circled and raised digits, the sign of a unit, a Roman numeral.
    bad(p, c::line_id, "line_id_format",
        {"caﬀ7000000004", "CAF700000000④", "CAF700000000²", "\u212AAF7000000004", "CAF7000000ⅷ", "𝐂AF7000000004"});
    good(p, c::line_access_key, {"a1b2c3d4", "zZaA0099"});
    bad(p, c::line_access_key, "line_access_key_format", {"a1b2c3d", "a1b2c3d45", "a1b2c3-4"});
    good(p, c::customer_code, {"A", times(256, "9")});
    bad(p, c::customer_code, "customer_code_format", {times(257, "9"), "A_1"});
    good(p, c::request_key, {"k", times(256, "鍵")});
    bad(p, c::request_key, "request_key_length", {times(257, "鍵")});
    for (auto name : {c::customer_site_name, c::case_name}) {
        good(p, name, {"", times(64, "店"), times(64, "𠮷"), "=1+1", "ﾃｽﾄ"});
        bad(p, name, name == c::case_name ? "case_name_length" : "customer_site_name_length",
            {times(65, "店"), times(65, "a")});
    }
    for (auto text : {c::installation_address, c::installation_company_name, c::installation_department_name,
                      c::installation_client_name, c::terminal_address, c::terminal_company_name,
                      c::terminal_department_name, c::terminal_client_name}) {
        good(dedicated_start(), text, {times(256, "町")});
        bad(dedicated_start(), text, "place_text_length", {times(257, "町")});
    }
    for (const auto& base : {change(), cancel()}) {
        good(base, c::customer_site_code, {"!", "~", times(256, "i")});
        bad(base, c::customer_site_code, "customer_site_code_format", {times(257, "i"), "int 1", "拠点1"});
    }
}

TEST_CASE("a value holds no control character")
{
    auto p = partner_start();
    good(p, c::customer_site_name, {"a b", "a~b"});
    bad(p, c::customer_site_name, "control_character",
        {"a\nb",
         "a\x1F"
         "b",
         "a\x01"
         "b",
         "a\x7F"
         "b",
         "a\tb"});
}

TEST_CASE("the kind of order and the choices are understood as people write them")
{
    good(partner_start(), c::order_type, {"1", "１", "新規", "start", "Start", "START", " 1 "});
    good(change(), c::order_type, {"2", "変更", "change"});
    good(cancel(), c::order_type, {"3", "廃止", "解約", "cancel"});
    bad(partner_start(), c::order_type, "order_type_unknown", {"0", "4", "12", "add", "新設"});
    bad(partner_start(), c::order_type, "order_type_required", {"", "　"});
    good(dedicated_start(), c::dhcp_how_to_use, {"1", "server", "Server", "あり"});
    good(partner_start(), c::dhcp_how_to_use, {"", "0", "なし"});
    bad(partner_start(), c::dhcp_how_to_use, "dhcp_how_to_use_format", {"2", "-1", "01", "yes"});
    good(cancel(), c::overwrite_check_flag, {"", "0", "1", "なし", "あり"});
    bad(cancel(), c::overwrite_check_flag, "overwrite_check_flag_format", {"2", "00", "yes"});
}

TEST_CASE("postal codes, telephone numbers and prefectures")
{
    auto d = dedicated_start();
    for (auto zip : {c::installation_zip_code, c::terminal_zip_code}) {
        good(d, zip,
             {"1050003", "105-0003", "〒105-0003", "〒 105-0003", "-〒1050003", "１０５－０００３", "105ー0003"});
        bad(d, zip, "zip_code_format", {"1050", "10500031", "10500a", "105000a", "105.0003"});
        bad(d, zip, "excel_lost_leading_zero", {"60000", "600001"});
    }
    for (auto tel : {c::installation_tel, c::terminal_tel}) {
        good(
            d, tel,
            {"0312345678", "05033881648", "050-3388-1648", "(03)1234-5678", "０３ー１２３４ー５６７８", "81312345678"});
        bad(d, tel, "tel_format", {"012345678", "050338816480", "31234567", "0312345a78", "+81312345678"});
        bad(d, tel, "excel_lost_leading_zero", {"312345678", "5033881648"});
        bad(d, tel, "excel_scientific", {"5.033881648E9", "5.03E+09", "5E+9", "5.0e12"});
    }
    for (auto where : {c::installation_prefectures, c::terminal_prefectures}) {
        good(
            d, where,
            {"北海道", "東京都", "大阪府", "京都府", "沖縄県", "神奈川県", "　東京都", "北海", "東京", "京都", "沖縄"});
        bad(d, where, "prefectures_unknown", {"東", "京", "関東", "大阪市", "Tokyo"});
    }
    int known = 0;
    for (auto name :
         {"北海道", "青森県", "岩手県", "宮城県",   "秋田県", "山形県",   "福島県", "茨城県", "栃木県", "群馬県",
          "埼玉県", "千葉県", "東京都", "神奈川県", "新潟県", "富山県",   "石川県", "福井県", "山梨県", "長野県",
          "岐阜県", "静岡県", "愛知県", "三重県",   "滋賀県", "京都府",   "大阪府", "兵庫県", "奈良県", "和歌山県",
          "鳥取県", "島根県", "岡山県", "広島県",   "山口県", "徳島県",   "香川県", "愛媛県", "高知県", "福岡県",
          "佐賀県", "長崎県", "熊本県", "大分県",   "宮崎県", "鹿児島県", "沖縄県"})
        known += broken(changed(d, c::installation_prefectures, name)).empty();
    CHECK(known == 47);
}

TEST_CASE("with the rule about Excel switched off, its damage breaks the rule of the column")
{
    auto w = today_is(today);
    w.changed["excel_lost_leading_zero"] = severity::off;
    bad(dedicated_start(), c::installation_zip_code, "zip_code_format", {"600001", "60001"}, w);
    bad(dedicated_start(), c::installation_tel, "tel_format", {"312345678"}, w);
    CHECK(broken(changed(cancel(), c::customer_site_code, "a\x7F")) ==
          std::set<std::string>{"control_character", "customer_site_code_format"});
}

TEST_CASE("every form of a date, and the first and last day that is allowed")
{
    auto p = partner_start();
    good(p, c::hope_to_open_at,
         {"20270301", "2027/3/1", "2027/03/01", "2027-03-01", "2027.3.1", "2027年3月1日", "２０２７／３／１",
          "20280229", "2027/12/31", "20261124", "99991231"});
    // As spreadsheets and forms write them.
    for (auto text : {"令和9年3月1日",      "令和 9年 3月 1日",   "R9.3.1",
                      "r9/03/01",           "R09-03-01",          "令和９年３月１日",
                      "2027/ 3/ 1",         "2027/3/1 0:00",      "2027/03/01 00:00:00",
                      "2027-03-01T00:00",   "2027/3/1 00:00",     "2027-03-01 0:00:00",
                      "2027/3/1(月)",       "2027年3月1日（月）", "2027年3月1日(月曜日)",
                      "2027年3月1日月曜日", "2027/3/1 月曜",      "2027/3/1 (月・祝)",
                      "2027/3/1㈪",         "2027/3/1(月祝)",     "2027/3/1(月) 0:00",
                      "20270301(月)",       "20270301 0:00",      "令和9年3月1日(月)"}) {
        INFO(text);
        auto verdict = validation::validate(changed(p, c::hope_to_open_at, text), today_is(today));
        CHECK(verdict.found.empty());
        CHECK(verdict.normal[c::hope_to_open_at] == "20270301");
    }
    good(p, c::hope_to_open_at, {"令和81年12月31日", "R99.1.1"});
    bad(p, c::hope_to_open_at, "date_past", {"令和元年5月1日", "R1.12.31", "R8.11.23"});
    bad(p, c::hope_to_open_at, "date_format",
        {"令和0年1月1日", "R100.1.1",           "平成39年3月1日", "R9",         "R9.3",       "令和",
         "令和元年",      "2027/3/1 9:00",      "2027/3/1 0:01",  "2027/3/1 0", "2027/3/1 9", "2027/3/1(明)",
         "2027/3/1(月",   "2027/3/1月)",        "2027/3/1()",     "(月)",       "月曜日",     "曜",
         "2027 03 01",    "2027/3/1(月曜祝日)", "20270230(月)"});
    // The first of March 2027 is a Monday.
    for (auto text : {"2027/3/1(日)", "2027/3/1(火)", "2027年3月1日土曜日", "20270301(水)", "R9.3.1(日) 0:00"}) {
        INFO(text);
        auto verdict = validation::validate(changed(p, c::hope_to_open_at, text), today_is(today));
        REQUIRE(verdict.found.size() == 1);
        CHECK(verdict.found[0].rule == "date_weekday");
        CHECK(verdict.found[0].japanese.find("この日は月曜日です") != std::string::npos);
        CHECK(verdict.found[0].japanese.find(text) != std::string::npos);
    }
    for (auto day : {"20270228(日)", "20270302(火)", "20270303(水)", "20270304(木)", "20270305(金)", "20270306(土)"})
        good(p, c::hope_to_open_at, {day});
    for (auto [number, day] : {std::pair{"36526", "2000-01-01"}, {"73050", "2099-12-31"}, {"46447", "2027-03-01"}}) {
        INFO(number);
        for (auto field : {c::hope_to_open_at, c::submit_after}) {
            auto verdict = validation::validate(changed(p, field, number), today_is(today));
            REQUIRE(verdict.found.size() == 1);
            CHECK(verdict.found[0].rule == "excel_date_number");
            CHECK(verdict.found[0].english.find(day) != std::string::npos);
        }
    }
    bad(cancel(), c::hope_to_end_at, "excel_date_number", {"46447", "46447.375", "４６４４７", "46447."});
    bad(p, c::submit_after, "excel_date_number", {"46447.375"});
    bad(p, c::hope_to_open_at, "date_format",
        {"36525", "73051", "4644", "464470", "46447.3.1", "46447.x5", "46447,5", "4644a"});
    bad(p, c::hope_to_open_at, "date_format",
        {"20270230", "2027/2/29", "20270229", "21000229", "2027/13/1", "2027/0/1",    "2027/1/0", "2027/4/31",
         "27/3/1",   "999/3/1",   "2027/3",   "202703",   "3月1日",    "202703011",   "3/1",      "2027/3/1/1",
         "20270a01", "2027/3/1a", "2027//1",  "明日",     "12027/3/1", "2027/00003/1"});
    bad(p, c::hope_to_open_at, "date_past", {"20261123", "2000/1/1", "1000/1/1"});
    auto d = dedicated_start();
    good(d, c::terminal_hope_to_at, {"20261124", "2027/3/1"});
    bad(d, c::terminal_hope_to_at, "terminal_after_opening", {"2027/3/2"});
    bad(d, c::terminal_hope_to_at, "date_past", {"20261123"});
    bad(d, c::terminal_hope_to_at, "date_format", {"20270228a"});
}

TEST_CASE("the month or day of a cancellation")
{
    good(cancel(), c::hope_to_end_at,
         {"202712", "2027/12", "2027-12", "2027年12月", "202611", "20271231", "2027/12/31", "20261124",
          "２０２７年１２月", "令和9年12月", "R9.12", "2027/12/31(金)", "2027年12月31日 0:00"});
    bad(cancel(), c::hope_to_end_at, "hope_to_end_at_format",
        {"2027/12(金)", "202700", "202713", "20271131", "2027", "20271", "2027123", "12/2027", "999/12"});
    bad(cancel(), c::hope_to_end_at, "date_past", {"202610", "20261123", "1000/1"});
    bad(cancel(), c::hope_to_end_at, "hope_to_end_at_required", {"", " "});
    // The last day of its month is still to come on that day.
    auto on = [](const char* day) { return today_is(day); };
    good(cancel(), c::hope_to_end_at, {"202611"}, on("20261130"));
    bad(cancel(), c::hope_to_end_at, "date_past", {"202611"}, on("20261201"));
}

TEST_CASE("when to send may be a day or a moment")
{
    auto p = partner_start();
    good(p, c::submit_after,
         {"2027/3/1", "2027-03-01", "20270301", "2027/3/1 9:00", "2027/3/1 09:00:30", "2027-03-01T09:00",
          "2027年3月1日 9:00", "2027/3/1 23:59:59", "2027/3/1 0:00:00", "令和9年3月1日 9:00", "令和9年 3月 1日 9:00",
          "令和9年 3月 1日", "2027/3/1(月) 9:00", "2027/3/1 (月)", "2027/3/1 (月) 9:00"});
    bad(p, c::submit_after, "submit_after_format",
        {"2027/2/30", "2027/3/1 24:00", "2027/3/1 9:60", "2027/3/1 9:00:60", "2027/3/1 9:00x",
         "2027/3/1 9:", "2027/3/1 9", "9:00", "2027/3/1 -1:00", "2027/3/1 9:-1", "2027/3/1 9:00:-1", "2027/3"});
    auto at = [](const char* text) {
        return validation::validate(changed(partner_start(), c::submit_after, text), today_is(today)).submit_after;
    };
    CHECK(to_iso_tokyo(*at("2027/3/1 9:05:07")) == "2027-03-01T09:05:07+09:00");
    CHECK(to_iso_tokyo(*at("2027/3/1")) == "2027-03-01T00:00:00+09:00");
}

TEST_CASE("dedicated CPE needs eight days and five business days")
{
    auto opening = [](const char* now, const char* day, validation::context with = {}) {
        auto w = today_is(now);
        w.calendar = with.calendar;
        auto row = changed(changed(dedicated_start(), c::hope_to_open_at, day), c::terminal_hope_to_at, now);
        return broken(row, w);
    };
    const std::set<std::string> soon{"opening_lead_time"}, fine;
    CHECK(opening("20261124", "20261201") == soon); // 7 days
    CHECK(opening("20261124", "20261202") == fine); // 8 days
    CHECK(opening("20261124", "20261124") == soon);
    validation::context closed; // between the years
    for (auto day : {"2026-12-28", "2026-12-29", "2026-12-30", "2026-12-31"}) REQUIRE(closed.calendar.close(day));
    CHECK(opening("20261225", "20270107", closed) == soon); // 13 days, 4 business days
    CHECK(opening("20261225", "20270108", closed) == fine); // 5 business days
    // Partner CPE may open at once.
    CHECK(broken(changed(partner_start(), c::hope_to_open_at, today), today_is(today)) == fine);
}

TEST_CASE("what a start order needs, by the CPE and the kind of addresses of its product")
{
    catalogue all;
    for (auto cpe : {"1", "2", "3", ""})
        for (auto ip : {"1", "2"}) {
            product p;
            p.code = std::string("cpe") + cpe + "-ip" + ip;
            p.type = 1;
            p.cpe = cpe;
            p.ipaddress = ip;
            all.add(std::move(p));
        }
    auto w = today_is(today);
    w.products = &all;
    const std::pair<c, const char*> needed[] = {{c::hope_to_open_at, "hope_to_open_at_required"},
                                                {c::installation_zip_code, "installation_location_required"},
                                                {c::installation_prefectures, "installation_location_required"},
                                                {c::installation_address, "installation_location_required"},
                                                {c::installation_company_name, "installation_location_required"},
                                                {c::installation_department_name, "installation_location_required"},
                                                {c::installation_client_name, "installation_location_required"},
                                                {c::installation_tel, "installation_location_required"},
                                                {c::terminal_zip_code, "terminal_destination_required"},
                                                {c::terminal_prefectures, "terminal_destination_required"},
                                                {c::terminal_address, "terminal_destination_required"},
                                                {c::terminal_company_name, "terminal_destination_required"},
                                                {c::terminal_department_name, "terminal_destination_required"},
                                                {c::terminal_client_name, "terminal_destination_required"},
                                                {c::terminal_tel, "terminal_destination_required"},
                                                {c::terminal_hope_to_at, "terminal_destination_required"},
                                                {c::dhcp_how_to_use, "dhcp_required"}};
    for (std::string cpe : {"1", "2", "3", ""})
        for (std::string ip : {"1", "2"}) {
            auto whole = changed(dedicated_start(), c::product_codes, "cpe" + cpe + "-ip" + ip);
            INFO(whole[c::product_codes]);
            CHECK(broken(whole, w).empty());
            for (auto [field, rule] : needed) {
                INFO(info(field).name);
                std::set<std::string> expected;
                if (cpe == "1") expected.insert(rule);
                CHECK(broken(changed(whole, field, ""), w) == expected);
            }
            auto no_lan = changed(changed(whole, c::lan_network_address, ""), c::lan_interface_address, "");
            CHECK(broken(no_lan, w) ==
                  (cpe == "1" && ip == "1" ? std::set<std::string>{"lan_address_required"} : std::set<std::string>{}));
            auto bare = changed(partner_start(), c::product_codes, "cpe" + cpe + "-ip" + ip);
            CHECK(broken(bare, w).empty() == (cpe != "1"));
        }
}

TEST_CASE("the products of a start order")
{
    auto p = partner_start();
    good(p, c::product_codes, {"partner", " partner ", "partner|", "|partner"});
    bad(p, c::product_codes, "product_codes_required", {"", "|", " | "});
    bad(p, c::product_codes, "product_main_count", {"partner|dedicated-ip4"});
    bad(p, c::product_codes, "product_duplicate", {"partner|partner"});
    bad(p, c::product_codes, "product_dependency", {"partner|option"});
    good(dedicated_start(), c::product_codes,
         {"dedicated|option", "option|dedicated", "dedicated-ip4 | option", "dedicated\noption", "dedicated\r\noption",
          "dedicated、option", "dedicated､ option、", "dedicated｜option"});
    CHECK(broken(changed(p, c::product_codes, "a\tb"), without_catalogue()) ==
          std::set<std::string>{"control_character", "product_code_format"});
    CHECK(broken(changed(dedicated_start(), c::product_codes, "option")) ==
          std::set<std::string>{"product_dependency", "product_main_count"});
    bad(p, c::product_codes, "product_unknown", {"partner2", "partner|9", "Partner"});
    // Without a catalogue only the form is looked at.
    good(p, c::product_codes, {"!", "~", times(256, "9"), "a|b"}, without_catalogue());
    bad(p, c::product_codes, "product_code_format", {times(257, "9"), "a b", "a|b c", "商品"}, without_catalogue());
    bad(p, c::product_codes, "excel_date",
        {"1月1日", "12月31日", "2001年1月", "2001年1月1日", "2001/1/1", "2001/12/31", "1-Jan", "31-Dec", "Jan-1",
         "Feb-03", "Mar-1", "Apr-1", "May-1", "Jun-1", "Jul-1", "Aug-1", "Sep-1", "Oct-1", "Nov-01"},
        without_catalogue());
    good(p, c::product_codes,
         {"1-1-1-1-1", "1-1", "1-Jan-1", "Jan-", "1/1", "2001/1/1/1", "201/1/1", "2001/111/1", "111-Jan", "Jan-111",
          "Jany-1", "1E5", "12.5E+1", "1.5E", "1.E+5", "1.5E+123", "A1.5E+12"},
         without_catalogue());
    // In another column: what is a date to Excel, and what only looks like one.
    bad(p, c::line_id, "excel_date",
        {"1月1日", "12月31日", "2001年1月", "2001年12月", "2001年1月1日", "2001年12月31日", "2001/1/1", "2001/12/31",
         "1-Jan", "31-Dec", "Jan-1", "Dec-31"});
    bad(p, c::line_id, "line_id_format",
        {"月1日",
         "1月日",
         "111月1日",
         "1月111日",
         "x1月1日",
         "201年1月",
         "20011年1月",
         "2001年月",
         "2001年111月",
         "201年1月1日",
         "20011年1月1日",
         "2001年月1日",
         "2001年111月1日",
         "2001年1月日",
         "2001年1月111日",
         "20011/1/1",
         "201/1/1",
         "2001//1",
         "2001/1/",
         "2001/111/1",
         "2001/1/111",
         "-Jan",
         "111-Jan",
         "Jan-",
         "Jan-111",
         "E5",
         "E+5",
         "x.5E+5"});
    bad(p, c::product_codes, "excel_scientific", {"1.5E+12", "1.5E5", "1E+5", "9.25e+05"}, without_catalogue());
}

TEST_CASE("the products of a change order")
{
    auto o = change();
    good(o, c::change_products,
         {"1:option", "3:option", "1: option", "1:option|3:partner", "1:option\n3:partner", "1:option、3:partner",
          "3:gone", "3:g", "１：option"});
    bad(o, c::change_products, "change_products_required", {"", "|"});
    bad(o, c::change_products, "change_products_format",
        {"2:option", "0:option", "4:option", "option", "1:", "1", ":option", "1-option", "1: "});
    bad(o, c::change_products, "product_unknown", {"1:gone"});
    bad(o, c::change_products, "product_duplicate", {"1:option|3:option", "3:gone|3:gone"});
    good(o, c::change_products, {"1:" + times(256, "9")}, without_catalogue());
    bad(o, c::change_products, "product_code_format", {"1:" + times(257, "9"), "3:a b"}, without_catalogue());
    bad(o, c::customer_site_code, "customer_site_code_required", {""});
    bad(cancel(), c::customer_site_code, "customer_site_code_required", {""});
}

TEST_CASE("networks and addresses")
{
    auto p = partner_start(); // nothing is required of it, but what is given is checked
    auto lan = [&](const char* network, const char* interface) {
        return with(p, {{c::lan_network_address, network}, {c::lan_interface_address, interface}});
    };
    good(lan("", "1.0.0.1"), c::lan_network_address,
         {"1.0.0.0/8", "0.0.0.0/0", "1.0.0.0/24", "1.0.0.0/31", "1.0.0.1/32"});
    good(lan("", "123.123.123.123"), c::lan_network_address, {"123.123.123.123/32", "123.123.123.0/24"});
    bad(lan("", "1.0.0.1"), c::lan_network_address, "lan_network_address_format",
        {"1.0.0.0/33", "1.0.0.1/24", "1.0.0.0/", "1.0.0.0", "1.0.0.0/024", "256.0.0.0/8", "1.0.0/24", "1.0.0.0.0/8",
         "/24", "1.0.0.0/a", "1.0.0.0/-1", "1.0..0/24", "1.0.0.128/24", "1.0.0.1/31", "0.0.0.0/33"});
    auto in_whole_world = lan("0.0.0.0/0", "");
    good(in_whole_world, c::lan_interface_address,
         {"1.1.1.1", "255.255.255.255", "0.0.0.0", "192.168.100.100", "１.1.1.1"});
    bad(in_whole_world, c::lan_interface_address, "ipv4_address_format",
        {"256.1.1.1", "1.256.1.1", "1.1.1.256", "1.1.1", "1.1.1.1.1", "1.1.1.", ".1.1.1", "1..1.1", "1.1.1.a",
         "1.1.1.1234", "1.1.1.0001", "a.b.c.d.", "1.1.1.1/32"});
    good(lan("192.168.1.0/25", ""), c::lan_interface_address, {"192.168.1.0", "192.168.1.127"});
    bad(lan("192.168.1.0/25", ""), c::lan_interface_address, "address_outside_network",
        {"192.168.1.128", "192.168.0.255"});
    bad(lan("128.0.0.0/1", ""), c::lan_interface_address, "address_outside_network", {"1.1.1.1", "127.255.255.255"});
    bad(lan("", "192.168.1.1"), c::lan_network_address, "lan_address_incomplete", {""});
    bad(lan("192.168.1.0/24", ""), c::lan_interface_address, "lan_address_incomplete", {""});

    auto dhcp = with(
        lan("192.168.1.0/24", "192.168.1.1"),
        {{c::dhcp_how_to_use, "1"}, {c::dhcp_start_address, "192.168.1.10"}, {c::dhcp_end_address, "192.168.1.20"}});
    good(dhcp, c::dhcp_start_address, {"192.168.1.0", "192.168.1.20"});
    bad(dhcp, c::dhcp_start_address, "dhcp_range_reversed", {"192.168.1.21"});
    bad(dhcp, c::dhcp_start_address, "address_outside_network", {"192.168.0.255"});
    good(dhcp, c::dhcp_end_address, {"192.168.1.10", "192.168.1.255"});
    bad(dhcp, c::dhcp_end_address, "dhcp_range_reversed", {"192.168.1.9"});
    bad(dhcp, c::dhcp_end_address, "address_outside_network", {"192.168.2.0"});
    for (auto field : {c::dhcp_start_address, c::dhcp_end_address}) {
        bad(dhcp, field, "dhcp_address_required", {""});
        bad(dhcp, field, "ipv4_address_format", {"192.168.1"});
    }
    for (auto dns : {c::dhcp_dns1, c::dhcp_dns2}) {
        good(dhcp, dns, {"", "8.8.8.8"}); // outside the network, as usual
        bad(dhcp, dns, "ipv4_address_format", {"8.8.8", "dns.example"});
    }
    // Without DHCP its addresses are left out.
    auto none = changed(dhcp, c::dhcp_how_to_use, "0");
    CHECK(broken(none).empty());
    auto order = std::get<start_order>(ordered(none));
    CHECK(order.dhcp == dhcp_server_function{});
    CHECK(broken(changed(none, c::dhcp_start_address, "nonsense")).empty());
}

TEST_CASE("a column that the kind of order does not use is remarked")
{
    // The columns that each kind of order uses, beside those that every kind does.
    const std::set<c> every{c::request_key, c::order_type, c::customer_code, c::customer_site_name,
                            c::case_name,   c::line_id,    c::submit_after};
    const std::set<c> of_change{c::customer_site_code, c::change_products};
    const std::set<c> of_cancel{c::customer_site_code, c::hope_to_end_at, c::overwrite_check_flag};
    const std::set<c> not_of_start{c::customer_site_code, c::change_products, c::hope_to_end_at,
                                   c::overwrite_check_flag};
    for (const auto& column : columns()) {
        INFO(column.name);
        auto remarked = [&](const row_values& base) {
            auto r = base;
            if (!r.has(column.id)) r[column.id] = "1";
            for (const auto& f : validation::validate(r, today_is(today)).found)
                if (f.rule == "column_not_used") return f.field == column.name;
            return false;
        };
        CHECK(remarked(change()) == (!every.contains(column.id) && !of_change.contains(column.id)));
        CHECK(remarked(cancel()) == (!every.contains(column.id) && !of_cancel.contains(column.id)));
        CHECK(remarked(partner_start()) == not_of_start.contains(column.id));
    }
}

TEST_CASE("what the checks let through is what the order holds")
{
    auto d = std::get<start_order>(ordered(dedicated_start()));
    CHECK(d.customer_code == "A10000105");
    CHECK(d.line_id == "CAF1234567890");
    CHECK(d.product_codes == std::vector<std::string>{"dedicated"});
    CHECK(d.installation_location == place{"1050003", "東京都", "港区", "会社", "部", "山田", "05033881648"});
    REQUIRE(d.terminal);
    CHECK(d.terminal->hope_to_at == "20270226");
    CHECK(d.lan == lan_address{"192.168.1.0/24", "192.168.1.1"});
    CHECK(d.dhcp == dhcp_server_function{true, "192.168.1.10", "192.168.1.99", "", ""});
    auto p = std::get<start_order>(ordered(partner_start()));
    auto sent = with(partner_start(), {{c::terminal_zip_code, "1050003"}});
    CHECK(std::get<start_order>(ordered(sent)).terminal->zip_code == "1050003");
    CHECK_FALSE(p.installation_location);
    CHECK_FALSE(p.terminal);
    CHECK_FALSE(p.lan);
    CHECK_FALSE(p.dhcp);
    auto own = changed(changed(change(), c::customer_code, "B2"), c::change_products, "1:option|3:partner");
    auto ch = std::get<change_order>(ordered(own));
    CHECK(ch.customer_code == "B2");
    CHECK(ch.products == std::vector<product_change>{{1, "option"}, {3, "partner"}});
    auto ca = std::get<cancel_order>(ordered(changed(cancel(), c::overwrite_check_flag, "1")));
    CHECK(ca.overwrite);
    CHECK(ca.hope_to_end_at == "202712");
    CHECK(ca.customer_code == "A10000105");
}
