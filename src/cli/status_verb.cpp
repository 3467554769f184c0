#include "named_batch.hpp"
#include "orderd/store/lock_waits.hpp"
#include "overview_text.hpp"
#include "verbs.hpp"

#include <chrono>
#include <thread>

namespace orderd::cli {

using namespace std::chrono_literals;

int status_verb(const surroundings& s, const status_arguments& a)
{
    auto session = s.open();
    store::wait_for_locks_at_most(*session, 5s);
    if (auto holders = store::lock_holders(*session); !holders.empty())
        warn() << "ipoe-orderd: a daemon does not go on: " << store::words(holders) << "\n";
    store::batch_choice choice;
    if (!a.batch.empty()) choice.name = a.batch;
    choice.limit = 15;
    if (choice.name && !known_batch(*session, *choice.name)) return usage;
    bool coloured = colours(say());
    for (int n = 1;; ++n) {
        auto seen = store::read_overview(*session);
        auto batches = store::batch_overviews(*session, choice);
        if (choice.name) seen.orders = batches.front().orders;
        std::string text;
        if (s.json) {
            auto o = as_json(seen);
            o["batches"] = as_json(batches);
            text = json_text(o).lines + "\n";
        } else
            text = overview_text(seen, s.config.submission.requests_per_second, coloured) + "\n" +
                   batch_lines(batches, coloured);
        // Written over what was there, so that nothing flickers.
        if (a.watch && coloured) {
            std::string cleared;
            for (char c : text) cleared += c == '\n' ? "\033[K\n" : std::string(1, c);
            text = "\033[H" + cleared + "\033[J";
            if (n == 1) text = "\033[2J" + text;
        }
        say() << laid_out{text};
        say().flush();
        if (!a.watch || n == a.times) return all_well;
        std::this_thread::sleep_for(2s);
    }
}

}
