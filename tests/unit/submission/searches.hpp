#pragma once
#include "orderd/submission/search.hpp"

#include <initializer_list>
#include <random>
#include <string>

// Searches for an order in doubt, as a test wants them.
namespace orderd::tests {

inline submission::judged_element judged_as(submission::verdict is, std::string code = "A1",
                                            std::vector<submission::compared_member> members = {})
{
    submission::judged_element e;
    e.code = {std::move(code)};
    e.is = is;
    e.rule = "a_rule";
    e.english = "is as the test says";
    e.japanese = "試験のとおりです";
    e.members = std::move(members);
    e.order_type = "1";
    e.status = "1";
    return e;
}

inline submission::search_evidence search_of(std::initializer_list<submission::judged_element> elements,
                                             submission::control::answer positive = submission::control::answer::good)
{
    submission::search_evidence found;
    found.asked = "lineId CAF1234567890";
    found.elements = elements;
    found.positive = {positive, "a control in English", "日本語の確認"};
    return found;
}

/// Anything that a search may bring.
class any_search {
public:
    explicit any_search(unsigned seed) : random_(seed) {}
    submission::search_evidence operator()()
    {
        using namespace submission;
        search_evidence found;
        found.asked = "lineId CAF1234567890";
        auto elements = random_() % 5;
        for (unsigned i = 0; i < elements; ++i) {
            auto is = coin() ? verdict::another : static_cast<verdict>(random_() % 4);
            found.elements.push_back(judged_as(is, "A" + std::to_string(random_() % 100)));
            if (is != verdict::another && coin())
                found.elements.back().members = {{"customerSiteName", coin(), "東京\"\\\n拠点", "\ufffd\t"},
                                                 {"lineAccessKey", coin(), "", ""}};
        }
        if (coin(8)) found.without_key.push_back("it has no orderCode");
        if (coin(8)) found.unusable = "HTTP 400: \"words\"";
        if (coin(4)) found.none_told_as = "4000137 該当なし";
        auto any_control = [&] { return control{static_cast<control::answer>(random_() % 4), "english", "日本語"}; };
        found.positive = any_control();
        if (!found.none_told_as.empty()) found.negative = any_control();
        return found;
    }
    bool coin(unsigned of = 2) { return random_() % of == 0; }
    unsigned below(unsigned n) { return random_() % n; }

private:
    std::mt19937 random_;
};

}
