#include "orderd/core/order_request.hpp"
#include "orderd/core/text.hpp"
#include "unit/files.hpp"
#include "unit/validation/rows.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

using namespace orderd;
using validation::validate;

using namespace orderd::tests;
using c = column;

TEST_CASE("a good row of each kind has no finding")
{
    for (const auto& r : {partner_start(), dedicated_start(), change(), cancel()}) {
        auto verdict = validate(r, today_is("20261123"));
        CHECK(verdict.found.empty());
        CHECK(verdict.valid());
    }
}

TEST_CASE("every rule about a single row is broken by its own row")
{
    const std::string long_name(3 * 65, 'a'), long_text(257, 'a'), too_long(2'049, 'a');
    struct {
        const char* rule;
        row_values row;
    } cases[] = {
        {"order_type_required", with(partner_start(), {{c::order_type, ""}})},
        {"order_type_unknown", with(partner_start(), {{c::order_type, "4"}})},
        {"request_key_length", with(partner_start(), {{c::request_key, long_text.c_str()}})},
        {"customer_code_format", with(partner_start(), {{c::customer_code, "A-1"}})},
        {"value_too_long", with(partner_start(), {{c::customer_site_code, too_long.c_str()}})},
        {"control_character", with(partner_start(), {{c::customer_site_name, "a\nb"}})},
        {"column_not_used", with(cancel(), {{c::line_access_key, "a1b2c3d4"}})},
        {"submit_after_format", with(partner_start(), {{c::submit_after, "2027/13/1"}})},
        {"submit_after_format", with(partner_start(), {{c::submit_after, "2027/3/1 25:00"}})},
        {"excel_scientific", with(dedicated_start(), {{c::installation_tel, "5.033881648E9"}})},
        {"excel_scientific", with(partner_start(), {{c::line_id, "1.23E+12"}})},
        {"excel_lost_leading_zero", with(dedicated_start(), {{c::installation_tel, "5033881648"}})},
        {"excel_lost_leading_zero", with(dedicated_start(), {{c::terminal_zip_code, "600001"}})},
        {"excel_date", with(partner_start(), {{c::product_codes, "1月1日"}})},
        {"excel_date_number", with(partner_start(), {{c::submit_after, "46447"}})},
        {"date_weekday", with(partner_start(), {{c::hope_to_open_at, "2027/3/1(火)"}})},
        {"line_id_required", with(partner_start(), {{c::line_id, ""}})},
        {"line_id_format", with(partner_start(), {{c::line_id, "CAF12"}})},
        {"line_access_key_required", with(partner_start(), {{c::line_access_key, ""}})},
        {"line_access_key_format", with(partner_start(), {{c::line_access_key, "a1b2c3d"}})},
        {"customer_site_name_length", with(partner_start(), {{c::customer_site_name, long_name.c_str()}})},
        {"case_name_length", with(partner_start(), {{c::case_name, long_name.c_str()}})},
        {"date_format", with(dedicated_start(), {{c::hope_to_open_at, "20270230"}})},
        {"date_past", with(dedicated_start(), {{c::terminal_hope_to_at, "20261122"}})},
        {"opening_lead_time",
         with(dedicated_start(), {{c::hope_to_open_at, "20261130"}, {c::terminal_hope_to_at, "20261128"}})},
        {"terminal_after_opening", with(dedicated_start(), {{c::terminal_hope_to_at, "20270302"}})},
        {"product_codes_required", with(partner_start(), {{c::product_codes, ""}})},
        {"product_code_format", with(partner_start(), {{c::product_codes, "partner|あ"}})},
        {"product_unknown", with(partner_start(), {{c::product_codes, "9-9"}})},
        {"product_duplicate", with(partner_start(), {{c::product_codes, "partner|partner"}})},
        {"product_main_count", with(partner_start(), {{c::product_codes, "partner|dedicated"}})},
        {"product_dependency", with(partner_start(), {{c::product_codes, "partner|option"}})},
        {"hope_to_open_at_required", with(dedicated_start(), {{c::hope_to_open_at, ""}})},
        {"installation_location_required", with(dedicated_start(), {{c::installation_client_name, ""}})},
        {"terminal_destination_required", with(dedicated_start(), {{c::terminal_hope_to_at, ""}})},
        {"lan_address_required",
         with(dedicated_start(), {{c::lan_network_address, ""}, {c::lan_interface_address, ""}})},
        {"dhcp_required", with(dedicated_start(), {{c::dhcp_how_to_use, ""}})},
        {"zip_code_format", with(dedicated_start(), {{c::installation_zip_code, "105-00033"}})},
        {"tel_format", with(dedicated_start(), {{c::installation_tel, "03-1234"}})},
        {"prefectures_unknown", with(dedicated_start(), {{c::installation_prefectures, "関東"}})},
        {"place_text_length", with(dedicated_start(), {{c::installation_address, long_text.c_str()}})},
        {"lan_address_incomplete", with(partner_start(), {{c::lan_network_address, "192.168.1.0/24"}})},
        {"lan_network_address_format", with(dedicated_start(), {{c::lan_network_address, "192.168.1.1/24"}})},
        {"ipv4_address_format", with(dedicated_start(), {{c::lan_interface_address, "192.168.1.256"}})},
        {"address_outside_network", with(dedicated_start(), {{c::lan_interface_address, "192.168.2.1"}})},
        {"dhcp_range_reversed", with(dedicated_start(), {{c::dhcp_start_address, "192.168.1.100"}})},
        {"dhcp_how_to_use_format", with(dedicated_start(), {{c::dhcp_how_to_use, "2"}})},
        {"dhcp_address_required", with(dedicated_start(), {{c::dhcp_end_address, ""}})},
        {"customer_site_code_required", with(cancel(), {{c::customer_site_code, ""}})},
        {"customer_site_code_format", with(cancel(), {{c::customer_site_code, "int 1"}})},
        {"change_products_required", with(change(), {{c::change_products, ""}})},
        {"change_products_format", with(change(), {{c::change_products, "2:option"}})},
        {"product_unknown", with(change(), {{c::change_products, "1:9-9"}})},
        {"hope_to_end_at_required", with(cancel(), {{c::hope_to_end_at, ""}})},
        {"hope_to_end_at_format", with(cancel(), {{c::hope_to_end_at, "202713"}})},
        {"date_past", with(cancel(), {{c::hope_to_end_at, "202610"}})},
        {"overwrite_check_flag_format", with(cancel(), {{c::overwrite_check_flag, "2"}})},
    };
    std::set<std::string> shown;
    for (const auto& one : cases) {
        INFO(one.rule);
        auto verdict = validate(one.row, today_is("20261123"));
        auto at =
            std::find_if(verdict.found.begin(), verdict.found.end(), [&](const auto& f) { return f.rule == one.rule; });
        REQUIRE(at != verdict.found.end());
        CHECK(at->japanese.find('{') == std::string::npos);
        CHECK(at->english.find('{') == std::string::npos);
        CHECK(verdict.valid() == (at->level == severity::warning));
        for (const auto& f : verdict.found) CHECK(f.rule == one.rule); // nothing else is wrong with it
        // The table says which columns and orders it is about.
        const auto* told = validation::find_rule(one.rule);
        auto columns = split(told->fields, ' ');
        CHECK((told->fields == "*" || std::find(columns.begin(), columns.end(), at->field) != columns.end()));
        auto type = one.row[c::order_type];
        auto order = type == "2" ? "change" : type == "3" ? "cancel" : "start";
        CHECK((told->orders == "every" || told->orders.find(order) != told->orders.npos));
        shown.insert(one.rule);
    }
    validation::context nobody = today_is("20261123");
    nobody.customer_code.clear();
    CHECK(broken(partner_start(), nobody).contains("customer_code_required"));
    shown.insert("customer_code_required");
    for (auto of_files : {"row_cell_count", "row_unreadable", "row_quotes", "row_too_long", "row_nul_character",
                          "rows_not_read", "request_key_conflict", "live_order_exists", "site_ended", "site_unknown",
                          "row_not_stored", "batch_name_too_long", "brought_by_too_long"})
        shown.insert(of_files);
    for (const auto& rule : validation::rules()) {
        INFO(rule.id);
        CHECK(shown.contains(std::string(rule.id)));
    }
}

TEST_CASE("all findings of a row are told at once")
{
    auto found =
        broken(with(partner_start(), {{c::line_id, "x"}, {c::line_access_key, "y"}, {c::product_codes, "9-9"}}));
    CHECK(found == std::set<std::string>{"line_id_format", "line_access_key_format", "product_unknown"});
}

TEST_CASE("a line access key is never in a message")
{
    auto verdict = validate(with(partner_start(), {{c::line_access_key, "hunter2"}}), today_is("20261123"));
    REQUIRE(verdict.found.size() == 1);
    CHECK(verdict.found[0].english.find("hunter2") == std::string::npos);
    CHECK(verdict.found[0].japanese.find("hunter2") == std::string::npos);
}

TEST_CASE("values come into normal form before the rules look at them")
{
    auto verdict = validate(with(dedicated_start(), {{c::order_type, "　新規 "},
                                                     {c::installation_zip_code, "〒１０５−０００３"},
                                                     {c::installation_prefectures, "東京"},
                                                     {c::installation_tel, "(050)3388-1648"},
                                                     {c::hope_to_open_at, "2027年3月1日"},
                                                     {c::terminal_hope_to_at, "2027-2-26"},
                                                     {c::line_id, "ＣＡＦ−１２３４ ５６７８９０"},
                                                     {c::installation_address, "港区西新橋２−１４"},
                                                     {c::submit_after, "2027/2/1 9:30"}}),
                            today_is("20261123"));
    REQUIRE(verdict.valid());
    auto order = std::get<start_order>(request_from(verdict.normal, "A10000105"));
    CHECK(order.line_id == "CAF1234567890");
    CHECK(order.installation_location->prefectures == "東京都");
    CHECK(order.hope_to_open_at == "20270301");
    CHECK(order.terminal->hope_to_at == "20270226");
    CHECK(order.installation_location->zip_code == "1050003");
    CHECK(order.installation_location->tel == "05033881648");
    CHECK(order.installation_location->address == "港区西新橋２−１４"); // an address stays as it is written
    REQUIRE(verdict.submit_after);
    CHECK(to_iso_tokyo(*verdict.submit_after) == "2027-02-01T09:30:00+09:00");
}

TEST_CASE(
    "a telephone number or line that is none is in normal form at once, also where signs go that kept others apart")
{
    auto normal = [](const row_values& row) { return validate(row, today_is("20261123")).normal; };
    for (const char* tel : {"u\uFFE3\uFF21", "e -\u0301", "03\u30FC-\u30FC(1", "\u3012-\u30121"}) {
        auto once = normal(with(dedicated_start(), {{c::installation_tel, tel}}));
        INFO(tel);
        CHECK(normal(once)[c::installation_tel] == once[c::installation_tel]);
    }
    for (const char* line : {"e-\u0301", "ta--\x03\r-", "- -", "1-E+5"}) {
        auto once = normal(with(partner_start(), {{c::line_id, line}}));
        INFO(line);
        CHECK(normal(once)[c::line_id] == once[c::line_id]);
    }
    // A letter, a space and a macron above it: without the space they are one letter.
    CHECK(normal(with(dedicated_start(), {{c::installation_tel, "u\uFFE3"}}))[c::installation_tel] == "\u016B");
}

TEST_CASE("an IP4 type needs no LAN address, and a partner CPE nothing of all this")
{
    CHECK(broken(
              with(dedicated_start(),
                   {{c::product_codes, "dedicated-ip4"}, {c::lan_network_address, ""}, {c::lan_interface_address, ""}}))
              .empty());
    CHECK(broken(with(dedicated_start(), {{c::product_codes, "partner"}})).empty());
    CHECK(broken(with(change(), {{c::change_products, "3:no-longer-sold"}})).empty());
}

TEST_CASE("the configuration changes a rule's severity")
{
    auto lenient = today_is("20261123");
    lenient.changed["lan_address_required"] = severity::warning;
    auto without_lan = with(dedicated_start(), {{c::lan_network_address, ""}, {c::lan_interface_address, ""}});
    CHECK(validate(without_lan, lenient).valid());
    lenient.changed["lan_address_required"] = severity::off;
    CHECK(broken(without_lan, lenient).empty());
    lenient.changed["order_type_unknown"] = severity::off; // cannot be switched off
    CHECK_FALSE(validate(with(partner_start(), {{c::order_type, "4"}}), lenient).valid());
}

TEST_CASE("what is added and removed is written in one way; what is not plainly either stays as it came")
{
    auto normal = [](column field, const char* text) {
        auto row = field == c::change_products ? change() : partner_start();
        return validate(with(row, {{field, text}}), today_is("20261123")).normal[field];
    };
    CHECK(normal(c::change_products, "1 : A｜３：B、3:C") == "1:A|3:B|3:C");
    CHECK(normal(c::change_products, "3 : A") == "3:A");
    for (const char* other : {"0 : A", "13 : A", "2: A", "1 - A", "A : 1"})
        CHECK(normal(c::change_products, other) == other);
    CHECK(normal(c::product_codes, "1 : A|3 : B") == "1 : A|3 : B"); // codes as they are
}

TEST_CASE("whatever rules are switched off, a row that passes asks for what it plainly says, or is not sent")
{
    auto lenient = today_is("20261123");
    for (const auto& rule : validation::rules()) lenient.changed[std::string(rule.id)] = severity::off;
    const std::vector<std::string> odd{"",          " ",         "0",    "1",     "2",   "3",         "-1",
                                       "01",        "1.0",       "yes",  "TRUE",  "1:",  "3:",        "1:A|0-1-1-3-1",
                                       "0-1-1-3-1", "1-1-1-1-2", "2:A",  "3",     "3-1", "31:A",      ":A",
                                       "|",         "1:A|3",     "1：A", "3 : A", "1;A", "13:A",      "あり",
                                       "する",      "1|0",       "1 ",   "０",    "\n1", "2027/2/30", "いつか",
                                       "1\t"};
    int passed = 0;
    for (const auto& row : {partner_start(), dedicated_start(), change(), cancel()})
        for (const auto& field : columns())
            for (const auto& value : odd) {
                auto verdict = validate(with(row, {{field.id, value.c_str()}}), lenient);
                if (!verdict.valid()) continue;
                ++passed;
                INFO(field.name << " \"" << value << "\"");
                auto request = request_as_written(verdict.normal, "A10000105");
                REQUIRE(request);
                auto key = natural_key(*request); // by which it is found again
                CHECK(key.find(':') + 1 < key.size());
                CHECK((verdict.submit_after || !verdict.normal.has(c::submit_after)));
                if (auto* asked = std::get_if<change_order>(&*request)) {
                    std::string again; // what is added and removed, written as the row has it
                    for (const auto& p : asked->products)
                        again += (again.empty() ? "" : "|") + std::to_string(p.change_type) + ":" + p.product_code;
                    CHECK(again == verdict.normal[c::change_products]);
                }
                if (auto* asked = std::get_if<cancel_order>(&*request))
                    CHECK(asked->overwrite == (verdict.normal[c::overwrite_check_flag] == "1"));
                if (auto* asked = std::get_if<start_order>(&*request)) {
                    CHECK(join(asked->product_codes, "|") == verdict.normal[c::product_codes]);
                    CHECK((asked->dhcp && asked->dhcp->used) == (verdict.normal[c::dhcp_how_to_use] == "1"));
                }
            }
    CHECK(passed > 500);
}

TEST_CASE("a damaged value with a milder rule about Excel still breaks the rule of its column")
{
    auto lenient = today_is("20261123");
    lenient.changed["excel_scientific"] = lenient.changed["date_weekday"] = severity::warning;
    auto damaged = with(partner_start(), {{c::line_id, "1.23E+12"}, {c::hope_to_open_at, "2027/3/1(火)"}});
    CHECK(broken(damaged, lenient) ==
          std::set<std::string>{"excel_scientific", "line_id_format", "date_weekday", "date_format"});
    CHECK(broken(damaged) == std::set<std::string>{"excel_scientific", "date_weekday"});
}

TEST_CASE("without a catalogue nothing is guessed about products")
{
    auto blind = today_is("20261123");
    blind.products = nullptr;
    CHECK(broken(with(partner_start(), {{c::product_codes, "9-9"}}), blind).empty());
}

TEST_CASE("eight days that hold fewer than five business days are too few")
{
    // From 28 April 2027 there are the holidays of 29 April and 3 to 5 May; the fifth business day is 11 May.
    auto row = with(dedicated_start(), {{c::hope_to_open_at, "20270507"}});
    auto told = [](const row_values& r, const validation::context& on) {
        auto found = validate(r, on).found;
        return std::any_of(found.begin(), found.end(), [](const finding& f) { return f.rule == "opening_lead_time"; });
    };
    CHECK(told(row, today_is("20270428")));
    row[c::hope_to_open_at] = "20270511";
    CHECK_FALSE(told(row, today_is("20270428")));
    auto closed = today_is("20270428");
    REQUIRE(closed.calendar.close("2027-05-10"));
    CHECK(told(row, closed));
}

TEST_CASE("config/rules.md is what `ipoe-orderd rules --markdown` says")
{
    CHECK(tests::source_file("config/rules.md") == validation::rules_document());
}
