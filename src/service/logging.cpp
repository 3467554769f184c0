#include "orderd/service/logging.hpp"
#include "crash_log.hpp"
#include "orderd/async/line_writer.hpp"
#include "orderd/core/japanese_date.hpp"
#include "orderd/core/shown.hpp"
#include "orderd/core/text.hpp"

#include <boost/json.hpp>
#include <mutex>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <unistd.h>

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

class line_logger : public adjustable_logger {
public:
    line_logger(const std::string& level, bool json, spdlog::sink_ptr to) : json_(json), sink_("orderd", std::move(to))
    {
        set_level(level);
        sink_.flush_on(spdlog::level::trace);
        sink_.set_pattern(json ? "%v" : "%Y-%m-%dT%H:%M:%S.%e%z %-7l %v");
    }

    void set_level(const std::string& level) override
    {
        sink_.set_level(spdlog::level::from_str(level == "warning" ? "warn" : level == "error" ? "err" : level));
    }

    void flush(std::chrono::milliseconds) override {} // each line is

    bool writes(log_level level) const override { return sink_.should_log(to_spdlog(level)); }

    void write(log_level level, std::string_view message, std::initializer_list<log_field> fields) override
    {
        write_within(level, message, fields, line_budget::lines);
    }

    void write_seldom(log_level level, std::string_view message, std::initializer_list<log_field> fields) override
    {
        write_within(level, message, fields, 1);
    }

    void tell_held_back(bool everything) override
    {
        std::lock_guard lock(mutex_);
        tell_gap();
        for (const auto& held : budget_.take(line_budget::clock::now(), everything))
            put(held.level, "the same again, too often to be written each time",
                {{"line", held.message}, {"times", held.lines}});
    }

protected:
    /// Says which lines are missing from what was written.
    virtual void tell_gap() {}

    void put(log_level level, std::string_view message, std::initializer_list<log_field> fields)
    {
        auto line = json_ ? json_line(level, message, fields) : text_line(message, fields);
        sink_.log(to_spdlog(level), spdlog::string_view_t(line.data(), line.size()));
    }

private:
    void write_within(log_level level, std::string_view message, std::initializer_list<log_field> fields, int most)
    {
        if (!sink_.should_log(to_spdlog(level))) return;
        std::lock_guard lock(mutex_);
        tell_gap();
        if (level != log_level::debug && !budget_.spend(level, message, line_budget::clock::now(), most)) return;
        put(level, message, fields);
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

/// Hands lines to a writer, which nobody waits for.
class writer_sink final : public spdlog::sinks::base_sink<std::mutex> {
public:
    explicit writer_sink(async::line_writer& to) : to_(to) {}

private:
    void sink_it_(const spdlog::details::log_msg& line) override
    {
        spdlog::memory_buf_t text;
        formatter_->format(line, text);
        to_.put(std::string(text.data(), text.size()));
    }
    void flush_() override {}
    async::line_writer& to_;
};

struct owned_writer {
    async::line_writer writer{STDERR_FILENO};
};

class daemon_logger final : owned_writer, public line_logger {
public:
    daemon_logger(const std::string& level, bool json)
        : line_logger(level, json, std::make_shared<writer_sink>(writer)), crash_(*this, writer)
    {
    }
    void flush(std::chrono::milliseconds limit) override { writer.flush(limit); }

private:
    void tell_gap() override
    {
        auto gap = writer.take_gap();
        if (!gap) return;
        auto time = [](auto at) { return to_iso_tokyo(std::chrono::floor<std::chrono::milliseconds>(at)); };
        put(log_level::warning, "standard error could not be written to for a while; lines of the log are missing",
            {{"lines", gap->lines}, {"from", time(gap->first)}, {"to", time(gap->last)}});
    }

    crash_log crash_;
};

}

std::unique_ptr<adjustable_logger> make_logger(const std::string& level, const std::string& format)
{
    return std::make_unique<line_logger>(level, format == "json", std::make_shared<spdlog::sinks::stderr_sink_mt>());
}

std::unique_ptr<adjustable_logger> make_daemon_logger(const std::string& level, const std::string& format)
{
    return std::make_unique<daemon_logger>(level, format == "json");
}

}
