#include "orderd/service/logging.hpp"
#include "orderd/core/shown.hpp"
#include "orderd/core/text.hpp"

#include <boost/json.hpp>
#include <mutex>
#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

namespace orderd::service {
namespace {

spdlog::level::level_enum to_spdlog(log_level level)
{
    switch (level) {
    case log_level::debug: return spdlog::level::debug;
    case log_level::info: return spdlog::level::info;
    case log_level::warning: return spdlog::level::warn;
    case log_level::error: return spdlog::level::err;
    }
    return spdlog::level::info;
}

class stderr_logger final : public adjustable_logger {
public:
    stderr_logger(const std::string& level, bool json)
        : json_(json), sink_("orderd", std::make_shared<spdlog::sinks::stderr_sink_mt>())
    {
        set_level(level);
        sink_.flush_on(spdlog::level::trace);
        sink_.set_pattern(json ? "%v" : "%Y-%m-%dT%H:%M:%S.%e%z %-7l %v");
    }

    void set_level(const std::string& level) override
    {
        sink_.set_level(spdlog::level::from_str(level == "warning" ? "warn" : level == "error" ? "err" : level));
    }

    bool writes(log_level level) const override { return sink_.should_log(to_spdlog(level)); }

    void write(log_level level, std::string_view message, std::initializer_list<log_field> fields) override
    {
        if (!sink_.should_log(to_spdlog(level))) return;
        std::lock_guard lock(mutex_);
        if (level != log_level::debug && !budget_.spend(level, message)) return;
        put(level, message, fields);
    }

    void tell_held_back(bool everything) override
    {
        std::lock_guard lock(mutex_);
        for (const auto& held : budget_.take(line_budget::clock::now(), everything))
            put(held.level, "the same again, too often to be written each time",
                {{"line", held.message}, {"times", held.lines}});
    }

private:
    void put(log_level level, std::string_view message, std::initializer_list<log_field> fields)
    {
        auto line = json_ ? json_line(level, message, fields) : text_line(message, fields);
        sink_.log(to_spdlog(level), spdlog::string_view_t(line.data(), line.size()));
    }

    static std::string text_line(std::string_view message, std::initializer_list<log_field> fields)
    {
        std::string out(message);
        for (const auto& f : fields) {
            out += ' ';
            out += f.name;
            out += '=';
            auto value = shown(f.value, 1000); // one line an event
            bool plain = !value.empty() && value.find_first_of(" \"=") == value.npos;
            out += plain ? value : shown_json(boost::json::serialize(boost::json::string(value)));
        }
        return out;
    }

    static std::string json_line(log_level level, std::string_view message, std::initializer_list<log_field> fields)
    {
        static constexpr std::string_view names[] = {"debug", "info", "warning", "error"};
        auto now = std::chrono::system_clock::now().time_since_epoch();
        boost::json::object o{
            {"time", static_cast<double>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count()) / 1000},
            {"level", names[static_cast<int>(level)]},
            {"message", message}};
        for (const auto& f : fields) {
            if (f.number)
                o[f.name] = std::stoll(f.value);
            else
                o[f.name] = shown(f.value, 4000);
        }
        return shown_json(boost::json::serialize(o));
    }

    bool json_;
    spdlog::logger sink_;
    mutable std::mutex mutex_;
    line_budget budget_;
};

}

std::unique_ptr<adjustable_logger> make_logger(const std::string& level, const std::string& format)
{
    return std::make_unique<stderr_logger>(level, format == "json");
}

}
