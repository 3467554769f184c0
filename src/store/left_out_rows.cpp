#include "orderd/store/left_out_rows.hpp"
#include "orderd/core/text.hpp"
#include "text_array.hpp"

namespace orderd::store {

left_out_rows::left_out_rows(logger& log, std::string message, std::string_view things)
    : told_(log, std::move(message), things)
{
}

std::string left_out_rows::numbers(clock::time_point now)
{
    std::erase_if(out_, [&](const auto& one) { return one.second.until <= now; });
    text_array ids;
    for (const auto& [id, _] : out_) ids.add(static_cast<long long>(id));
    return ids.text();
}

bool left_out_rows::add(std::int64_t id, std::string_view why, clock::time_point now)
{
    constexpr std::size_t most = 1'000;
    if (out_.size() >= most && !out_.contains(id)) return false;
    out_[id] = {now + left_out_for, printable(why, 300)};
    news_ = true;
    return true;
}

void left_out_rows::tell()
{
    if (!std::exchange(news_, false)) return;
    for (const auto& [id, one] : out_) told_.add(id, one.why);
    told_.tell();
}

}
