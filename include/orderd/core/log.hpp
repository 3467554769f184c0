#pragma once
#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <mutex>
#include <optional>
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

/// "The database is away": what has a trouble, and which.
struct trouble_name {
    trouble_name(const char* w) : what(w) {}
    trouble_name(std::string w, std::string s = "is away") : what(std::move(w)), state(std::move(s)) {}
    std::string what, state = "is away";
    auto operator<=>(const trouble_name&) const = default;
};

/// What cannot be done at the moment.
struct lasting_trouble {
    trouble_name name;
    std::string why;
    std::chrono::system_clock::time_point since;
};

/// What cannot be done at the moment, and who found it so: several who miss the same thing are one trouble. May be
/// asked from any thread.
class trouble_list {
public:
    using clock = std::chrono::steady_clock;
    enum class word { begins, goes_on, nothing }; // what is to be said; `goes_on` every ten minutes
    word failed(const void* who, const trouble_name&, std::string_view why, clock::time_point now);
    /// How long it lasted, once everybody has what they missed.
    std::optional<clock::duration> recovered(const void* who, const trouble_name&, clock::time_point now);
    /// Each with every reason that somebody met last, the oldest first.
    std::vector<lasting_trouble> all() const;
    bool has(const trouble_name&) const;
    /// Those in this state that have lasted for so long, each with one reason.
    std::vector<lasting_trouble> lasting(std::string_view state, clock::duration at_least, clock::time_point now) const;

private:
    struct reason {
        std::string why;
        std::chrono::system_clock::time_point since;
    };
    struct shared_trouble {
        std::map<const void*, reason> who;
        clock::time_point begun, said;
    };
    mutable std::mutex mutex_;
    std::map<trouble_name, shared_trouble> troubles_;
};

class logger {
public:
    virtual ~logger() = default;
    virtual void write(log_level, std::string_view message, std::initializer_list<log_field> fields) = 0;

    /// What may come again any number of times: the first at once, those after it as a count, ten minutes later.
    virtual void write_seldom(log_level level, std::string_view message, std::initializer_list<log_field> fields)
    {
        write(level, message, fields);
    }

    trouble_list& troubles() { return troubles_; }

    /// Whether lines of this level are written at all: for what would cost something to put together.
    virtual bool writes(log_level) const { return true; }

    void debug(std::string_view m, std::initializer_list<log_field> f = {}) { write(log_level::debug, m, f); }
    void info(std::string_view m, std::initializer_list<log_field> f = {}) { write(log_level::info, m, f); }
    void warning(std::string_view m, std::initializer_list<log_field> f = {}) { write(log_level::warning, m, f); }
    void error(std::string_view m, std::initializer_list<log_field> f = {}) { write(log_level::error, m, f); }

private:
    trouble_list troubles_;
};

/// How often the same message may be written: a hundred times in ten minutes, or `most` times, whatever its fields.
/// What is held back is counted.
class line_budget {
public:
    using clock = std::chrono::steady_clock;
    static constexpr int lines = 100;
    static constexpr clock::duration span = std::chrono::minutes(10);
    /// Whether a line may be written now.
    bool spend(log_level, std::string_view message, clock::time_point now = clock::now(), int most = lines);
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

/// The same trouble of many orders, or other things: one line with their number and an example, said again when the
/// number changes and every hour.
class trouble_count {
public:
    using clock = std::chrono::steady_clock;
    trouble_count(logger& log, std::string message, std::string_view things = "orders")
        : log_(log), message_(std::move(message)), things_(things)
    {
    }
    void add(std::int64_t number, std::string_view why);
    /// A round is over: says what was added in it.
    void tell(clock::time_point now = clock::now());

private:
    logger& log_;
    std::string message_, things_, example_;
    std::int64_t number_ = 0;
    long count_ = 0, said_ = 0;
    clock::time_point said_at_{};
};

/// Says once that something is away (or has another trouble) and once that it is back, and in between every ten minutes
/// at most; of several that miss the same thing one speaks.
class outage_notice {
public:
    using clock = std::chrono::steady_clock;
    outage_notice(logger& log, trouble_name what, std::string over = "is back")
        : log_(log), name_(std::move(what)), over_(std::move(over))
    {
    }
    ~outage_notice();
    outage_notice(const outage_notice&) = delete;
    outage_notice& operator=(const outage_notice&) = delete;
    void failed(std::string_view why, clock::time_point now = clock::now());
    void recovered(clock::time_point now = clock::now());
    bool away() const { return away_; }

private:
    logger& log_;
    trouble_name name_;
    std::string over_;
    bool away_ = false;
};

}
