#pragma once
#include <chrono>
#include <cstdint>
#include <ctime>
#include <iostream>
#include <string>
#include <vector>

namespace orderd::bench {

using arguments = std::vector<std::string>;

/// Claims and records ORDERS waiting orders of the database at URL, GROUP at a time, by the store's own questions.
void claim_and_record(const arguments& url_orders_group);
/// The same by two bare statements of libpqxx on a narrow table of its own.
void bare_claim_and_record(const arguments& url_orders_group);
/// POSTs REQUESTS orders over CONNECTIONS connections of the http room to HOST PORT.
void post_orders(const arguments& host_port_requests_connections);

/// Wall and processor time since it was made, told as {"rate": a second, "cpu": ms for 1,000}.
class stopwatch {
public:
    void tell(std::int64_t done) const
    {
        std::chrono::duration<double> wall = std::chrono::steady_clock::now() - began_;
        double cpu = static_cast<double>(std::clock() - used_) / CLOCKS_PER_SEC;
        auto n = static_cast<double>(done);
        std::cout << "{\"rate\": " << n / wall.count() << ", \"cpu\": " << cpu * 1e6 / n << "}\n";
    }

private:
    std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
    std::clock_t used_ = std::clock();
};

}
