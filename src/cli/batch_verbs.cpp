#include "named_batch.hpp"
#include "order_moves.hpp"
#include "orderd/core/money.hpp"
#include "orderd/core/text.hpp"
#include "orderd/reporting/summary.hpp"
#include "orderd/store/approvals.hpp"
#include "orderd/store/overview.hpp"
#include "overview_text.hpp"
#include "progress.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <iostream>

namespace orderd::cli {
namespace {

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
        say() << json_text(as_json(batches)) << "\n";
    else
        say() << laid_out{batch_lines(batches, colours(say()))};
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
        say() << json_text(o) << "\n";
        return all_well;
    }
    say() << laid_out{batch_text(*batch, causes, colours(say()))};
    if (in_state(*batch, order_state::awaiting_approval))
        say() << "waits for approval; see what it costs and decide: ipoe-orderd batches approve " << batch->name
              << "\n";
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
    say() << "batch " << batch->name << " is paused; " << in_state(*batch, order_state::held) << " orders held, "
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
    say() << "batch " << batch->name << " goes on; " << in_state(*batch, order_state::ready)
          << " orders wait to be sent";
    if (auto held = in_state(*batch, order_state::held))
        say() << ", " << held << " stay held for another reason (`orders list --batch " << batch->name
              << " --state held`)";
    say() << "\n";
    return all_well;
}

namespace {

int decide(const surroundings& s, const batches_arguments& a, bool approve)
{
    auto session = s.open();
    auto batch = named_batch(*session, a.batch);
    if (!batch) return usage;
    auto waits = store::awaiting_approval(*session, batch->name);
    if (!waits) {
        warn() << "ipoe-orderd: nothing of batch " << batch->name << " waits for approval\n";
        return usage;
    }
    if (!waits->complete()) {
        warn() << "ipoe-orderd: " << store::why_incomplete(*waits, false) << "\n";
        return some_failed;
    }
    using reporting::with_commas;
    auto& to = s.json ? warn() : say();
    auto cost = "once " + with_commas(waits->purchase_price) + " yen, a month " + with_commas(waits->monthly_price) +
                " yen, first year " + with_commas(waits->first_year_price) + " yen";
    to << "batch " << waits->name << ": " << waits->orders << " orders wait; "
       << (waits->unpriced ? "what they cost is " : "") << with_unpriced(cost, waits->unpriced, false);
    if (!waits->brought_by.empty()) to << "; brought by " << store::people(*waits);
    to << "\n";
    if (!a.yes && !person_says_yes(approve ? "order at this cost?" : "withdraw all of it?")) {
        warn() << "nothing was done; with --yes it is\n";
        return usage;
    }
    auto outcome = store::decide_approval(*session, {waits->name, approve, operator_name(), "verb", a.why,
                                                     waits->orders, waits->first_year_price, waits->fingerprint});
    bool done = outcome.result == store::approval_result::done;
    if (s.json)
        say() << json_text(boost::json::object{
                     {"batch", waits->name}, {"done", done}, {"orders", outcome.orders}, {"answer", outcome.english}})
              << "\n";
    else
        (done ? say() : warn()) << (done ? "" : "ipoe-orderd: ") << outcome.english << "\n";
    return done ? all_well : some_failed;
}

}

int batches_approve_verb(const surroundings& s, const batches_arguments& a) { return decide(s, a, true); }
int batches_decline_verb(const surroundings& s, const batches_arguments& a) { return decide(s, a, false); }

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
