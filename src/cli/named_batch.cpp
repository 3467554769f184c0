#include "named_batch.hpp"
#include "orderd/core/text.hpp"
#include "orderd/store/inspect.hpp"
#include "terminal.hpp"

#include <vector>

namespace orderd::cli {

bool known_batch(store::session& session, const std::string& name)
{
    if (store::batch_exists(session, name)) return true;
    std::vector<std::string> names;
    for (const auto& b : store::batch_overviews(session, {.name = {}, .limit = 500})) names.push_back(b.name);
    auto near = nearest(name, names);
    warn() << "ipoe-orderd: there is no batch \"" << name << "\""
           << (near.empty() ? "; `batches list` shows them" : "; did you mean \"" + near + "\"?") << "\n";
    return false;
}

std::optional<store::batch_overview> named_batch(store::session& session, const std::string& name)
{
    if (!known_batch(session, name)) return std::nullopt;
    store::batch_choice choice;
    choice.name = name;
    auto found = store::batch_overviews(session, choice);
    return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

}
