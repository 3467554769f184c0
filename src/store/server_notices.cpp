#include "orderd/store/server_notices.hpp"
#include "orderd/core/text.hpp"

namespace orderd::store {

void server_notices::tell(std::string_view words)
{
    constexpr std::size_t longest = 300, most = 100;                   // texts with numbers in them never end
    auto text = printable(words.substr(0, words.find('\n')), longest); // what follows may name values
    std::lock_guard lock(mutex_);
    if (told_.contains(text)) return;
    bool known = told_.size() < most;
    if (known) told_.insert(text);
    auto write = known ? &logger::write : &logger::write_seldom;
    (log_.*write)(log_level::warning, "PostgreSQL says something beside its answers", {{"words", text}});
}

}
