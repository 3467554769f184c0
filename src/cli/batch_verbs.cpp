#include "order_moves.hpp"
#include "orderd/core/text.hpp"
#include "orderd/store/overview.hpp"
#include "overview_text.hpp"
#include "progress.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <iostream>

namespace orderd::cli {
namespace {

/// The batch that `name` names; says so, with the nearest name, when there is none.
std::optional<store::batch_overview> named_batch(store::session& session, const std::string& name)
{
    store::batch_choice choice;
    choice.name = name;
    auto found = store::batch_overviews(session, choice);
    if (!found.empty()) return found.front();
    std::vector<std::string> names;
    for (const auto& b : store::batch_overviews(session, {.name = {}, .limit = 500})) names.push_back(b.name);
    auto near = nearest(name, names);
    std::cerr << "ipoe-orderd: there is no batch \"" << name << "\""
              << (near.empty() ? "; `batches list` shows them" : "; did you mean \"" + near + "\"?") << "\n";
    return std::nullopt;
}

std::function<void(long)> shown_by(progress_bar& bar, long of)
{
    return [&bar, of](long done) {
        bar.show(static_cast<std::uint64_t>(done), static_cast<std::uint64_t>(std::max(done, of)),
                 std::to_string(done) + " orders");
    };
}

long in_state(const store::batch_overview& b, order_state state)
{
    auto at = b.orders.find(state);
    return at == b.orders.end() ? 0 : at->second;
}

}

int batches_list_verb(const surroundings& s, const batches_arguments& a)
{
    auto session = s.open();
    store::batch_choice choice;
    choice.open = a.open;
    choice.limit = a.limit;
    auto batches = store::batch_overviews(*session, choice);
    if (s.json)
        std::cout << boost::json::serialize(as_json(batches)) << "\n";
    else
        std::cout << batch_lines(batches, colours(std::cout));
    return all_well;
}

int batches_show_verb(const surroundings& s, const batches_arguments& a)
{
    auto session = s.open();
    auto batch = named_batch(*session, a.batch);
    if (!batch) return usage;
    auto causes = store::causes(*session, batch->id, 20);
    if (s.json) {
        auto o = as_json(*batch);
        o["causes"] = as_json(causes);
        std::cout << boost::json::serialize(o) << "\n";
        return all_well;
    }
    std::cout << batch_text(*batch, causes, colours(std::cout));
    return all_well;
}

int batches_pause_verb(const surroundings& s, const batches_arguments& a)
{
    auto session = s.open();
    auto batch = named_batch(*session, a.batch);
    if (!batch) return usage;
    {
        progress_bar progress("pause");
        service::pause_batch(*session, batch->name, operator_name(),
                             shown_by(progress, in_state(*batch, order_state::ready)));
    }
    batch = named_batch(*session, a.batch);
    std::cout << "batch " << batch->name << " is paused; " << in_state(*batch, order_state::held) << " orders held, "
              << in_state(*batch, order_state::submitting) << " still on the wire, "
              << in_state(*batch, order_state::accepted) << " in progress at the provider\n";
    return all_well;
}

int batches_resume_verb(const surroundings& s, const batches_arguments& a)
{
    auto session = s.open();
    auto batch = named_batch(*session, a.batch);
    if (!batch) return usage;
    {
        progress_bar progress("resume");
        service::resume_batch(*session, batch->name, operator_name(),
                              shown_by(progress, in_state(*batch, order_state::held)));
    }
    batch = named_batch(*session, a.batch);
    std::cout << "batch " << batch->name << " goes on; " << in_state(*batch, order_state::ready)
              << " orders wait to be sent";
    if (auto held = in_state(*batch, order_state::held))
        std::cout << ", " << held << " stay held for another reason (`orders list --batch " << batch->name
                  << " --state held`)";
    std::cout << "\n";
    return all_well;
}

int batches_withdraw_verb(const surroundings& s, const batches_arguments& a)
{
    auto session = s.open();
    auto batch = named_batch(*session, a.batch);
    if (!batch) return usage;
    move_arguments all;
    all.filter.batch = batch->name;
    all.why = "the batch was withdrawn";
    all.yes = a.yes;
    return orders_bulk_verb(s, order_event::withdraw_asked, all);
}

}
