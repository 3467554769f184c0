#pragma once
#include "orderd/core/log.hpp"
#include "orderd/provider/answers.hpp"

#include <chrono>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace orderd::tracking {

/// Sites that cannot be read, told from an outage. What the provider answers about one site is a fact of that site, and
/// so is its silence about one while it answers about others; only when it answers about none is something away. Each
/// such site is said once, many of them in one line; and so is one of which the database refuses to keep what was told.
class failing_sites {
public:
    using clock = std::chrono::steady_clock;
    /// Answers without a detail after which a site is not asked for any more: ten minutes, with the pauses between
    /// them.
    static constexpr int most_answers = 8;
    explicit failing_sites(logger& log) : log_(log) {}

    void read(const std::string& code);
    void failed(const std::string& code, const provider::failure&);
    /// What the provider told of it cannot be kept, or could.
    void not_kept(const std::string& code, const std::string& why);
    void kept(const std::string& code) { not_kept_.erase(code); }
    /// Several were asked for in this round and none was answered: asking for the rest is of no use.
    bool nobody_answers() const;

    struct outcome {
        bool answered = false;            // about any site
        std::string outage;               // why nothing is answered; "" for no outage
        std::vector<std::string> give_up; // not to be asked for any more
    };
    /// A round is over: says which sites are new among those that cannot be read.
    outcome end_round(clock::time_point now = clock::now());

private:
    /// The first at once, those after it together, once a minute at most.
    struct notice {
        std::string_view words;
        long sites = 0;
        std::string example{}, why{};
        clock::time_point told_at{};
        bool told = false;
        void add(const std::string& code, const std::string& reason);
        void tell(logger&, clock::time_point now);
    };
    struct silent_site {
        std::string code, why;
    };
    void note_silence(outcome&);

    logger& log_;
    std::unordered_map<std::string, int> answers_; // without a detail
    std::unordered_map<std::string, bool>
        silent_; // was there silence about it while others were answered, and was it said
    std::unordered_set<std::string> not_kept_;
    std::vector<silent_site> silent_now_, silent_with_all_;
    std::vector<std::string> give_up_;
    bool answered_ = false;
    notice not_told_{"the provider does not tell sites that it is asked for; each is asked for a few times more"};
    notice unanswered_{"the provider answers about sites, but not about these; asking again after growing pauses"};
    notice refused_{
        "PostgreSQL refuses to keep what the provider tells of sites; they stay as they are and are read again "
        "after growing pauses, all others go on"};
    notice given_up_{"sites that the provider does not tell are not asked for any more; `sites sync CODE` asks again"};
};

}
