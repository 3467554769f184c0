#include "micro.hpp"

#include <functional>
#include <iostream>
#include <map>

// One part of the way alone; tests/bench/run starts these beside what they are measured against. Each prints one line
// of JSON.
int main(int argc, char** argv)
{
    using namespace orderd::bench;
    const std::map<std::string, std::function<void(const arguments&)>> parts{
        {"claim-record", claim_and_record}, {"bare-claim-record", bare_claim_and_record}, {"post", post_orders}};
    arguments given(argv + std::min(argc, 2), argv + argc);
    auto part = argc > 1 ? parts.find(argv[1]) : parts.end();
    if (part == parts.end()) {
        std::cerr << "usage: micro-bench claim-record URL ORDERS GROUP | bare-claim-record URL ORDERS GROUP | "
                     "post HOST PORT REQUESTS CONNECTIONS\n";
        return 2;
    }
    try {
        part->second(given);
        return 0;
    } catch (const std::exception& e) {
        std::cerr << "micro-bench: " << argv[1] << ": " << e.what() << "\n";
        return 1;
    }
}
