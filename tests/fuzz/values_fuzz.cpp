#include "expect.hpp"
#include "orderd/core/order_request.hpp"
#include "orderd/core/text.hpp"
#include "orderd/provider/codec.hpp"
#include "orderd/validation/rules.hpp"
#include "orderd/validation/validate.hpp"

#include <boost/json.hpp>
#include <cstdint>

// The values of a row, one a line of the input, in the order of the columns. The first byte chooses what is known.
using namespace orderd;
using orderd::fuzz::expect;

namespace {

const catalogue& products()
{
    static const catalogue all = [] {
        catalogue made;
        auto add = [&](std::string code, int type, std::string cpe, std::string ip, std::vector<std::string> needs) {
            product p;
            p.code = std::move(code);
            p.type = type;
            p.cpe = std::move(cpe);
            p.ipaddress = std::move(ip);
            p.dependencies = std::move(needs);
            made.add(std::move(p));
        };
        add("d", 1, "1", "1", {});
        add("i", 1, "1", "2", {});
        add("p", 1, "2", "1", {});
        add("o", 2, "", "", {"d", "i"});
        return made;
    }();
    return all;
}

}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0) return 0;
    std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    if (!valid_utf8(text)) return 0;
    validation::context with;
    if (data[0] & 1) with.products = &products();
    if (data[0] & 2) with.customer_code = "A10000105";
    with.today = *parse_yyyymmdd("20261124");
    row_values row;
    auto values = split(text, '\n');
    for (std::size_t i = 0; i < std::min(values.size(), column_count); ++i) row[static_cast<column>(i)] = values[i];

    auto verdict = validation::validate(row, with);
    expect(verdict.valid() == !any_error(verdict.found), "a row is valid when nothing is wrong with it");
    for (const auto& f : verdict.found) {
        expect(valid_utf8(f.japanese) && valid_utf8(f.english), "a message is text");
        if (f.field != "line_access_key") continue;
        const auto& key = verdict.normal[column::line_access_key];
        bool words = key.find_first_of("0123456789") == key.npos || key.find(' ') != key.npos; // a message has such too
        expect(key.size() < 8 || words || f.english.find(key) == f.english.npos, "a message does not show the key");
    }
    // What is in normal form stays as it is, so that a row that comes back has the same content.
    auto again = validation::validate(verdict.normal, with);
    expect(again.normal == verdict.normal, "the normal form of a normal form is itself");
    bool same_judgement = again.valid() == verdict.valid();
    for (const auto& f : verdict.found) // which is reported before the normal form takes it away
        if (f.rule == "control_character") same_judgement = true;
    expect(same_judgement, "the normal form is judged as the row was");
    // Whatever rules a configuration lowers, what is sent is what the row says.
    auto lenient = with;
    for (const auto& rule : validation::rules()) lenient.changed[std::string(rule.id)] = severity::off;
    if (auto let_through = validation::validate(row, lenient); let_through.valid())
        expect(request_as_written(let_through.normal, with.customer_code).has_value(),
               "a row that passes the rules that cannot be lowered can be sent as it is written");
    if (!verdict.valid()) return 0;
    auto request = request_from(verdict.normal, with.customer_code);
    auto body = provider::encode(request);
    auto parsed = boost::json::parse(body);
    expect(parsed.as_object().size() == 2, "a body has its type and one part");
    expect(natural_key(request) == natural_key(verdict.normal), "a row has the natural key of its order");
    return 0;
}
