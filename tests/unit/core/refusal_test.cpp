#include "orderd/core/refusal.hpp"

#include <catch2/catch.hpp>

using namespace orderd;
using codes = std::vector<std::string>;

TEST_CASE("a refusal may be that of a second request unless each of its errors is about the request alone")
{
    for (auto type : {order_type::start, order_type::change, order_type::cancel}) {
        for (const auto& form : {codes{"4000102"}, codes{"4000100", "4000129"}, codes{"4000118", "4000110"}})
            CHECK_FALSE(may_refuse_a_second(type, form));
        for (const auto& other :
             {codes{}, codes{"4000139"}, codes{"4000144"}, codes{"4000102", "4000139"}, codes{"4000144", "4000139"},
              codes{"4000130"}, codes{"?"}, codes{"40001022"}, codes{"400010x"}, codes{"5000101"}, codes{""}})
            CHECK(may_refuse_a_second(type, other));
    }
    CHECK_FALSE(may_refuse_a_second(order_type::start, {"4000137"}));
    CHECK_FALSE(may_refuse_a_second(order_type::start, {"4000137", "4000102"}));
    CHECK(may_refuse_a_second(order_type::change, {"4000137"})); // what is removed already does not exist
    CHECK(may_refuse_a_second(order_type::cancel, {"4000137"}));
}
