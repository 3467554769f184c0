#pragma once
#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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

    /// Something cannot be done from now on, or (without a reason) can again. `who` tells apart what has the same name.
    virtual void trouble(const void* who, std::string_view what, std::string_view why)
    {
        static_cast<void>(who), static_cast<void>(what), static_cast<void>(why);
    }

    /// Whether lines of this level are written at all: for what would cost something to put together.
    virtual bool writes(log_level) const { return true; }

    void debug(std::string_view m, std::initializer_list<log_field> f = {}) { write(log_level::debug, m, f); }
    void info(std::string_view m, std::initializer_list<log_field> f = {}) { write(log_level::info, m, f); }
    void warning(std::string_view m, std::initializer_list<log_field> f = {}) { write(log_level::warning, m, f); }
    void error(std::string_view m, std::initializer_list<log_field> f = {}) { write(log_level::error, m, f); }
};

/// How often the same message may be written: a hundred times in ten minutes, whatever its fields. What is held back is
/// counted.
class line_budget {
public:
    using clock = std::chrono::steady_clock;
    static constexpr int lines = 100;
    static constexpr clock::duration span = std::chrono::minutes(10);
    /// Whether a line may be written now.
    bool spend(log_level, std::string_view message, clock::time_point now = clock::now());
    struct held_back {
        log_level level;
        std::string message;
        long lines = 0;
    };
    /// What was held back in spans that are over, and with `everything` in those that are not.
    std::vector<held_back> take(clock::time_point now = clock::now(), bool everything = false);

private:
    struct spent {
        clock::time_point since;
        int written = 0;
        long held = 0;
    };
    std::map<std::pair<log_level, std::string>, spent, std::less<>> spent_;
};

/// The same trouble of many orders: one line with their number and an example, said again when the number changes and
/// every hour.
class trouble_count {
public:
    using clock = std::chrono::steady_clock;
    trouble_count(logger& log, std::string message) : log_(log), message_(std::move(message)) {}
    void add(std::int64_t order, std::string_view why);
    /// A round is over: says what was added in it.
    void tell(clock::time_point now = clock::now());

private:
    logger& log_;
    std::string message_, example_;
    std::int64_t order_ = 0;
    long count_ = 0, said_ = 0;
    clock::time_point said_at_{};
};

/// Says once that something is away and once that it is back, and in between every ten minutes at most.
class outage_notice {
public:
    using clock = std::chrono::steady_clock;
    outage_notice(logger& log, std::string what) : log_(log), what_(std::move(what)) {}
    outage_notice(const outage_notice&) = delete;
    outage_notice& operator=(const outage_notice&) = delete;
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
