#include "fault.hpp"

#include <algorithm>
#include <stdexcept>

namespace orderd::simulator {
namespace {

struct kind {
    std::string_view answer;
    bool never_processed = false; // the answer means that the request was not performed
};
constexpr kind kinds[] = {
    {"401"},
    {"403"},
    {"404"},
    {"408"},
    {"409"},
    {"410"},
    {"422"},
    {"429"},
    {"499"},
    {"500"},
    {"502"},
    {"503"},
    {"504"},
    {"reset"},
    {"cut_short"},
    {"html"},
    {"broken_json"},
    {"late"},
    {"adaptor"},
    {"cp932"},
    {"nul"},
    {"gzip"},
    {"redirect"},
    {"304"},
    {"no_list"},
    {"wrong_code"},
    {"unknown_code"},
    {"repeated"},
    {"spike_arrest", true},
    {"quota", true},
    {"token_fault", true},
    {"token_fault_500", true},
};

const kind& kind_of(const std::string& answer)
{
    std::string names;
    for (const auto& k : kinds) {
        if (k.answer == answer) return k;
        names += (names.empty() ? "" : ", ") + std::string(k.answer);
    }
    throw std::invalid_argument("a fault's answer cannot be \"" + answer + "\"; there are " + names);
}

int whole(const json::value& v) { return v.to_number<int>(); }

}

fault read_fault(const json::object& o)
{
    fault f;
    for (const auto& [key, v] : o) {
        if (key == "operation")
            f.operation = std::string(v.as_string());
        else if (key == "answer")
            f.answer = std::string(v.as_string());
        else if (key == "after")
            f.after = v.as_bool();
        else if (key == "probability")
            f.probability = v.to_number<double>();
        else if (key == "every")
            f.every = whole(v);
        else if (key == "times")
            f.times = whole(v);
        else if (key == "retry_after")
            f.retry_after = whole(v);
        else if (key == "delay_ms")
            f.delay_ms = whole(v);
        else
            throw std::invalid_argument("a fault has no member \"" + std::string(key) +
                                        "\"; there are operation, answer, after, probability, every, times, "
                                        "retry_after, delay_ms");
    }
    if (f.times >= 0 && !o.contains("every") && !o.contains("probability")) f.every = 1; // from the first request on
    if (kind_of(f.answer).never_processed && f.after)
        throw std::invalid_argument("a fault that answers \"" + f.answer +
                                    "\" cannot be \"after\": this answer means that the request was not processed");
    return f;
}

json::object to_json(const fault& f)
{
    return {{"operation", f.operation},     {"answer", f.answer},    {"after", f.after},
            {"probability", f.probability}, {"every", f.every},      {"times", f.times},
            {"retry_after", f.retry_after}, {"delay_ms", f.delay_ms}};
}

std::optional<fault> strike(std::vector<fault>& faults, const std::string& operation, std::mt19937_64& random)
{
    for (auto& f : faults) {
        if (f.operation != "*" && f.operation != operation) continue;
        ++f.seen;
        if (f.times == 0) continue;
        bool hit =
            f.every > 0 ? f.seen % f.every == 0 : std::uniform_real_distribution<double>(0, 1)(random) < f.probability;
        if (!hit) continue;
        if (f.times > 0) --f.times;
        return f;
    }
    return std::nullopt;
}

}
