#include "refused_rows.hpp"
#include "text_array.hpp"

namespace orderd::store {

std::string refused_rows::numbers() const
{
    text_array ids;
    for (const auto& [id, _] : out_) ids.add(static_cast<long long>(id));
    return ids.text();
}

void refused_rows::forget(clock::time_point now)
{
    std::erase_if(out_, [&](const auto& one) { return one.second.until <= now; });
}

void refused_rows::tell()
{
    for (const auto& [id, one] : out_) told_.add(id, one.why);
    told_.tell();
}

}
