#pragma once
#include "orderd/core/log.hpp"
#include "orderd/core/text.hpp"
#include "orderd/service/configuration.hpp"

#include <string>
#include <utility>

namespace orderd::service {

/// Lines about reloads. One that changes nothing and ends as the one before did is only counted: a program may ask for
/// them any number of times.
class reload_notice {
public:
    explicit reload_notice(logger& log) : log_(log) {}

    void read(const configuration_changes& changes, const std::vector<std::string>& warnings)
    {
        auto applied = join(changes.applied, ", "), later = join(changes.at_restart, ", ");
        bool news = is_news("read", later + "\n" + join(warnings, "\n"));
        if (news)
            for (const auto& warning : warnings) log_.warning(warning);
        auto counted = !news && applied.empty();
        tell(counted, log_level::info, "configuration read again",
             {{"applied", applied.empty() ? "nothing changed" : applied}, {"at_the_next_restart", later}});
    }
    void refused(const std::string& why)
    {
        bool news = is_news("refused", why);
        tell(!news, log_level::error, "the configuration has an error; the one before stays in force", {{"why", why}});
    }

private:
    bool is_news(std::string kind, std::string words)
    {
        auto outcome = std::pair(std::move(kind), std::move(words));
        return std::exchange(last_, outcome) != outcome;
    }
    void tell(bool counted, log_level level, std::string_view message, std::initializer_list<log_field> fields)
    {
        counted ? log_.write_seldom(level, message, fields) : log_.write(level, message, fields);
    }

    logger& log_;
    std::pair<std::string, std::string> last_;
};

}
