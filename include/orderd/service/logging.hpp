#pragma once
#include "orderd/core/log.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace orderd::service {

class adjustable_logger : public logger {
public:
    /// The lowest level that is written from now on.
    virtual void set_level(const std::string&) = 0;
    /// Says how many lines were held back because they were the same too often (see line_budget).
    virtual void tell_held_back(bool everything) = 0;
    /// Waits until everything is written, `limit` at most.
    virtual void flush(std::chrono::milliseconds limit) = 0;
};

/// Lines on standard error, where journald takes them: text for people, or one JSON object a line.
/// `format` is "text" or "json", `level` the lowest that is written.
std::unique_ptr<adjustable_logger> make_logger(const std::string& level, const std::string& format);

/// The same for a daemon: nobody waits for standard error. What it does not take is left out, counted and told when it
/// takes lines again; at the end and in a crash the last lines get a moment to be written.
std::unique_ptr<adjustable_logger> make_daemon_logger(const std::string& level, const std::string& format);

}
