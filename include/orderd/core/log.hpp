#pragma once
#include <chrono>
#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>

// Logs reach the inner rooms as this interface. Never pass a secret; personal data stays out.
namespace orderd {

enum class log_level { debug, info, warning, error };

struct log_field {
    std::string_view name;
    std::string value;
    bool number = false;

    log_field(std::string_view n, std::string v) : name(n), value(std::move(v)) {}
    log_field(std::string_view n, std::string_view v) : name(n), value(v) {}
    log_field(std::string_view n, const char* v) : name(n), value(v) {}
    log_field(std::string_view n, std::integral auto v) : name(n), value(std::to_string(v)), number(true) {}
};

class logger {
public:
    virtual ~logger() = default;
    virtual void write(log_level, std::string_view message, std::initializer_list<log_field> fields) = 0;

    /// Whether lines of this level are written at all: for what would cost something to put together.
    virtual bool writes(log_level) const { return true; }

    void debug(std::string_view m, std::initializer_list<log_field> f = {}) { write(log_level::debug, m, f); }
    void info(std::string_view m, std::initializer_list<log_field> f = {}) { write(log_level::info, m, f); }
    void warning(std::string_view m, std::initializer_list<log_field> f = {}) { write(log_level::warning, m, f); }
    void error(std::string_view m, std::initializer_list<log_field> f = {}) { write(log_level::error, m, f); }
};

/// Says once that something is away and once that it is back, and in between every ten minutes at most.
class outage_notice {
public:
    using clock = std::chrono::steady_clock;
    outage_notice(logger& log, std::string what) : log_(log), what_(std::move(what)) {}
    void failed(std::string_view why, clock::time_point now = clock::now());
    void recovered(clock::time_point now = clock::now());
    bool away() const { return away_; }

private:
    logger& log_;
    std::string what_;
    bool away_ = false;
    clock::time_point since_{}, said_{};
};

}
