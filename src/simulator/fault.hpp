#pragma once
#include <boost/json.hpp>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace orderd::simulator {

namespace json = boost::json;

/// One way in which requests go wrong.
struct fault {
    std::string operation = "*"; // "POST /orders", or "*" for every one
    std::string answer;          // a status, or a word: fault.cpp has the table
    bool after = false;          // the request is performed before it goes wrong
    double probability = 0;      // of each request,
    int every = 0;               // or each n-th one
    int times = -1;              // at most so often, -1: without end
    int retry_after = 0;         // seconds, with the answers that ask to wait
    int delay_ms = 0; // with `late`: the answer comes (after) or the request is performed (before) so much later
    int seen = 0;
};

/// Throws std::invalid_argument that says what is wrong and what there is.
fault read_fault(const json::object&);
json::object to_json(const fault&);

/// The fault that strikes this request, if any.
std::optional<fault> strike(std::vector<fault>&, const std::string& operation, std::mt19937_64&);

}
