#include "take_name.hpp"

#include <charconv>
#include <chrono>
#include <unistd.h>

namespace orderd::intake {
namespace {

constexpr char mark = '~';
constexpr std::string_view grown = ".grown-";

}

std::string take_name::text() const
{
    return take_id + (grown_from ? std::string(grown) + std::to_string(grown_from->value) : "") + mark + name;
}

take_name take_name::read(const std::string& text)
{
    auto at = text.find(mark);
    take_name out{text.substr(0, at), {}, at == text.npos ? text : text.substr(at + 1)};
    auto from = out.take_id.find(grown);
    if (from == out.take_id.npos) return out;
    auto digits = out.take_id.substr(from + grown.size());
    std::int64_t batch = 0;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), batch);
    if (error != std::errc{} || end != digits.data() + digits.size()) return out;
    out.grown_from = batch_id{batch};
    out.take_id.resize(from);
    return out;
}

std::string new_take_id()
{
    static int count = 0;
    auto now =
        std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch());
    return std::to_string(now.count()) + "-" + std::to_string(::getpid()) + "-" + std::to_string(++count);
}

}
